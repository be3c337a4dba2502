with

handoffs as (

    select * from {{ ref('dim_handoff') }}

),

homes as (

    select * from {{ ref('dim_milestone') }}

),

moments as (

    select
        moments.*,
        handoffs.occurrence,
    from {{ ref('int_handoff_moment') }} as moments
    inner join handoffs on moments.handoff_id = handoffs.handoff_id
    where
        moments.part = 'clock'
        and moments.role in ('start', 'competing')
        and not moments.is_set_aside
        and handoffs.competing_milestone is not null
        and handoffs.early_stop = 'finding'

),

-- Per key its start, and the exit that could have competed with it, however starts and stops pair.
started_and_exited as (

    select
        handoff_id,
        match_key,
        {% for name, role, value in [
            ('start_at', 'start', 'moment'),
            ('moment', 'competing', 'moment'),
            ('moment_latest', 'competing', 'moment_latest'),
            ('milestone', 'competing', 'milestone'),
            ('organisation', 'competing', 'organisation'),
        ] -%}
        case
            when occurrence = 'last'
                then arg_max({{ value }}, moment) filter (where role = '{{ role }}')
            else arg_min({{ value }}, moment) filter (where role = '{{ role }}')
        end as {{ name }},
        {% endfor %}
    from moments
    group by handoff_id, occurrence, match_key

),

-- As in int_handoff_ended: an interval is before the start only if all of it is.
judged as (

    select
        'uitgang_voor_begin' as rule,
        handoff_id,
        milestone,
        organisation,
        moment_latest < start_at or (moment_latest = start_at and moment < start_at) as is_broken,
    from started_and_exited
    where start_at is not null and moment is not null
    union all by name
    select
        case role when 'stop' then 'einde_zonder_begin' else 'begin_zonder_einde' end as rule,
        handoff_id,
        milestone,
        organisation,
        is_out_of_step as is_broken,
    from {{ ref('int_handoff_moment_numbered') }}

),

final as (

    select
        homes.organisation,
        homes.table_name,
        homes.column_name,
        judged.rule,
        judged.handoff_id,
        count(*) filter (where judged.is_broken) as n_rows,
        count(*) as n_total,
    from judged
    inner join homes
        on judged.milestone = homes.milestone and judged.organisation = homes.organisation
    group by all
    having n_rows > 0

)

select * from final
