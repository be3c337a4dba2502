with

-- Both sides tell of an escalation: what happened after either's last delivery is half known.
followed as (

    select {{ followed_date(['om_escalatie', 'nctv_escalatie']) }} as until

),

{% for organisation in ['om', 'nctv'] -%}
{{ organisation }}_escalations as (

    select escalations.*
    from {{ source(organisation, 'escalatie') }} as escalations, followed
    where {{ is_told('escalation_raised_at', 'followed.until') }}

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

settled as (

    select
        joined.*,
        {{ is_told('joined.settled_at', 'followed.until') }} as is_settled,
    from joined, followed

),

final as (

    select
        settled.record_key,
        settled.case_key,
        cases.parket,
        cases.phenomenon,
        cases.route,
        settled.escalation_step,
        {{ local_date('settled.raised_at') }} as raised_on,
        case when settled.is_settled then {{ local_date('settled.settled_at') }} end as settled_on,
        case when settled.is_settled then settled.outcome end as outcome,
        true as is_escalation,
        settled.escalation_step = '2' as is_second_step,
    from settled
    left join cases on settled.case_key = cases.case_key

)

select * from final
