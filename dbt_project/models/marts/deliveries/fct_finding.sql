with

at_the_door as (

    select * from {{ source('monitor', 'finding') }}

),
{%- if is_built_in_chain() %}

steps as (

    select * from {{ ref('fct_recommendation_state') }}

),

delivery_used as (

    select
        max(reference_date) as reference_date,
        arg_max(version, reference_date) as version,
    from {{ source('monitor', 'delivery') }}
    where organisation = 'kc' and table_name = 'aanbeveling' and is_used

),

counted as (

    select
        finding,
        count(*) as n_rows,
        cast(sum(count(*)) over () as bigint) as n_total,
    from steps
    group by finding

),

in_the_steps as (

    select
        'kc' as organisation,
        'aanbeveling' as table_name,
        delivery_used.reference_date,
        delivery_used.version,
        counted.finding as rule,
        'warning' as severity,
        if(counted.finding = 'reden_ontbreekt', 'reden', 'status') as column_name,
        counted.n_rows,
        counted.n_total,
        case counted.finding
            when 'begin_ontbreekt' then 'Een aanbeveling begint niet met uitgebracht.'
            when 'na_afwijzing' then 'Na de toestand afgewezen volgt er nog een.'
            when 'teruggang' then 'Een aanbeveling gaat terug naar een eerdere toestand.'
            when 'toestand_overgeslagen'
                then 'Een toestand is overgeslagen: gereedgemeld is nog niet geverifieerd.'
            when 'reden_ontbreekt' then 'Deels aanvaard of afgewezen zonder reden.'
        end as reason_nl,
        case counted.finding
            when 'begin_ontbreekt' then 'A recommendation does not begin with issued.'
            when 'na_afwijzing' then 'Another state follows after rejected.'
            when 'teruggang' then 'A recommendation goes back to an earlier state.'
            when 'toestand_overgeslagen'
                then 'A state was skipped: reported done is not verified yet.'
            when 'reden_ontbreekt' then 'Partly accepted or rejected without a reason.'
        end as reason_en,
    from counted
    cross join delivery_used
    where counted.finding is not null

),
{%- endif %}

final as (

    select * from at_the_door
    {%- if is_built_in_chain() %}
    union all by name
    select * from in_the_steps
    {%- endif %}

)

select * from final
