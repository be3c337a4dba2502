with

handoffs as (

    select
        *,
        case
            when occurrence = 'each' and match_on = 'record_key' then 'record'
            when occurrence = 'each' then 'rank'
            else occurrence
        end as pairing,
    from {{ ref('handoffs') }}

),

-- The two sides of a hand-off are a pair as its clock is: what the sender recorded starts it.
named as (

    {% for part, role, column in [
        ('clock', 'start', 'start_milestone'),
        ('clock', 'stop', 'stop_milestone'),
        ('clock', 'competing', 'competing_milestone'),
        ('sides', 'start', 'sent_milestone'),
        ('sides', 'stop', 'received_milestone'),
    ] -%}
    select
        '{{ part }}' as part,
        handoff_id,
        match_on,
        {{ 'pairing' if part == 'clock' else "'first' as pairing" }},
        '{{ role }}' as role,
        unnest(string_split({{ column }}, '|')) as name,
    from handoffs
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- `organisation.milestone` is that of one of several organisations that record it.
final as (

    select
        * exclude (name),
        split_part(name, '.', -1) as milestone,
        case when contains(name, '.') then split_part(name, '.', 1) end as organisation,
    from named

)

select * from final
