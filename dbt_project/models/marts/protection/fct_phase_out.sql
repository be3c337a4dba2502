with

starts as (

    select
        case_key,
        min(local_date) as started_on,
    from {{ ref('int_milestone') }}
    where milestone = 'first_measure_started'
    group by case_key

),

designations as (

    select * from {{ ref('fct_designation') }}

),

-- Category I of the statutory list has standing measures without threat: nothing to phase out.
episodes as (

    select
        designations.case_key,
        designations.person_key,
        designations.parket,
        designations.phenomenon,
        designations.route,
        designations.entry_way,
        starts.started_on,
        designations.exited_on as ended_on,
        designations.exit_kind,
        case
            when designations.exited_on is null then 'open'
            when designations.exited_on < starts.started_on then 'negative'
            when designations.exit_kind = 'afbouw' then 'phase_out'
            else 'other_exit'
        end as cause,
    from designations
    inner join starts on designations.case_key = starts.case_key
    where designations.entry_way <> 'limitatieve_lijst_1'

),

final as (

    select
        *,
        case
            when cause <> 'negative'
                then coalesce(ended_on, {{ reference_date() }}) - started_on
        end as duration_days,
        {{ reference_date() }} - started_on as followable_days,
        {{ period_columns('started_on', 'start') }}
    from episodes

)

select * from final
