-- depends_on: {{ ref('dim_indicator') }}
-- depends_on: {{ ref('fct_handoff') }}
-- depends_on: {{ ref('fct_handoff_reconciliation') }}
{% if is_built_in_chain() -%}
{% for mart in counted_marts() -%}
-- depends_on: {{ ref(mart) }}
{% endfor -%}
{% endif %}
with

counts as (

    {% for entry in counted_entries() -%}
    {{ count_by_period(entry) }}
    union all
    {% endfor -%}
    select
        cast(null as varchar) as indicator,
        cast(null as integer) as version,
        cast(null as varchar) as period_grain,
        cast(null as varchar) as period,
        cast(null as varchar) as dimension,
        cast(null as varchar) as member,
        cast(null as varchar) as view,
        cast(null as varchar) as side,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
    where false

),

final as (

    select * from counts
    where numerator is not null

)

select * from final
