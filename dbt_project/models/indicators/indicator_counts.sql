-- depends_on: {{ ref('dim_indicator') }}
-- depends_on: {{ ref('dim_calendar') }}
-- depends_on: {{ ref('dim_dimension_member') }}
{% if is_built_in_chain() -%}
{% for mart in var('counted_marts') -%}
-- depends_on: {{ ref(mart) }}
{% endfor -%}
{% endif %}
with

counts as (

    {% for entry in counted_entries() if entry is mapping -%}
    {{ count_by_period(entry) }}
    union all by name
    {% endfor -%}
    {{ count_reconciliations() }}

),

final as (

    select
        * replace (
            coalesce(numerator_least, numerator) as numerator_least,
            coalesce(numerator_most, numerator) as numerator_most
        )
    from counts
    where numerator is not null

)

select * from final
