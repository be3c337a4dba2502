with

final as (

    select * from {{ ref('chain') }}

)

select * from final
