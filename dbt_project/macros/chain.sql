{#- Which chain is built, and from which tables. -#}

{% macro is_built_in_chain() -%}
    {{ return(env_var('KWALITEITSMONITOR_CHAIN_NAME') == 'bewaken_beveiligen') }}
{%- endmacro %}

{#- The delivered tables as [organisation, table]; event logs come in through stg_event_log. -#}
{% macro delivered_tables() -%}
    {%- set tables = [] -%}
    {%- if is_built_in_chain() -%}
        {%- for name in env_var('KWALITEITSMONITOR_TABLES').split() if name != 'event_log' -%}
            {%- do tables.append(name.split('_', 1)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables) }}
{%- endmacro %}
