with

states as (

    select * from {{ ref('fct_recommendation_state') }}

),

per_recommendation as (

    select
        record_key,
        min(recommendation_source) as recommendation_source,
        min(owner) as owner,
        min(handoff_id) as handoff_id,
        min(theme) as theme,
        min(reason) as rejection_reason,
        max(due_on) as due_on,
        arg_max(recommendation_state, state_number) as recommendation_state,
        max(state_on) as state_on,
        min(state_on) filter (where state_order = 2) as answered_on,
        max(recommendation_state) filter (where state_order = 2) as answer,
        count(finding) as n_findings,
        {% for state, name in [
            ('uitgebracht', 'issued'),
            ('in_uitvoering', 'in_progress'),
            ('gereedgemeld', 'reported_done'),
            ('geverifieerd', 'verified'),
        ] -%}
        min(state_on) filter (where recommendation_state = '{{ state }}') as {{ name }}_on,
        {% endfor %}
    from states
    group by record_key

),

final as (

    select
        *,
        owner as organisation,
        recommendation_state in ('geverifieerd', 'afgewezen') as is_closed,
        -- Taken on, wholly or in part, whatever came of it since.
        recommendation_state not in ('uitgebracht', 'afgewezen') as is_taken_on,
        recommendation_state = 'geverifieerd' as is_verified,
        recommendation_state = 'gereedgemeld' as is_reported_done,
        true as is_issued,
        coalesce(
            case recommendation_state
                when 'geverifieerd' then verified_on
                when 'afgewezen' then answered_on
            end,
            {{ reference_date() }}
        ) - issued_on as age_days,
        coalesce(
            recommendation_state not in ('geverifieerd', 'afgewezen')
            and due_on < {{ followed_date(['kc_aanbeveling']) }},
            false
        ) as is_overdue,
        -- From this day it could have worked: when it was said to be done, else when it was begun.
        case
            when recommendation_state <> 'afgewezen'
                then coalesce(reported_done_on, verified_on, in_progress_on)
        end as in_place_on,
    from per_recommendation

)

select * from final
