{#-
    Columns of all delivered tables by table, asked once: [name, type] each. Before they are loaded (parsing, an
    empty database) there are none.
-#}
{% macro delivered_columns() -%}
    {%- set found = {} -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'raw'"
        ) -%}
        {%- for row in rows -%}
            {%- do found.setdefault(row[0], []).append([row[1], row[2]]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#-
    Milestones recorded in a column, by `organisation.table`: {milestone: granularity} each. Asked of the seed once;
    before it is loaded (parsing, an empty database) there are none.
-#}
{% macro recorded_milestones() -%}
    {%- set found = {} -%}
    {%- set seed = ref('milestones') -%}
    {%- if execute and load_relation(seed) is not none -%}
        {%- set rows = run_query(
            "select organisation || '.' || table_name, milestone, granularity from " ~ seed ~ " where not is_derived"
        ) -%}
        {%- for row in rows -%}
            {%- do found.setdefault(row[0], {}).update({row[1]: row[2]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#-
    One row per filled milestone column of one delivered table. A milestone `x` is the column `x_at`, if the seed knows
    it (`recorded`: its granularity). A day starts at local midnight.
-#}
{% macro unpivot_milestones(organisation, table_name, columns, recorded) -%}
    {%- set relation = source(organisation, table_name) -%}
    {%- set names = columns | map('first') | list -%}
    {%- set moments = [] -%}
    {%- for name, type in columns if name.endswith('_at') and name[:-3] in recorded -%}
        {%- do moments.append([name, type]) -%}
    {%- endfor -%}
    {%- for name, type in moments %}
        {%- if type | upper == 'DATE' -%}
            {%- set moment, day = local_midnight(name), name -%}
        {%- else -%}
            {%- set moment, day = name, local_date(name) -%}
        {%- endif %}
        select
            '{{ name[:-3] }}' as milestone,
            '{{ organisation }}' as organisation,
            {% for key in ['case_key', 'person_key', 'record_key'] -%}
                {{ key if key in names else 'cast(null as varchar)' }} as {{ key }},
            {% endfor -%}
            {{ moment }} as moment,
            {{ moment_latest(recorded[name[:-3]], moment, day) }} as moment_latest,
            {{ day }} as local_date,
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
            cast(null as varchar) as case_key,
            cast(null as varchar) as person_key,
            cast(null as varchar) as record_key,
            cast(null as timestamptz) as moment,
            cast(null as timestamptz) as moment_latest,
            cast(null as date) as local_date,
        where false
{%- endmacro %}

{#- End of the interval in which a milestone of this granularity lies. -#}
{% macro interval_end(granularity, moment, day) -%}
    {%- set days = {'day': '1 day', 'week': '7 day', 'month': '1 month'} -%}
    {{ moment if granularity == 'timestamp' else local_midnight(day ~ ' + interval ' ~ days[granularity]) }}
{%- endmacro %}

{#- The same as far as it is known: what lies beyond the reference date is not. -#}
{% macro moment_latest(granularity, moment, day) -%}
    {%- if granularity == 'timestamp' -%}
        {{ moment }}
    {%- else -%}
        least({{ reference_moment() }}, {{ interval_end(granularity, moment, day) }})
    {%- endif -%}
{%- endmacro %}
