with

central as (

    select
        record_key,
        case_key,
        person_key,
        'stelsel' as domain,
        category,
        executor,
        {{ local_date('measure_ordered_at') }} as ordered_on,
        {{ local_date('measure_started_at') }} as started_on,
        measure_ended_at as ended_on,
        end_reason,
        decision_key is not null as has_decision,
    from {{ source('lcc', 'maatregel') }}

),

local as (

    select
        record_key,
        case_key,
        person_key,
        'lokaal' as domain,
        category,
        cast(null as varchar) as executor,
        {{ local_date('local_measure_decided_at') }} as ordered_on,
        cast(local_measure_started_at as date) as started_on,
        local_measure_ended_at as ended_on,
        cast(null as varchar) as end_reason,
        local_measure_decided_at is not null as has_decision,
    from {{ source('om', 'maatregel') }}

),

measures as (

    select * from central
    union all
    select * from local

),

cases as (

    select * from {{ ref('fct_case') }}

),

final as (

    select
        measures.record_key,
        measures.case_key,
        measures.person_key,
        measures.domain,
        measures.category,
        measures.executor,
        cases.parket,
        cases.phenomenon,
        cases.entry_way,
        measures.ordered_on,
        case when measures.started_on <= {{ reference_date() }} then measures.started_on end
            as started_on,
        case
            when measures.ended_on <= {{ reference_date() }} then measures.ended_on
        end as ended_on,
        case when measures.ended_on <= {{ reference_date() }} then measures.end_reason end
            as end_reason,
        measures.has_decision,
        measures.domain = 'stelsel' as is_in_system,
        coalesce(measures.started_on <= {{ reference_date() }}, false) as is_started,
        measures.category = 'persoonsgericht' as is_person_directed,
        -- Person-directed measures belong to the protection system only (paragraph 2.3.4).
        measures.category = 'persoonsgericht' and measures.domain = 'lokaal' as is_outside_system,
        case
            when measures.domain = 'stelsel' and measures.ended_on <= {{ reference_date() }}
                then coalesce(measures.end_reason = 'zonder_besluit', false)
        end as is_ended_without_decision,
    from measures
    left join cases on measures.case_key = cases.case_key

)

select * from final
