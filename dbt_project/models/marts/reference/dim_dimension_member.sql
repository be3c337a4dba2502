with

final as (

    select * from {{ ref('dimension_members') }}

)

select * from final
