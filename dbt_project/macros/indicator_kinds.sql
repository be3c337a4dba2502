{#-
    Kinds of indicators that are counted in SQL. An entry of the register (dim_indicator.yml) names a
    mart and its columns; the macro of its kind turns that into rows (period_date, numerator,
    denominator, dimensions), and count_by_period adds them up over every period grain and dimension.
    Durations and incidences need estimators and are computed in Python from the same marts.
-#}

{#- Entries of the register; an event-log chain has only the generic lead times. -#}
{% macro register() -%}
    {%- set entries = [] -%}
    {%- if execute and is_built_in_chain() -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.dim_indicator'] -%}
        {%- do entries.extend(node.config.meta.indicators) -%}
    {%- endif -%}
    {{ return(entries) }}
{%- endmacro %}

{% macro counted_entries() -%}
    {%- set counted = [] -%}
    {%- for entry in register() if entry.kind in ['share', 'count', 'flow', 'stock', 'rate', 'reconciliation'] -%}
        {%- do counted.append(entry) -%}
    {%- endfor -%}
    {{ return(counted) }}
{%- endmacro %}

{#- Rows of one entry, by kind. -#}
{% macro indicator_rows(entry) -%}
    {%- if entry.kind == 'share' -%}
        {{ share_rows(entry) }}
    {%- elif entry.kind in ['count', 'flow'] -%}
        {{ count_rows(entry) }}
    {%- elif entry.kind == 'stock' -%}
        {{ stock_rows(entry) }}
    {%- elif entry.kind == 'rate' -%}
        {{ rate_rows(entry) }}
    {%- elif entry.kind == 'reconciliation' -%}
        {{ reconciliation_rows(entry) }}
    {%- endif -%}
{%- endmacro %}

{#- Share: of the rows whose numerator column is known, those where it is true. -#}
{% macro share_rows(entry) -%}
        select
            {{ entry.date_column }} as period_date,
            cast({{ entry.numerator_column }} as bigint) as numerator,
            1 as denominator,
            {{ dimension_columns(entry) }}
        from {{ ref(entry.mart) }}
        where
            {{ entry.numerator_column }} is not null
            {{ filtered(entry) }}
{%- endmacro %}

{#- Count, flow: rows where the numerator column is true, by the day it happened. -#}
{% macro count_rows(entry) -%}
        select
            {{ entry.date_column }} as period_date,
            1 as numerator,
            cast(null as double) as denominator,
            {{ dimension_columns(entry) }}
        from {{ ref(entry.mart) }}
        where
            {{ entry.numerator_column }}
            {{ filtered(entry) }}
{%- endmacro %}

{#- Stock: the numerator column at the month end that closes the period. Needs is_quarter_end, is_year_end. -#}
{% macro stock_rows(entry) -%}
        select
            {{ entry.date_column }} as period_date,
            {{ entry.numerator_column }} as numerator,
            cast(null as double) as denominator,
            is_quarter_end as closes_quarter,
            is_year_end as closes_year,
            {{ dimension_columns(entry) }}
        from {{ ref(entry.mart) }}
{%- endmacro %}

{#- Rate: both columns added up, such as events and person-time. -#}
{% macro rate_rows(entry) -%}
        select
            {{ entry.date_column }} as period_date,
            {{ entry.numerator_column }} as numerator,
            {{ entry.denominator_column }} as denominator,
            {{ dimension_columns(entry) }}
        from {{ ref(entry.mart) }}
        where
            true
            {{ filtered(entry) }}
{%- endmacro %}

{#- Reconciliation: of all transfers either side recorded, those both did within the tolerance. -#}
{% macro reconciliation_rows(entry) -%}
        select
            period_date,
            cast(status = 'matched' as bigint) as numerator,
            1 as denominator,
            {{ dimension_columns(entry) }}
        from {{ ref('fct_handoff_reconciliation') }}
        where
            status <> 'in_transit'
            {%- if entry.handoff %}
            and handoff_id = '{{ entry.handoff }}'
            {%- endif %}
{%- endmacro %}

{% macro dimension_columns(entry) -%}
    {%- for dimension in entry.dimensions or [] -%}
        cast({{ dimension }} as varchar) as {{ dimension }},
    {% endfor -%}
{%- endmacro %}

{#- Rows that take part at all: an optional boolean column, and one hand-off where the mart has many. -#}
{% macro filtered(entry) -%}
    {%- if entry.filter_column %}
            and {{ entry.filter_column }}
    {%- endif -%}
    {%- if entry.handoff and entry.mart == 'fct_handoff' %}
            and handoff_id = '{{ entry.handoff }}'
    {%- endif -%}
{%- endmacro %}

{#- What the period of a row means: when the group started, when it happened, or who is there. -#}
{% macro view_of(entry) -%}
    {{ return({'share': 'cohort', 'reconciliation': 'cohort', 'stock': 'open'}.get(entry.kind, 'completed')) }}
{%- endmacro %}

{#- Numerator and denominator of one entry for each period grain and each allowed dimension. -#}
{% macro count_by_period(entry) -%}
    {%- set dimensions = entry.dimensions or [] -%}
    select
        '{{ entry.id }}' as indicator,
        {{ entry.version }} as version,
        case
            when grouping(period_month) = 0 then 'month'
            when grouping(period_quarter) = 0 then 'quarter'
            when grouping(period_year) = 0 then 'year'
            else 'all'
        end as period_grain,
        coalesce(period_month, period_quarter, period_year, 'all') as period,
        {% if dimensions -%}
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension }}) = 0 then '{{ dimension }}'
            {% endfor -%}
            else 'national'
        end as dimension,
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension }}) = 0 then {{ dimension }}
            {% endfor -%}
            else 'national'
        end as member,
        {%- else -%}
        'national' as dimension,
        'national' as member,
        {%- endif %}
        '{{ view_of(entry) }}' as view,
        '{{ entry.side or "both" }}' as side,
        cast({{ summed(entry) }} as double) as numerator,
        cast(sum(denominator) as double) as denominator,
    from (
        select
            *,
            strftime(period_date, '%Y-%m') as period_month,
            strftime(period_date, '%Y') || '-Q' || quarter(period_date) as period_quarter,
            strftime(period_date, '%Y') as period_year,
        from (
        {{ indicator_rows(entry) }}
        ) as entry_rows
        where period_date <= {{ reference_date() }}
    ) as dated_rows
    group by grouping sets (
        {%- for period in ['period_month', 'period_quarter', 'period_year'] + ([] if entry.kind == 'stock' else ['']) -%}
        ({{ period }})
        {%- for dimension in dimensions -%}
        , ({{ period }}{{ ', ' if period }}{{ dimension }})
        {%- endfor -%}
        {{ ', ' if not loop.last }}
        {%- endfor -%}
    )
    having member is not null and count(*) > 0
{%- endmacro %}

{#- A stock is not added up over the months of a period: only the closing month end counts. -#}
{% macro summed(entry) -%}
    {%- if entry.kind == 'stock' -%}
        case
            when grouping(period_quarter) = 0 then sum(numerator) filter (where closes_quarter)
            when grouping(period_year) = 0 then sum(numerator) filter (where closes_year)
            else sum(numerator)
        end
    {%- else -%}
        sum(numerator)
    {%- endif -%}
{%- endmacro %}

{#- Marts an entry may count from; dbt must know them before the register is read. -#}
{% macro counted_marts() -%}
    {{ return([
        'fct_decision', 'fct_designation', 'fct_dossier', 'fct_escalation', 'fct_evaluation',
        'fct_experience', 'fct_judgment', 'fct_measure', 'fct_person_time', 'fct_recommendation',
        'fct_review', 'fct_stock',
    ]) }}
{%- endmacro %}
