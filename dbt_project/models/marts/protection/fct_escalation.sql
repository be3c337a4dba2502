with

{% for organisation in ['om', 'nctv'] -%}
{{ organisation }}_escalations as (

    select * from {{ source(organisation, 'escalatie') }}
    where {{ has_happened('escalation_raised_at') }}

),

{% endfor -%}

cases as (

    select * from {{ ref('fct_case') }}

),

-- Both sides record an escalation; the one who raises it, OM, goes first where both have it.
joined as (

    select
        coalesce(om_escalations.record_key, nctv_escalations.record_key) as record_key,
        coalesce(om_escalations.case_key, nctv_escalations.case_key) as case_key,
        coalesce(om_escalations.escalation_step, nctv_escalations.escalation_step)
            as escalation_step,
        coalesce(om_escalations.escalation_raised_at, nctv_escalations.escalation_raised_at)
            as raised_at,
        coalesce(om_escalations.escalation_settled_at, nctv_escalations.escalation_settled_at)
            as settled_at,
        coalesce(om_escalations.escalation_outcome, nctv_escalations.escalation_outcome) as outcome,
    from om_escalations
    full outer join nctv_escalations on om_escalations.record_key = nctv_escalations.record_key

),

final as (

    select
        joined.record_key,
        joined.case_key,
        cases.parket,
        cases.phenomenon,
        cases.route,
        joined.escalation_step,
        {{ local_date('joined.raised_at') }} as raised_on,
        case
            when {{ has_happened('joined.settled_at') }} then {{ local_date('joined.settled_at') }}
        end as settled_on,
        case when {{ has_happened('joined.settled_at') }} then joined.outcome end as outcome,
        true as is_escalation,
        joined.escalation_step = '2' as is_second_step,
    from joined
    left join cases on joined.case_key = cases.case_key

)

select * from final
