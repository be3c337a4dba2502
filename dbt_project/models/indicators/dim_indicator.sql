{#- The register lives in dim_indicator.yml, under config.meta.indicators; here it is a table. -#}
{%- set texts = [
    'kind', 'family', 'handoff', 'mart', 'date_column', 'numerator_column', 'denominator_column',
    'filter_column', 'label_nl', 'label_en', 'question_nl', 'question_en', 'why_nl', 'why_en',
    'numerator_nl', 'numerator_en', 'denominator_nl', 'denominator_en', 'unit', 'direction',
    'paragraph', 'owner', 'author', 'checker', 'balancing_indicator',
] -%}
with

entries as (

    {% for entry in register() if entry is mapping -%}
    select
        '{{ entry.id }}' as indicator,
        {{ entry.version }} as version,
        date '{{ entry.valid_from }}' as valid_from,
        {% for text in texts -%}
        {{ quoted(entry.get(text)) }} as {{ text }},
        {% endfor -%}
        '{{ (entry.dimensions or []) | join("|") }}' as dimensions,
        date '{{ entry.next_review }}' as next_review,
    union all
    {% endfor -%}
    select
        cast(null as varchar) as indicator,
        cast(null as integer) as version,
        cast(null as date) as valid_from,
        {% for text in texts -%}
        cast(null as varchar) as {{ text }},
        {% endfor -%}
        cast(null as varchar) as dimensions,
        cast(null as date) as next_review,
    where false

),

final as (

    select
        * exclude (handoff),
        handoff as handoff_id,
    from entries

)

select * from final
