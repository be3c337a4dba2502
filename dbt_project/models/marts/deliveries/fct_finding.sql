with

final as (

    select * from {{ source('monitor', 'finding') }}

)

select * from final
