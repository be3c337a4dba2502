with

moments as (

    {% for organisation, domain in [('politie', 'lokaal'), ('nctv', 'stelsel')] -%}
    select
        *,
        '{{ organisation }}' as organisation,
        '{{ domain }}' as domain,
    from {{ source(organisation, 'risicomoment') }}
    where {{ has_happened('risk_moment_reported_at') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

cases as (

    select * from {{ ref('fct_case') }}

),

final as (

    select
        moments.record_key,
        moments.case_key,
        moments.person_key,
        moments.organisation,
        moments.domain,
        cases.parket,
        cases.phenomenon,
        {{ local_date('moments.risk_moment_planned_at') }} as planned_on,
        -- Judged once the moment is over; one reported afterwards could not be advised on in time.
        case
            when
                planned_on <= {{ followed_date(['nctv_risicomoment', 'politie_risicomoment']) }}
                and moments.risk_moment_reported_at < moments.risk_moment_planned_at
                then coalesce(
                    moments.risk_moment_advised_at < moments.risk_moment_planned_at, false
                )
        end as is_advised_before,
    from moments
    left join cases on moments.case_key = cases.case_key

)

select * from final
