with

final as (

    select
        *,
        n_linked / nullif(n_keys, 0) as share_linked,
    from {{ source('monitor', 'linkage') }}

)

select * from final
