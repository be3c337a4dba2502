{#- Every milestone a hand-off names, plain or as organisation.milestone, is in the seed. -#}
{% test milestones_have_a_home(model) %}

with

named as (

    {% for role in ['start', 'stop', 'competing', 'sent', 'received'] -%}
    select
        handoff_id,
        '{{ role }}' as role,
        {{ role }}_milestone as named,
    from {{ model }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from named
where
    (named is null and role in ('start', 'stop'))
    or (
        named is not null
        and named not in (
            select milestone from {{ ref('milestones') }}
            union all
            select organisation || '.' || milestone from {{ ref('milestones') }}
        )
    )

{% endtest %}
