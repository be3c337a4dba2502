with

at_the_door as (

    select * from {{ source('monitor', 'finding') }}

),

deliveries as (

    select * from {{ source('monitor', 'delivery') }}

),

-- What is found in the state of a table is told of the delivery that made it.
delivery_used as (

    select
        organisation,
        table_name,
        max(reference_date) as reference_date,
        arg_max(version, reference_date) as version,
    from deliveries
    where is_used
    group by organisation, table_name

),

handoffs as (

    select * from {{ ref('dim_handoff') }}
    where competing_milestone is not null and early_stop = 'finding'

),

homes as (

    select * from {{ ref('dim_milestone') }}

),

moments as (

    select
        moments.*,
        handoffs.occurrence,
        handoffs.label_nl,
        handoffs.label_en,
    from {{ ref('int_handoff_moment') }} as moments
    inner join handoffs on moments.handoff_id = handoffs.handoff_id
    where
        moments.part = 'clock'
        and moments.role in ('start', 'competing')
        and not moments.is_set_aside

),

-- Per key its start, and the exit that could have competed with it, however starts and stops pair.
started_and_exited as (

    select
        handoff_id,
        label_nl,
        label_en,
        match_key,
        {% for name, role, value in [
            ('start_at', 'start', 'moment'),
            ('exit_at', 'competing', 'moment'),
            ('exit_latest_at', 'competing', 'moment_latest'),
            ('exit_milestone', 'competing', 'milestone'),
            ('exit_organisation', 'competing', 'organisation'),
        ] -%}
        case
            when occurrence = 'last'
                then arg_max({{ value }}, moment) filter (where role = '{{ role }}')
            else arg_min({{ value }}, moment) filter (where role = '{{ role }}')
        end as {{ name }},
        {% endfor %}
    from moments
    group by handoff_id, occurrence, label_nl, label_en, match_key

),

-- As in int_handoff_ended: an interval is before the start only if all of it is.
exited as (

    select
        *,
        exit_latest_at < start_at or (exit_latest_at = start_at and exit_at < start_at)
            as is_before_start,
    from started_and_exited
    where start_at is not null and exit_at is not null

),

in_the_handoffs as (

    select
        homes.organisation,
        homes.table_name,
        delivery_used.reference_date,
        delivery_used.version,
        'uitgang_voor_begin' as rule,
        'warning' as severity,
        homes.column_name,
        count(*) filter (where exited.is_before_start) as n_rows,
        count(*) as n_total,
        'Er is iets geëindigd voordat het begon: ' || exited.label_nl || '.' as reason_nl,
        'Something ended before it began: ' || exited.label_en || '.' as reason_en,
    from exited
    inner join homes
        on
            exited.exit_milestone = homes.milestone
            and exited.exit_organisation = homes.organisation
    inner join delivery_used
        on
            homes.organisation = delivery_used.organisation
            and homes.table_name = delivery_used.table_name
    group by all
    having n_rows > 0

),
{%- if is_built_in_chain() %}

steps as (

    select * from {{ ref('fct_recommendation_state') }}

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
        delivery_used.organisation,
        delivery_used.table_name,
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
    inner join delivery_used
        on delivery_used.organisation = 'kc' and delivery_used.table_name = 'aanbeveling'
    where counted.finding is not null

),
{%- endif %}

-- When a rule is judged, in order. What is in a file is judged whenever one comes: one that does
-- not count is judged in part, so that only an accepted one tells that something was mended.
-- Lateness is judged once a month something came, and absence every month.
occasions as (

    select
        organisation,
        table_name,
        'content' as judged_by,
        reference_date,
        version,
        status not in ('refused', 'held', 'damaged') as is_whole,
    from deliveries
    where status <> 'missing'
    group by all

    union all by name

    select
        organisation,
        table_name,
        'arrival' as judged_by,
        reference_date,
        true as is_whole,
    from deliveries
    where status in ('on_time', 'late')
    group by all

    union all by name

    select
        organisation,
        table_name,
        'expected' as judged_by,
        reference_date,
        true as is_whole,
    from deliveries
    where status in ('on_time', 'late', 'missing') and reference_date = last_day(reference_date)
    group by all

),

in_order as (

    select
        *,
        row_number() over (
            partition by organisation, table_name, judged_by
            order by reference_date, version, is_whole
        ) as place,
    from occasions

),

-- The whole judgements around each: from the last one before up to the next one after it.
framed as (

    select
        *,
        max(place) filter (where is_whole) over (
            partition by organisation, table_name, judged_by
            order by place rows between unbounded preceding and 1 preceding
        ) as previous_whole,
        min(place) filter (where is_whole) over following_ones as next_whole,
        min(reference_date) filter (where is_whole) over following_ones as next_whole_on,
    from in_order
    window
        following_ones as (
            partition by organisation, table_name, judged_by
            order by place rows between 1 following and unbounded following
        )

),

placed as (

    select
        at_the_door.* exclude (status),
        framed.judged_by,
        framed.place,
        framed.previous_whole,
        framed.next_whole,
        framed.next_whole_on,
    from at_the_door
    left join framed
        on
            at_the_door.organisation = framed.organisation
            and at_the_door.table_name = framed.table_name
            and at_the_door.reference_date = framed.reference_date
            and framed.judged_by = case at_the_door.rule
                when 'levering_ontbreekt' then 'expected'
                when 'levering_te_laat' then 'arrival'
                else 'content'
            end
            and (
                framed.judged_by <> 'content'
                or at_the_door.version = framed.version
                and (at_the_door.status not in ('refused', 'held', 'damaged')) = framed.is_whole
            )

),

-- Several refused files of one version are one occasion, and may have the same finding.
found as (

    select distinct
        organisation,
        table_name,
        judged_by,
        rule,
        column_name,
        place,
    from placed

),

seen as (

    select
        *,
        lag(place) over same_finding as place_before,
        lead(place) over same_finding as place_after,
    from found
    window
        same_finding as (
            partition by organisation, table_name, judged_by, rule, column_name
            order by place
        )

),

compared as (

    select
        placed.* exclude (judged_by, place, previous_whole, next_whole, next_whole_on),
        case
            when placed.is_accepted then 'known'
            when seen.place_before >= coalesce(placed.previous_whole, 0) then 'persisting'
            else 'new'
        end as state,
        placed.next_whole is not null
        and coalesce(seen.place_after > placed.next_whole, true) as is_resolved,
        state = 'new' as is_new,
        state = 'persisting' as is_persisting,
        case when is_resolved then placed.next_whole_on end as resolved_on,
    from placed
    left join seen
        on
            placed.organisation = seen.organisation
            and placed.table_name = seen.table_name
            and placed.judged_by = seen.judged_by
            and placed.rule = seen.rule
            and placed.column_name is not distinct from seen.column_name
            and placed.place = seen.place

),

final as (

    select * from compared
    union all by name
    select * from in_the_handoffs
    {%- if is_built_in_chain() %}
    union all by name
    select * from in_the_steps
    {%- endif %}

)

select * from final
