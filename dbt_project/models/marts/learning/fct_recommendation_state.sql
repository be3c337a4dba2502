with

states as (

    select * from {{ source('kc', 'aanbeveling') }}
    where state_at <= {{ reference_date() }}

),

ordered as (

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
    from states

),

with_previous as (

    select
        *,
        row_number() over states_in_time as state_number,
        lag(state) over states_in_time as previous_state,
        lag(state_order) over states_in_time as previous_order,
    from ordered
    -- On one day the states follow one another in their own order.
    window states_in_time as (partition by record_key order by state_at, state_order, state)

),

final as (

    select
        record_key,
        state_number,
        source as recommendation_source,
        owner,
        handoff_id,
        theme,
        state as recommendation_state,
        state_order,
        state_at as state_on,
        previous_state,
        reason,
        due_at as due_on,
        case
            when previous_state is null and state <> 'uitgebracht' then 'begin_ontbreekt'
            when previous_state = 'afgewezen' then 'na_afwijzing'
            when state_order <= previous_order then 'teruggang'
            when state_order > previous_order + 1 then 'toestand_overgeslagen'
            when state in ('deels', 'afgewezen') and reason is null then 'reden_ontbreekt'
        end as finding,
    from with_previous

)

select * from final
