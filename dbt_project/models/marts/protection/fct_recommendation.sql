with

states as (

    select
        *,
        case state
            when 'uitgebracht' then 1
            when 'aanvaard' then 2
            when 'deels' then 2
            when 'afgewezen' then 2
            when 'in_uitvoering' then 3
            when 'gereedgemeld' then 4
            when 'geverifieerd' then 5
        end as state_order,
    from {{ ref('stg_kc__aanbeveling') }}
    where state_at <= {{ reference_date() }}

),

per_recommendation as (

    select
        record_key,
        min(source) as recommendation_source,
        min(owner) as owner,
        min(handoff_id) as handoff_id,
        min(theme) as theme,
        min(reason) as rejection_reason,
        max(due_at) as due_on,
        arg_max(state, (state_at, state_order)) as recommendation_state,
        max(state_at) as state_on,
        {% for state, name in [
            ('uitgebracht', 'issued'), ('gereedgemeld', 'reported_done'), ('geverifieerd', 'verified')
        ] -%}
        min(state_at) filter (where state = '{{ state }}') as {{ name }}_on,
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
        coalesce(verified_on, {{ reference_date() }}) - issued_on as age_days,
        coalesce(
            recommendation_state not in ('geverifieerd', 'afgewezen')
            and due_on < {{ reference_date() }},
            false
        ) as is_overdue,
    from per_recommendation

)

select * from final
