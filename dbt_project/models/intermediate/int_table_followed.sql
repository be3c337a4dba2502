with

deliveries as (

    select * from {{ source('monitor', 'delivery') }}

),

tables as (

    select
        organisation,
        table_name,
        max(reference_date) filter (where is_used) as last_used_on,
        -- A delivery that is due by a day belongs to a table that is delivered every month.
        bool_or(due_on is not null) as is_monthly,
    from deliveries
    group by organisation, table_name

),

last_events as (

    select
        organisation,
        table_name,
        max({{ local_date('happened_at') }}) as last_event_on,
    from {{ source('monitor', 'event_log') }}
    group by organisation, table_name

),

-- What is delivered once is as recent as what the chain delivered last. A log tells of the day of
-- its last event, also where its file is named after the day on which that was elsewhere.
final as (

    select
        tables.organisation,
        tables.table_name,
        least(
            case
                when tables.is_monthly then tables.last_used_on
                else greatest(max(tables.last_used_on) over (), last_events.last_event_on)
            end,
            {{ reference_date() }}
        ) as followed_until,
    from tables
    left join last_events
        on
            tables.organisation = last_events.organisation
            and tables.table_name = last_events.table_name
    where tables.last_used_on is not null

)

select * from final
