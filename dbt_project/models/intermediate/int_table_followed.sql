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

-- What is delivered once is as recent as what the chain delivered last.
final as (

    select
        organisation,
        table_name,
        least(
            case when is_monthly then last_used_on else max(last_used_on) over () end,
            {{ reference_date() }}
        ) as followed_until,
    from tables
    where last_used_on is not null

)

select * from final
