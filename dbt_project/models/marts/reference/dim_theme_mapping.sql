with

final as (

    select * from {{ ref('codebook_mapping') }}

)

select * from final
