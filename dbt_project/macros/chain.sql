{#- Which chain is built, and from which tables. -#}

{% macro is_built_in_chain() -%}
    {{ return(env_var('KWALITEITSMONITOR_CHAIN_NAME') == 'bewaken_beveiligen') }}
{%- endmacro %}

{#- The delivered tables as [organisation, table], without event logs: these come in as one table. -#}
{% macro delivered_tables() -%}
    {%- set tables = [] -%}
    {%- for name in env_var('KWALITEITSMONITOR_TABLES').split() -%}
        {%- do tables.append(name.split('_', 1)) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}
