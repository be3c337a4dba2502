{#-
    Clocks: when "now" is, what a local day is, and how long something took.

    The reference date is given as a day (the figures show the end of that day) or, for an event log that
    ends in the middle of a day, as a moment. Nothing after it may be seen. Days are those of the one zone the
    contracts of the chain name.
-#}

{% macro chain_timezone() -%}
    '{{ env_var('KWALITEITSMONITOR_TIMEZONE') }}'
{%- endmacro %}

{% macro reference_is_day() -%}
    {{ return(env_var('KWALITEITSMONITOR_REFERENCE_DATE') | length == 10) }}
{%- endmacro %}

{#- Moment at which what is still open is censored. -#}
{% macro reference_moment() -%}
    {%- set given = env_var('KWALITEITSMONITOR_REFERENCE_DATE') -%}
    {%- if reference_is_day() -%}
        timezone({{ chain_timezone() }}, date '{{ given }}' + interval 1 day)
    {%- elif modules.re.search('(Z|[+-]\\d\\d:?\\d\\d)$', given) -%}
        timestamptz '{{ given }}'
    {%- else -%}
        timezone({{ chain_timezone() }}, timestamp '{{ given }}')
    {%- endif -%}
{%- endmacro %}

{#- Whether a moment had happened by then: a day ends before its midnight, a moment includes itself. -#}
{% macro has_happened(moment) -%}
    {{ moment }} {{ '<' if reference_is_day() else '<=' }} {{ reference_moment() }}
{%- endmacro %}

{#- Whether a moment had happened by then, and by the end of the last day of which its table tells. -#}
{% macro is_told(moment, until) -%}
    ({{ has_happened(moment) }} and {{ local_date(moment) }} <= {{ until }})
{%- endmacro %}

{% macro reference_date() -%}
    {%- if reference_is_day() -%}
        date '{{ env_var('KWALITEITSMONITOR_REFERENCE_DATE') }}'
    {%- else -%}
        {{ local_date(reference_moment()) }}
    {%- endif -%}
{%- endmacro %}

{% macro local_date(moment) -%}
    cast(timezone({{ chain_timezone() }}, {{ moment }}) as date)
{%- endmacro %}

{#- Local midnight with which a day begins. -#}
{% macro local_midnight(day) -%}
    timezone({{ chain_timezone() }}, cast({{ day }} as timestamp))
{%- endmacro %}

{#-
    Last local day of an interval that starts at midnight, or is less than a day; rounding absorbs the hour of a DST
    change.
-#}
{% macro last_day_of_interval(day, moment, moment_latest) -%}
    case
        when {{ moment_latest }} = {{ moment }} then {{ day }}
        else
            {{ day }}
            + greatest(
                cast(round((epoch_us({{ moment_latest }}) - epoch_us({{ moment }})) / 86400e6) as integer) - 1,
                0
            )
    end
{%- endmacro %}

{#-
    Time from one point to another in a unit that may differ per row. A point is the stem of
    four columns: <stem>_at (moment), <stem>_date (local day), <stem>_working_day (its number).
    Days count from the day after the start, so the same day is 0.
-#}
{% macro elapsed(unit, from_point, to_point) -%}
    case {{ unit }}
        when 'calendar_days' then cast({{ to_point }}_date - {{ from_point }}_date as double)
        when 'working_days'
            then cast({{ to_point }}_working_day - {{ from_point }}_working_day as double)
        when 'hours' then (epoch_us({{ to_point }}_at) - epoch_us({{ from_point }}_at)) / 3600e6
        when 'days' then (epoch_us({{ to_point }}_at) - epoch_us({{ from_point }}_at)) / 86400e6
    end
{%- endmacro %}

{#-
    Time from one point to another without the pauses between them, by the same rules; `pauses` is the
    list of a clock's pauses, which do not overlap. Each is cut off at both points.
-#}
{% macro net_elapsed(unit, from_point, to_point) -%}
    {{ elapsed(unit, from_point, to_point) }} - coalesce(
        list_sum(
            list_transform(
                pauses,
                lambda pause: greatest(
                    0,
                    case {{ unit }}
                        when 'calendar_days'
                            then
                                least(pause['resumed_date'], {{ to_point }}_date)
                                - greatest(pause['paused_date'], {{ from_point }}_date)
                        when 'working_days'
                            then
                                least(pause['resumed_working_day'], {{ to_point }}_working_day)
                                - greatest(pause['paused_working_day'], {{ from_point }}_working_day)
                        when 'hours'
                            then (
                                epoch_us(least(pause['resumed_at'], {{ to_point }}_at))
                                - epoch_us(greatest(pause['paused_at'], {{ from_point }}_at))
                            ) / 3600e6
                        when 'days'
                            then (
                                epoch_us(least(pause['resumed_at'], {{ to_point }}_at))
                                - epoch_us(greatest(pause['paused_at'], {{ from_point }}_at))
                            ) / 86400e6
                    end
                )
            )
        ), 0
    )
{%- endmacro %}

{#- Last days of the months that are over, and whether a quarter or a year ends with them. -#}
{% macro month_ends() -%}
    select
        max(calendar_date) as month_end,
        month(max(calendar_date)) % 3 = 0 as is_quarter_end,
        month(max(calendar_date)) = 12 as is_year_end,
    from {{ ref('dim_calendar') }}
    group by calendar_month
    having month_end <= {{ reference_date() }}
{%- endmacro %}

{#- Period columns of a day, for marts that do not join the calendar for it. -#}
{% macro period_columns(day, prefix) -%}
    strftime({{ day }}, '%Y-%m') as {{ prefix }}_month,
    strftime({{ day }}, '%Y') || '-Q' || quarter({{ day }}) as {{ prefix }}_quarter,
    strftime({{ day }}, '%Y') as {{ prefix }}_year,
{%- endmacro %}

{#-
    Last day of which all these delivered tables tell; the reference date where none came late. What did not happen
    is only known up to it.
-#}
{% macro followed_date(tables) -%}
    (
        select coalesce(min(followed_until), {{ reference_date() }})
        from {{ ref('int_table_followed') }}
        where organisation || '_' || table_name in ('{{ tables | join("', '") }}')
    )
{%- endmacro %}

{#-
    Whether something followed within a term (seed `terms`) of a day. Only a term that was followed to its end, by all
    tables that tell of it, can say that something did not happen: until then it is empty.
-#}
{% macro follows_within(what, since, term, tables) -%}
    {%- set length -%}
        (
            select case unit when 'months' then to_months(value) else to_days(value) end
            from {{ ref('terms') }}
            where term = '{{ term }}'
        )
    {%- endset -%}
    case
        when {{ since }} + {{ length }} <= {{ followed_date(tables) }}
            then coalesce({{ what }} <= {{ since }} + {{ length }}, false)
    end
{%- endmacro %}
