with

final as (

    select * from {{ ref('milestones') }}

)

select * from final
