with

measures as (

    select
        *,
        {{ local_date('emergency_measure_started_at') }} as started_on,
    from {{ source('politie', 'spoedmaatregel') }}
    where {{ has_happened('emergency_measure_started_at') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

final as (

    select
        measures.case_key,
        measures.person_key,
        cases.parket,
        cases.police_unit,
        cases.phenomenon,
        measures.started_on,
        cases.designated_on,
        measures.is_person_directed,
        -- In an exceptional case NCTV designates at once (paragraph 2.3.4): that very day.
        coalesce(
            measures.is_person_directed
            and coalesce(cases.designated_on > measures.started_on, true),
            false
        ) as is_outside_system,
    from measures
    left join cases on measures.case_key = cases.case_key

)

select * from final
