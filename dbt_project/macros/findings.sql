{#-
    Why what is found in the state of a table matters: the sentences of `config.meta.reasons` in
    int_finding_in_handoffs.yml and int_finding_in_steps.yml. `{handoff}` stands for the label of the hand-off.
    Where there is no graph to read them from (dbt's own unit tests), the rule stands for its sentence.
-#}
{% macro reason_of_rule(rule_column, label, language) -%}
    {%- if execute and graph.nodes -%}
    case {{ rule_column }}
    {%- for model in ['int_finding_in_handoffs', 'int_finding_in_steps'] -%}
        {%- set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ model) -%}
        {%- for rule, reasons in (node.config.meta.reasons.items() if node else []) %}
        when '{{ rule }}'
            then replace({{ quoted(reasons[language]) }}, '{handoff}', coalesce({{ label }}, ''))
        {%- endfor -%}
    {%- endfor %}
    end
    {%- else -%}
    {{ rule_column }} || coalesce(': ' || {{ label }}, '')
    {%- endif -%}
{%- endmacro %}
