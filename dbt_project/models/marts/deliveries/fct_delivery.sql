with

deliveries as (

    select * from {{ source('monitor', 'delivery') }}

),

final as (

    select
        *,
        -- A redelivery, or a file that does not count beside one that does, is no second expected
        -- delivery.
        row_number() over (
            partition by organisation, table_name, reference_date
            order by status in ('refused', 'held', 'damaged'), version, sha256
        ) = 1 as is_judged,
        {{ local_date('received_at') }} as received_on,
        status in ('on_time', 'late') as is_received,
        status = 'on_time' as is_on_time,
        case when status in ('on_time', 'late') then rows end as rows_accepted,
        case when status in ('on_time', 'late') then rows + rows_quarantined end as rows_delivered,
    from deliveries

)

select * from final
