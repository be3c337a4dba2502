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
