-- What follows from a hand-off is written out here and not kept: texts of periods would be a third
-- of a table that every figure reads and hardly any reads them of.
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
        case when competing_at is null or competing_at > stopped_at then stop_date end as stop_day,
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
        case_key,
        person_key,
        record_key,
        occurrence_number,
        started_at,
        started_at_latest,
        stopped_at,
        stopped_at_latest,
        competing_at,
        status,
        start_date,
        stop_date,
        {{ period_columns('start_day', 'start') }}
        {{ period_columns('stop_day', 'stop') }}
        unit,
        duration,
        duration_lower,
        duration_upper,
        net_duration,
        net_duration_lower,
        net_duration_upper,
        norm_id,
        norm_unit,
        norm_value,
        norm_duration,
        net_norm_duration,
        is_within_norm,
        is_norm_term_over,
        clock_side,
        granularity,
        organisation,
        parket,
        police_unit,
        phenomenon,
        route,
        entry_way,
        product,
        domain,
        category,
        executor,
        escalation_step,
        scenario,
    from dated

)

select * from final
