with

pairs as (

    select * from {{ ref('int_handoff_ended') }}

),

norms as (

    select * from {{ ref('dim_norm') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

-- In order: hours are added up, and their last digits depend on which comes first.
pauses_of_case as (

    select
        handoff_id,
        case_key,
        list({
            'paused_at': paused_at,
            'paused_date': paused_date,
            'paused_working_day': paused_working_day,
            'resumed_at': resumed_at,
            'resumed_date': resumed_date,
            'resumed_working_day': resumed_working_day
        } order by paused_at) as pauses,
    from {{ ref('fct_pause') }}
    group by handoff_id, case_key

),

-- Pauses are delivered beside the clock they stop, and may come later than it.
pauses_followed as (

    select * from {{ ref('int_followed') }}
    where part = 'pauses' and organisation is null

),

with_days as (

    select
        pairs.*,
        norms.norm_id,
        norms.unit as norm_unit,
        norms.value as norm_value,
        pauses_of_case.pauses,
        pauses_followed.followed_at as pauses_followed_at,
        pauses_followed.followed_until as pauses_followed_date,
        pauses_followed.followed_working_day as pauses_followed_working_day,
        started.working_day as start_working_day,
        ended.working_day as end_working_day,
        coalesce(started_latest.working_day, started.working_day) as start_latest_working_day,
        coalesce(ended_latest.working_day, ended.working_day) as end_latest_working_day,
    from pairs
    left join pauses_of_case
        on pairs.handoff_id = pauses_of_case.handoff_id and pairs.case_key = pauses_of_case.case_key
    left join pauses_followed
        on pairs.has_net_clock and pairs.handoff_id = pauses_followed.handoff_id
    left join norms
        on
            pairs.handoff_id = norms.handoff_id
            and pairs.start_date >= norms.valid_from
            and pairs.start_date <= coalesce(norms.valid_to, date '9999-12-31')
    left join calendar as started on pairs.start_date = started.calendar_date
    left join calendar as ended on pairs.end_date = ended.calendar_date
    -- Only intervals need the number of their last day.
    {% for end in ['start', 'end'] -%}
    left join calendar as {{ end }}ed_latest
        on
            case
                when pairs.{{ end }}_latest_date <> pairs.{{ end }}_date
                    then pairs.{{ end }}_latest_date
            end = {{ end }}ed_latest.calendar_date
    {% endfor %}

),

-- The net clock ends where its pauses are no longer known; what ended after that is open on it.
final as (

    select
        *,
        coalesce(has_net_clock, false)
        and has_duration
        and coalesce(start_at < pauses_followed_at, true) as has_net_duration,
        case
            when has_net_duration and end_at > pauses_followed_at then 'open'
            when has_net_duration then status
        end as net_status,
        {% for point in [
            'at', 'latest_at', 'date', 'latest_date', 'working_day', 'latest_working_day',
        ] -%}
        least(end_{{ point }}, pauses_followed_{{ point | replace('latest_', '') }})
            as net_end_{{ point }},
        {% endfor -%}
        {% for point, followed in [
            ('at', 'followed_at'),
            ('date', 'followed_until'),
            ('working_day', 'followed_working_day'),
        ] -%}
        least({{ followed }}, pauses_followed_{{ point }}) as net_followed_{{ point }},
        {% endfor %}
    from with_days

)

select * from final
