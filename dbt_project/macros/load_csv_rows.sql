{#
    Load a seed, as dbt-duckdb does, from a path with a quote in it: there the path stands in the
    statement as it is, so that a quote ends it.
#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {% set path = adapter.get_seed_file_path(model) | replace("'", "''") %}
    {% set sql %}
        copy {{ this.render() }} from '{{ path }}' (format csv, header true, delimiter ',')
    {% endset %}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}
