with

decisions as (

    select * from {{ source('nctv', 'besluit') }}
    where {{ has_happened('measures_decided_at') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

final as (

    select
        decisions.record_key,
        decisions.case_key,
        decisions.person_key,
        cases.entry_way,
        cases.phenomenon,
        cases.parket,
        {{ local_date('decisions.measures_decided_at') }} as decided_on,
        coalesce(decisions.has_review_moment, false) as has_review_moment,
        decisions.is_person_directed,
    from decisions
    left join cases on decisions.case_key = cases.case_key

)

select * from final
