with

final as (

    select * from {{ source('monitor', 'delivery') }}

)

select * from final
