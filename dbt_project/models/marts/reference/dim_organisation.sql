with

final as (

    select * from {{ ref('organisations') }}

)

select * from final
