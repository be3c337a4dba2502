{%- set columns = staged_columns() -%}
with

milestones as (

    select * from {{ ref('milestones') }}

),

event_log as (

    select
        milestone,
        organisation,
        table_name,
        case_key,
        cast(null as varchar) as person_key,
        cast(null as varchar) as record_key,
        happened_at as moment,
        {{ local_date('happened_at') }} as local_date,
    from {{ ref('stg_event_log') }}
    where milestone is not null and happened_at is not null

),

delivered_tables as (

    {% for organisation, table_name in delivered_tables() -%}
        {{ unpivot_milestones(
            organisation, table_name, columns.get('stg_' ~ organisation ~ '__' ~ table_name, [])
        ) }}
        union all
    {% endfor -%}
    {{ no_milestones() }}

),

recorded as (

    select * from event_log
    union all
    select * from delivered_tables

),

final as (

    select recorded.*
    from recorded
    semi join milestones
        on
            recorded.milestone = milestones.milestone
            and recorded.organisation = milestones.organisation
            and not milestones.is_derived

)

select * from final
