{#- Hand-offs: which milestone plays a role in them, and the dimensions they are shown by. -#}

{#- What the rows of the CTEs `milestones` and `roles` (int_handoff_role) are joined on. -#}
{% macro plays_role() -%}
    milestones.milestone = roles.milestone
    and (roles.organisation is null or milestones.organisation = roles.organisation)
{%- endmacro %}

{#-
    Columns of the dimensions of hand-offs (`handoff_dimensions` in dbt_project.yml), in order.

    told_by   those one kind of home tells: case, record or pair; all of them when left out
    relation  where they are read from
-#}
{% macro handoff_dimensions(told_by=none, relation=none) -%}
    {%- for dimension in var('handoff_dimensions') if dimension.name and told_by in [none, dimension.told_by] -%}
        {{ relation ~ '.' if relation }}{{ dimension.name }},
    {% endfor -%}
{%- endmacro %}

{#- The same columns where nothing tells them: in a chain of event logs. -#}
{% macro no_handoff_dimensions(told_by) -%}
    {%- for dimension in var('handoff_dimensions') if dimension.name and told_by == dimension.told_by -%}
        cast(null as varchar) as {{ dimension.name }},
    {% endfor -%}
{%- endmacro %}

{#- The member of whichever dimension limits a hand-off to some cases; `relations` names the home of each kind. -#}
{% macro population_member(dimension_column, relations) -%}
    case {{ dimension_column }}
    {%- for dimension in var('handoff_dimensions') %}
        when '{{ dimension.name }}' then {{ relations[dimension.told_by] ~ '.' ~ dimension.name if dimension.name else 'null' }}
    {%- endfor %}
    end
{%- endmacro %}

{#- Which delivered tables tell a dimension: one row each. -#}
{% macro tables_of_dimensions() -%}
    select
        cast(null as varchar) as dimension,
        cast(null as varchar) as organisation,
        cast(null as varchar) as table_name,
    where false
    {%- for dimension in var('handoff_dimensions') if is_built_in_chain() -%}
    {%- for table in dimension.tables or [] %}
    union all
    select '{{ dimension.name }}', '{{ table.split("_", 1)[0] }}', '{{ table.split("_", 1)[1] }}'
    {%- endfor -%}
    {%- endfor %}
{%- endmacro %}
