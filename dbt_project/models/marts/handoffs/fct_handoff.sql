-- What follows from a hand-off is written out here and not kept: of ten million rows, keeping texts
-- of periods and subjects took a sixth of the time of the table, and hardly any figure reads them.
with

handoffs as (

    select * from {{ ref('int_handoff') }}

),

dated as (

    select
        *,
        case
            when
                start_date between date '{{ var("calendar_start") }}'
                and date '{{ var("calendar_end") }}'
                then start_date
        end as start_day,
        -- By the stop itself: the end of the clock of an early stop is its start.
        case when not is_competing then stop_date end as stop_day,
    from handoffs

),

final as (

    select
        handoff_id,
        subject_type,
        case subject_type
            when 'case' then coalesce(case_key, record_key)
            when 'person' then coalesce(person_key, case_key)
            else coalesce(record_key, case_key)
        end as subject_id,
        * exclude (handoff_id, subject_type, is_competing, start_day, stop_day),
        {{ period_columns('start_day', 'start') }}
        {{ period_columns('stop_day', 'stop') }}
    from dated

)

select * from final
