with

-- Materialized: members looked up by the joins below, streamed through all that follow, end now and
-- then in an internal error of DuckDB 2.0.0 ("dict-surviving cache") from half a million pairs on.
clocks as materialized (

    select * from {{ ref('int_handoff_described') }}
    where part = 'clock'

),

-- What ended the clock: the stop, or the competing exit if that came first. A tie is an exit.
ended as (

    select
        *,
        coalesce(
            competing_at is not null and (stop_at is null or competing_at <= stop_at), false
        ) as is_competing,
        {% for part in ['at', 'latest_at', 'date'] -%}
        case
            when is_competing then competing_{{ part }}
            else stop_{{ part }}
        end as ended_{{ part }},
        {% endfor %}
    from clocks
    -- What began or ended by then at all; one condition, since DuckDB would take two for so few
    -- rows that it joins the calendar the wrong way round.
    where coalesce(start_at, case when early_stop = 'finding' then stop_at end) is not null

),

-- An interval ends before a start only if all of it does; then the stop is a finding, not a time.
with_status as (

    select
        *,
        start_at is not null and ended_at is not null
        and (ended_latest_at < start_at or (ended_latest_at = start_at and ended_at < start_at))
            as is_early,
        case
            when start_at is null then 'stop_only'
            when is_end_unknown then 'stop_unknown'
            when ended_at is null then 'open'
            when is_early and early_stop = 'finding' then 'negative'
            when is_competing then 'competing'
            else 'completed'
        end as status,
    from ended

),

-- The two points of the clock. What is open is measured as long as it is followed.
final as (

    select
        *,
        status not in ('stop_only', 'stop_unknown', 'negative') as has_duration,
        {% for part in ['at', 'latest_at', 'date'] -%}
        case
            when status = 'open' then followed_{{ 'until' if part == 'date' else 'at' }}
            when is_early then start_{{ part }}
            else ended_{{ part }}
        end as end_{{ part }},
        {% endfor -%}
        {{ last_day_of_interval('start_date', 'start_at', 'start_latest_at') }}
            as start_latest_date,
        case
            when status = 'open' then followed_until
            when is_early then start_latest_date
            else {{ last_day_of_interval('ended_date', 'ended_at', 'ended_latest_at') }}
        end as end_latest_date,
        greatest(
            coalesce(epoch_us(start_latest_at) - epoch_us(start_at), 0),
            coalesce(epoch_us(ended_latest_at) - epoch_us(ended_at), 0)
        ) / 86400e6 as widest_days,
    from with_status

)

select * from final
