with

notices as (

    select * from {{ source('nctv', 'burgemeester') }}
    where {{ has_happened('mayor_fact_known_at') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

final as (

    select
        notices.record_key,
        notices.case_key,
        cases.parket,
        cases.phenomenon,
        cases.entry_way,
        notices.scenario,
        case
            when {{ has_happened('notices.mayor_informed_at') }}
                then {{ local_date('notices.mayor_informed_at') }}
        end as informed_on,
        {{ local_date('notices.planned_moment_at') }} as planned_moment_on,
        -- Judged once the planned moment is over; only a planned situation has one.
        case
            when planned_moment_on <= {{ followed_date(['nctv_burgemeester']) }}
                then coalesce(notices.mayor_informed_at < notices.planned_moment_at, false)
        end as is_informed_before_moment,
    from notices
    left join cases on notices.case_key = cases.case_key

)

select * from final
