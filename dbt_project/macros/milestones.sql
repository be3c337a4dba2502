{#-
    Columns of all staged views by view, asked once: [name, type] each. Before the views exist (parsing, an
    empty database) there are none.
-#}
{% macro staged_columns() -%}
    {%- set found = {} -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'staging'"
        ) -%}
        {%- for row in rows -%}
            {%- do found.setdefault(row[0], []).append([row[1], row[2]]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#-
    One row per filled milestone column of one staged table. A milestone `x` is the column `x_at`; whether it
    is one is decided by the seed the result is joined to. A day starts at midnight in Amsterdam.
-#}
{% macro unpivot_milestones(organisation, table_name, columns) -%}
    {%- set relation = ref('stg_' ~ organisation ~ '__' ~ table_name) -%}
    {%- set names = columns | map('first') | list -%}
    {%- set moments = [] -%}
    {%- for name, type in columns if name.endswith('_at') -%}
        {%- do moments.append([name, type]) -%}
    {%- endfor -%}
    {%- for name, type in moments %}
        select
            '{{ name[:-3] }}' as milestone,
            '{{ organisation }}' as organisation,
            '{{ table_name }}' as table_name,
            {% for key in ['case_key', 'person_key', 'record_key'] -%}
                {{ key if key in names else 'cast(null as varchar)' }} as {{ key }},
            {% endfor -%}
            {%- if type | upper == 'DATE' %}
            {{ local_midnight(name) }} as moment,
            {{ name }} as local_date,
            {%- else %}
            {{ name }} as moment,
            {{ local_date(name) }} as local_date,
            {%- endif %}
        from {{ relation }}
        where {{ name }} is not null
        {{ 'union all' if not loop.last }}
    {%- else %}
        {{ no_milestones() }}
    {%- endfor -%}
{%- endmacro %}

{% macro no_milestones() -%}
        select
            cast(null as varchar) as milestone,
            cast(null as varchar) as organisation,
            cast(null as varchar) as table_name,
            cast(null as varchar) as case_key,
            cast(null as varchar) as person_key,
            cast(null as varchar) as record_key,
            cast(null as timestamptz) as moment,
            cast(null as date) as local_date,
        where false
{%- endmacro %}

{#-
    Which milestone plays which role in each hand-off of the CTE `handoffs`: the columns named, role,
    milestone, organisation. `organisation.milestone` names one of two organisations that record it.
-#}
{% macro milestone_roles(roles, columns) -%}
    select
        * exclude (named),
        split_part(named, '.', -1) as milestone,
        case when contains(named, '.') then split_part(named, '.', 1) end as organisation,
    from (
        {%- for role in roles %}
        select
            handoff_id,
            {% for column in columns -%}
            {{ column }},
            {% endfor -%}
            '{{ role }}' as role,
            {{ role }}_milestone as named,
        from handoffs
        where {{ role }}_milestone is not null
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as named_roles
{%- endmacro %}

{#- What the rows of the CTEs `milestones` and `roles` are joined on. -#}
{% macro plays_role() -%}
    milestones.milestone = roles.milestone
    and (roles.organisation is null or milestones.organisation = roles.organisation)
{%- endmacro %}

{#- The key that the sides of a hand-off are paired by. -#}
{% macro match_key() -%}
    case roles.match_on
        when 'case_key' then milestones.case_key
        when 'person_key' then milestones.person_key
        else milestones.record_key
    end
{%- endmacro %}

{#-
    A key of the pair. The one it was paired by is not kept beside it (texts of 29 characters are what the
    pairing costs most), so it is taken from there.
-#}
{% macro key_of_pair(key) -%}
    case when handoffs.match_on = '{{ key }}' then paired.match_key else paired.{{ key }} end
{%- endmacro %}
