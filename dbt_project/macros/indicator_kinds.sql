{#-
    Kinds of indicators that are counted in SQL. An entry of the register (dim_indicator.yml) names a
    mart and its columns; the macro of its kind turns that into rows (period_date, numerator,
    denominator, dimensions), and count_by_period adds them up over every period grain and dimension.
    Every two-sided hand-off is reconciled without an entry, as every hand-off has its lead time.
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

{#- A text of the register as SQL; one left out is null. -#}
{% macro quoted(value) -%}
    {%- if value -%}
        '{{ value | string | trim | replace("'", "''") }}'
    {%- else -%}
        cast(null as varchar)
    {%- endif -%}
{%- endmacro %}

{% macro counted_entries() -%}
    {%- set counted = [] -%}
    {%- for entry in register() if entry.kind in ['share', 'count', 'flow', 'stock', 'rate'] -%}
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
    {%- endif -%}
{%- endmacro %}

{#-
    Share: of the rows whose numerator column is known, those where it is true. With a denominator
    column both are numbers to add up, such as rows accepted of rows delivered.
-#}
{% macro share_rows(entry) -%}
        select
            {{ entry.date_column }} as period_date,
            cast({{ entry.numerator_column }} as bigint) as numerator,
            {{ entry.denominator_column or 1 }} as denominator,
            {{ dimension_columns(entry) }}
        from {{ ref(entry.mart) }}
        where
            {{ entry.numerator_column }} is not null
            {{ filtered(entry) }}
{%- endmacro %}

{#- Count, flow: rows where the numerator column is true, by the day it happened. None is a figure too. -#}
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
        union all by name
        {{ zero_rows(entry) }}
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
        where
            true
            {{ filtered(entry) }}
        union all by name
        {{ zero_rows(entry) }}
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

{#-
    Nothing in a period is the figure 0, from the first month of the mart on: one row of nothing per
    month, nationally and for each member of each dimension.
-#}
{% macro zero_rows(entry) -%}
        select
            calendar_months.period_date,
            0 as numerator,
            cast(null as double) as denominator,
            {%- if entry.kind == 'stock' %}
            month(calendar_months.period_date) % 3 = 0 as closes_quarter,
            month(calendar_months.period_date) = 12 as closes_year,
            {%- endif %}
            {% for dimension in entry.dimensions or [] -%}
            case when members.dimension = '{{ dimension }}' then members.member end as {{ dimension }},
            {% endfor %}
        from (
            select {{ 'max' if entry.kind == 'stock' else 'min' }}(calendar_date) as period_date
            from {{ ref('dim_calendar') }}
            group by calendar_month
        ) as calendar_months
        inner join (
            select dimension, member from {{ ref('dim_dimension_member') }}
            {% if entry.dimensions -%}
            where dimension in ('{{ entry.dimensions | join("', '") }}')
            {% else -%}
            where false
            {% endif -%}
            union all
            select null as dimension, null as member
        ) as members on true
        where calendar_months.period_date >= (
            select date_trunc('month', min({{ entry.date_column }})) from {{ ref(entry.mart) }}
        )
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
    {{ return({'share': 'cohort', 'stock': 'open'}.get(entry.kind, 'completed')) }}
{%- endmacro %}

{#- What numerator and denominator make together. -#}
{% macro statistic_of(entry) -%}
    {{ return({'share': 'share', 'rate': 'rate'}.get(entry.kind, 'count')) }}
{%- endmacro %}

{#- Months and the whole history are too fine or too coarse to split: nationally only. -#}
{% macro period_sets(dimensions, always) -%}
    {%- set sets = [] -%}
    {%- for period in ['period_month', 'period_quarter', 'period_year', none] -%}
        {%- do sets.append([period]) -%}
        {%- if period in ['period_quarter', 'period_year'] -%}
            {%- for dimension in dimensions -%}
                {%- do sets.append([period, dimension]) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for columns in sets %}
        ({{ (always + columns) | select | join(', ') }}){{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Key columns of a cell made by period_sets. -#}
{% macro cell_columns(dimensions) -%}
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
{%- endmacro %}

{#- Numerator and denominator of one entry for each period grain and each allowed dimension. -#}
{% macro count_by_period(entry) -%}
    {%- set dimensions = entry.dimensions or [] -%}
    select
        '{{ entry.id }}' as indicator,
        {{ entry.version }} as version,
        '{{ statistic_of(entry) }}' as statistic,
        {{ cell_columns(dimensions) }}
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
    group by grouping sets ({{ period_sets(dimensions, []) }}
    )
    having
        member is not null
        and count(*) > 0
        {%- if entry.kind == 'stock' %}
        and period_grain <> 'all'
        {%- endif %}
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

{#-
    Each two-sided hand-off: of all transfers either side recorded, how many have which status. The
    indicator is `reconciliation_<hand-off>`, the statistic the status. What is in transit is not judged,
    nor what was set aside of one side. With each status stands the one of
    which what is undecided may come to it.
-#}
{% macro count_reconciliations() -%}
    {%- set statuses = {
        'matched': none,
        'out_of_tolerance': 'sent_never_received',
        'sent_never_received': 'out_of_tolerance',
        'received_never_sent': none,
        'negative': 'received_never_sent',
    } -%}
    {#- In another chain no case and no record tells anything. -#}
    {%- set dimensions = var('handoff_dimensions')
        | selectattr('told_by', 'in', ['case', 'record', 'pair'] if is_built_in_chain() else ['pair'])
        | map(attribute='name') | list -%}
    select
        'reconciliation_' || lower(cells.handoff_id) as indicator,
        1 as version,
        status_counts.status_count.statistic as statistic,
        cells.period_grain,
        cells.period,
        cells.dimension,
        cells.member,
        'cohort' as view,
        'both' as side,
        cast(status_counts.status_count.n as double) as numerator,
        cast(cells.n_transfers as double) as denominator,
        cast(status_counts.status_count.least as double) as numerator_least,
        cast(status_counts.status_count.most as double) as numerator_most,
    from (
        select
            handoff_id,
            {{ cell_columns(dimensions) }}
            count(*) as n_transfers,
            [
                {% for status, before in statuses.items() -%}
                {
                    'statistic': '{{ status }}',
                    'n': count(*) filter (where status = '{{ status }}'),
                    'least': count(*) filter (where status = '{{ status }}' and not is_undecided),
                    'most': count(*) filter (
                        where
                        status = '{{ status }}'
                        {%- if before %}
                        or (status = '{{ before }}' and is_undecided)
                        {%- endif %}
                    )
                }{{ ',' if not loop.last }}
                {% endfor -%}
            ] as counts,
        from {{ ref('fct_handoff_reconciliation') }}
        where status not in ('in_transit', 'side_unknown')
        group by grouping sets ({{ period_sets(dimensions, ['handoff_id']) }}
        )
        having member is not null
    ) as cells
    inner join {{ ref('dim_handoff') }} as allowed
        on
            cells.handoff_id = allowed.handoff_id
            and (
                cells.dimension = 'national'
                or list_contains(string_split(allowed.dimensions, '|'), cells.dimension)
            )
    cross join unnest(cells.counts) as status_counts (status_count)
{%- endmacro %}
