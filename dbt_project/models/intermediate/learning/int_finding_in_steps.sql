with

steps as (

    select * from {{ ref('fct_recommendation_state') }}

),

counted as (

    select
        'kc' as organisation,
        'aanbeveling' as table_name,
        finding as rule,
        if(finding = 'reden_ontbreekt', 'reden', 'status') as column_name,
        count(*) as n_rows,
        cast(sum(count(*)) over () as bigint) as n_total,
    from steps
    group by finding

),

final as (

    select * from counted
    where rule is not null

)

select * from final
