-- The Kaplan-Meier product a second time, without the Python module it checks. Same conventions: a
-- quantile is the first time at which S falls to it, halfway along a step exactly flat there.
{%- set tolerance = '1e-9' %}
with

handoffs as (

    select * from {{ ref('dim_handoff') }}
    -- With a competing exit 1 - S is no share of anything.
    where competing_milestone is null

),

cohort as (

    select fct_handoff.*
    from {{ ref('fct_handoff') }} as fct_handoff
    semi join handoffs on fct_handoff.handoff_id = handoffs.handoff_id
    where fct_handoff.status in ('completed', 'open')

),

norms as (

    select
        handoff_id,
        start_quarter,
        any_value(unit) as unit,
        count(*) as n_cases,
        count(*) filter (where status = 'completed') as n_completed,
        -- A share within two norms has no meaning.
        case
            when min(norm_value) = max(norm_value) and count(norm_value) = count(*)
                then min(norm_value)
        end as norm_value,
    from cohort
    group by handoff_id, start_quarter

),

{% for clock, length in [('clock', 'duration'), ('norm_clock', 'norm_duration')] -%}
{{ clock }}_steps as (

    select
        handoff_id,
        start_quarter,
        {{ length }} as elapsed,
        count(*) filter (where status = 'completed') as n_events,
        sum(count(*)) over (
            partition by handoff_id, start_quarter order by {{ length }} desc
        ) as n_at_risk,
        (n_at_risk - n_events) / n_at_risk as passed,
    from cohort
    where {{ length }} is not null
    group by handoff_id, start_quarter, {{ length }}

),

{{ clock }}_curve as (

    select
        handoff_id,
        start_quarter,
        elapsed,
        product(passed) over (
            partition by handoff_id, start_quarter order by elapsed
        ) as survival,
    from {{ clock }}_steps

),

{% endfor -%}

crossings as (

    select
        handoff_id,
        start_quarter,
        min(elapsed) filter (where survival <= 0.5 + {{ tolerance }}) as first_at,
        min(elapsed) filter (where survival < 0.5 - {{ tolerance }}) as below_at,
    from clock_curve
    group by handoff_id, start_quarter

),

at_norm as (

    select
        norms.handoff_id,
        norms.start_quarter,
        -- Beyond the last follow-up nothing is known, unless everybody is done.
        case
            when max(curve.elapsed) >= norms.norm_value or min(curve.survival) = 0
                then coalesce(
                    min(curve.survival) filter (where curve.elapsed <= norms.norm_value), 1
                )
        end as survival_at_norm,
    from norms
    inner join norm_clock_curve as curve
        on
            norms.handoff_id = curve.handoff_id
            and norms.start_quarter = curve.start_quarter
    where norms.norm_value is not null
    group by norms.handoff_id, norms.start_quarter, norms.norm_value

),

final as (

    select
        norms.handoff_id,
        norms.start_quarter,
        norms.unit,
        norms.n_cases,
        norms.n_completed,
        coalesce((crossings.first_at + crossings.below_at) / 2, crossings.first_at)
            as median_duration,
        norms.norm_value,
        at_norm.survival_at_norm,
    from norms
    left join crossings
        on
            norms.handoff_id = crossings.handoff_id
            and norms.start_quarter = crossings.start_quarter
    left join at_norm
        on
            norms.handoff_id = at_norm.handoff_id
            and norms.start_quarter = at_norm.start_quarter

)

select * from final
