with

final as (

    select * from {{ ref('codebook') }}

)

select * from final
