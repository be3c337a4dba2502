{% set followed = followed_date(['lcc_maatregel', 'nctv_aanwijzing']) -%}
with

starts as (

    select
        case_key,
        min(local_date) as started_on,
    from {{ ref('int_milestone') }}
    where milestone = 'first_measure_started' and local_date <= {{ followed }}
    group by case_key

),

designations as (

    select
        *,
        exited_on <= {{ followed }} as is_exit_known,
    from {{ ref('fct_designation') }}

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
        case when designations.is_exit_known then designations.exited_on end as ended_on,
        case when designations.is_exit_known then designations.exit_kind end as exit_kind,
        case
            when ended_on is null then 'open'
            when ended_on < starts.started_on then 'negative'
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
                then coalesce(ended_on, {{ followed }}) - started_on
        end as duration_days,
        {{ followed }} - started_on as followable_days,
        {{ period_columns('started_on', 'start') }}
    from episodes

)

select * from final
