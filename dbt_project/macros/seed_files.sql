{#-
    dbt writes the SQL of a seed to <target>/<path of the seed>. The seeds of a chain lie anywhere, by
    absolute path, and joining an absolute path gives that path itself: dbt would overwrite the seed file
    with SQL. Seeds are the only nodes that use this macro of dbt; this is it without the writing.
-#}
{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
    {%- set sql = caller() -%}
    {%- if name is not none -%}
        {{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}
    {%- endif -%}
{%- endmacro %}
