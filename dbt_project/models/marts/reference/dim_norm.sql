with

final as (

    select * from {{ ref('norms') }}

)

select * from final
