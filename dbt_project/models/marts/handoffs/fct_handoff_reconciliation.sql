-- After the hand-offs, not beside them: each pairs every milestone by key, and two at a time want
-- more memory than a build has, which costs more time than the second thread saves.
-- depends_on: {{ ref('fct_handoff') }}
with

pairs as (

    select
        *,
        {% for side, role in [('sent', 'start'), ('received', 'stop')] -%}
        {% for part in ['at', 'latest_at', 'date'] -%}
        {{ role }}_{{ part }} as {{ side }}_{{ part }},
        {% endfor -%}
        {% endfor %}
    from {{ ref('int_handoff_described') }}
    where part = 'sides'

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

compared as (

    select
        *,
        coalesce(sent_date, received_date) as period_date,
        (epoch_us(received_at) - epoch_us(sent_at)) / 3600e6 as difference_hours,
        -- Least difference the two intervals allow; intervals that overlap may be equal.
        case
            when received_latest_at < sent_at
                then (epoch_us(received_latest_at) - epoch_us(sent_at)) / 3600e6
            when received_at > sent_latest_at
                then (epoch_us(received_at) - epoch_us(sent_latest_at)) / 3600e6
            when sent_at is not null and received_at is not null then 0
        end as least_difference_hours,
    from pairs
    where period_date is not null

),

-- Beside the rows and not a window over them, which would hold all rows of a hand-off in memory.
longest as (

    select
        handoff_id,
        max(least_difference_hours) as least_difference_hours,
    from compared
    group by handoff_id

),

final as (

    select
        compared.handoff_id,
        compared.subject_type,
        compared.match_key as subject_id,
        compared.case_key,
        compared.record_key,
        compared.sent_at,
        compared.received_at,
        -- Matched or not: what matched soon would count at once, and what will match late or never
        -- would not yet, so that the newest agreement would look the best. Its age is that of the
        -- moment that gives its period: received long before it was sent makes it no older.
        case
            when
                coalesce(compared.sent_latest_at, compared.received_latest_at)
                > compared.followed_at - to_hours(cast(compared.tolerance_hours as bigint))
                then 'in_transit'
            when compared.is_start_unknown or compared.is_stop_unknown then 'side_unknown'
            -- Too late already; whether it never comes is not known as soon as it is late.
            when
                compared.received_at is null
                and compared.sent_latest_at
                > compared.followed_at - to_hours(cast(2 * compared.tolerance_hours as bigint))
                then 'out_of_tolerance'
            when compared.received_at is null then 'sent_never_received'
            when compared.sent_at is null then 'received_never_sent'
            when compared.least_difference_hours < 0 then 'negative'
            when compared.least_difference_hours > compared.tolerance_hours then 'out_of_tolerance'
            else 'matched'
        end as status,
        compared.difference_hours,
        -- The side that is missing may still come. After n waits the next is longer than all of
        -- them once in n + 1 times, and twice as long once in some n * n / 2.
        status in ('out_of_tolerance', 'sent_never_received', 'received_never_sent')
        and (compared.sent_at is null or compared.received_at is null)
        and (
            epoch_us(compared.followed_at)
            - epoch_us(coalesce(compared.sent_latest_at, compared.received_latest_at))
        ) / 3600e6 < 2 * greatest(
            compared.tolerance_hours,
            longest.least_difference_hours
        ) as is_undecided,
        calendar.calendar_month as period_month,
        calendar.calendar_quarter as period_quarter,
        calendar.calendar_year as period_year,
        compared.period_date,
        compared.followed_until,
        compared.waits_for,{{ handoff_dimensions(relation='compared') }}
    from compared
    inner join longest on compared.handoff_id = longest.handoff_id
    left join calendar on compared.period_date = calendar.calendar_date

)

select * from final
