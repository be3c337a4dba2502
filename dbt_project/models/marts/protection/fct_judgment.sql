with

judgments as (

    select * from {{ source('nctv', 'triage') }}
    where {{ has_happened('judgment_made_at') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

escalations as (

    select * from {{ ref('fct_escalation') }}

),

escalated as (

    select
        case_key,
        max(escalation_step) as highest_step,
        bool_or(coalesce(outcome = 'herzien', false)) as is_reversed,
    from escalations
    group by case_key

),

final as (

    select
        judgments.case_key,
        cases.person_key,
        cases.parket,
        cases.phenomenon,
        cases.route,
        {{ local_date('judgments.judgment_made_at') }} as judged_on,
        judgments.judgment,
        judgments.judgment = 'opgenomen' as is_admitted,
        case when cases.route is not null then cases.route = 'direct' end as is_direct,
        case when cases.route is not null then cases.route = 'triagetafel' end as is_triage_table,
        escalated.case_key is not null as is_escalated,
        escalated.highest_step as escalation_step,
        escalated.highest_step = '2' as is_second_step,
        coalesce(escalated.is_reversed, false) as is_reversed,
        coalesce(judgments.has_reasons_recorded, false) as has_reasons_recorded,
        coalesce(judgments.has_information_basis_recorded, false)
            as has_information_basis_recorded,
        coalesce(
            judgments.has_reasons_recorded and judgments.has_information_basis_recorded, false
        ) as is_fully_recorded,
    from judgments
    left join cases on judgments.case_key = cases.case_key
    left join escalated on judgments.case_key = escalated.case_key

)

select * from final
