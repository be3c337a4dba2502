{%- set columns = delivered_columns() -%}
{%- set recorded = recorded_milestones() -%}
with

milestones as (

    select * from {{ ref('milestones') }}

),

delivered_tables as (

    {% for organisation, table_name in delivered_tables() -%}
        {{ unpivot_milestones(
            organisation,
            table_name,
            columns.get(organisation ~ '_' ~ table_name, []),
            recorded.get(organisation ~ '.' ~ table_name, {}),
        ) }}
        union all
    {% endfor -%}
    {{ no_milestones() }}

),

-- Milestones that are no column of their own: of an event log, or following from several rows.
others as (

    select
        milestone,
        organisation,
        case_key,
        cast(null as varchar) as person_key,
        cast(null as varchar) as record_key,
        happened_at as moment,
        happened_at_latest as own_latest,
        {{ local_date('happened_at') }} as local_date,
        false as is_derived,
    from {{ source('monitor', 'event_log') }}
    where milestone is not null and happened_at is not null
    {% if is_built_in_chain() -%}
    union all
    select
        milestone,
        organisation,
        case_key,
        person_key,
        record_key,
        moment,
        moment as own_latest,
        local_date,
        true as is_derived,
    from {{ ref('int_milestone_derived') }}
    {%- endif %}

),

others_in_seed as (

    select
        others.milestone,
        others.organisation,
        others.case_key,
        others.person_key,
        others.record_key,
        others.moment,
        -- The wider of what the log says and what the seed does; nothing is known past the reference date.
        greatest(
            least(others.own_latest, {{ reference_moment() }}),
            case milestones.granularity
                {% for granularity in ['timestamp', 'day', 'week', 'month'] -%}
                when '{{ granularity }}'
                    then {{ moment_latest(granularity, 'others.moment', 'others.local_date') }}
                {% endfor %}
            end
        ) as moment_latest,
        others.local_date,
    from others
    inner join milestones
        on
            others.milestone = milestones.milestone
            and others.organisation = milestones.organisation
            and others.is_derived = milestones.is_derived

),

together as (

    select * from delivered_tables
    union all
    select * from others_in_seed

),

final as (

    select * from together
    where {{ has_happened('moment') }}

)

select * from final
