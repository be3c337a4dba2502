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

deliveries as (

    select * from {{ source('monitor', 'delivery') }}
    where status in ('on_time', 'late')

),

in_order as (

    select
        organisation,
        table_name,
        reference_date,
        version,
        row_number() over (
            partition by organisation, table_name order by reference_date, version
        ) as place,
    from deliveries

),

placed as (

    select
        at_the_door.*,
        in_order.place,
    from at_the_door
    left join in_order
        on
            at_the_door.organisation = in_order.organisation
            and at_the_door.table_name = in_order.table_name
            and at_the_door.reference_date = in_order.reference_date
            and at_the_door.version = in_order.version

),

-- What is found in one delivery of a table, once, for comparison with the next.
found as (

    select distinct
        organisation,
        table_name,
        place,
        rule,
        column_name,
    from placed
    where place is not null

),

compared as (

    select
        placed.* exclude (place),
        case
            when placed.is_accepted then 'known'
            when before.place is not null then 'persisting'
            else 'new'
        end as state,
        following.place is not null
        and after.place is null as is_resolved,
    from placed
    left join found as before
        on
            placed.organisation = before.organisation
            and placed.table_name = before.table_name
            and placed.rule = before.rule
            and placed.column_name is not distinct from before.column_name
            and placed.place = before.place + 1
    left join in_order as following
        on
            placed.organisation = following.organisation
            and placed.table_name = following.table_name
            and placed.place = following.place - 1
    left join found as after
        on
            placed.organisation = after.organisation
            and placed.table_name = after.table_name
            and placed.rule = after.rule
            and placed.column_name is not distinct from after.column_name
            and placed.place = after.place - 1

),

final as (

    select * from compared
    {%- if is_built_in_chain() %}
    union all by name
    select * from in_the_steps
    {%- endif %}

)

select * from final
