-- AIVD and MIVD give weeks and months: a product was in time only when it certainly was.
with

delivery_granularity as (

    select
        organisation,
        granularity,
    from {{ ref('milestones') }}
    where milestone = 'product_delivered'

),

{% set moments = [
    ('product_ordered_at', 'ordered_at'),
    ('product_delivered_at', 'delivered_at'),
    ('served_decision_at', 'decision_at'),
] -%}
products as (

    {% for organisation, is_coarse in [
        ('politie', false), ('kmar', false), ('aivd', true), ('mivd', true)
    ] -%}
    select
        record_key,
        case_key,
        '{{ organisation }}' as organisation,
        product,
        domain,
        {% for column, name in moments -%}
        {{ local_midnight(column) if is_coarse else column }} as {{ name }},
        {% endfor -%}
    from {{ source(organisation, 'product') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

cases as (

    select * from {{ ref('fct_case') }}

),

-- Each supplier tells of its own products, until its own last delivery.
followed as (

    select
        organisation,
        followed_until,
    from {{ ref('int_table_followed') }}
    where table_name = 'product'

),

with_intervals as (

    select
        products.*,
        coalesce(followed.followed_until, {{ reference_date() }}) as followed_until,
        {% for name in ['delivered', 'decision'] -%}
        {% set day = local_date('products.' ~ name ~ '_at') -%}
        case delivery_granularity.granularity
            {% for granularity in ['timestamp', 'day', 'week', 'month'] -%}
            when '{{ granularity }}'
                then {{ interval_end(granularity, 'products.' ~ name ~ '_at', day) }}
            {% endfor %}
        end as {{ name }}_latest_at,
        {% endfor %}
    from products
    left join delivery_granularity
        on products.organisation = delivery_granularity.organisation
    left join followed on products.organisation = followed.organisation
    where {{ has_happened('products.ordered_at') }}

),

final as (

    select
        with_intervals.record_key,
        with_intervals.case_key,
        cases.parket,
        cases.phenomenon,
        with_intervals.organisation,
        with_intervals.product,
        with_intervals.domain,
        {{ local_date('with_intervals.ordered_at') }} as ordered_on,
        case
            when {{ is_told('with_intervals.delivered_at', 'with_intervals.followed_until') }}
                then {{ local_date('with_intervals.delivered_at') }}
        end as delivered_on,
        {{ local_date('with_intervals.decision_at') }} as decision_on,
        -- Judged once the decision is taken; a product that serves no decision is not judged.
        case
            when
                not coalesce(
                    {{ is_told('with_intervals.decision_at', 'with_intervals.followed_until') }},
                    false
                )
                then null
            when with_intervals.delivered_latest_at <= with_intervals.decision_at then true
            when
                with_intervals.delivered_at is null
                or with_intervals.delivered_at >= with_intervals.decision_latest_at
                then false
        end as is_before_decision,
    from with_intervals
    left join cases on with_intervals.case_key = cases.case_key

)

select * from final
