with

at_the_door as (

    select * from {{ source('monitor', 'finding') }}

),

deliveries as (

    select * from {{ source('monitor', 'delivery') }}

),

-- When a rule is judged, in order. What is in a file is judged whenever one comes: one that does
-- not count is judged in part, so that only an accepted one tells that something was mended.
-- Lateness is judged once a month something came, and absence every month.
occasions as (

    select
        organisation,
        table_name,
        'content' as judged_by,
        reference_date,
        version,
        status not in ('refused', 'held', 'damaged') as is_whole,
    from deliveries
    where status <> 'missing'
    group by all

    union all by name

    select
        organisation,
        table_name,
        'arrival' as judged_by,
        reference_date,
        true as is_whole,
    from deliveries
    where status in ('on_time', 'late')
    group by all

    union all by name

    select
        organisation,
        table_name,
        'expected' as judged_by,
        reference_date,
        true as is_whole,
    from deliveries
    where status in ('on_time', 'late', 'missing') and reference_date = last_day(reference_date)
    group by all

),

in_order as (

    select
        *,
        row_number() over (
            partition by organisation, table_name, judged_by
            order by reference_date, version, is_whole
        ) as place,
    from occasions

),

-- The whole judgements around each: from the last one before up to the next one after it.
framed as (

    select
        *,
        max(place) filter (where is_whole) over (
            partition by organisation, table_name, judged_by
            order by place rows between unbounded preceding and 1 preceding
        ) as previous_whole,
        min(place) filter (where is_whole) over following_ones as next_whole,
        min(reference_date) filter (where is_whole) over following_ones as next_whole_on,
    from in_order
    window
        following_ones as (
            partition by organisation, table_name, judged_by
            order by place rows between 1 following and unbounded following
        )

),

placed as (

    select
        at_the_door.* exclude (status),
        framed.judged_by,
        framed.place,
        framed.previous_whole,
        framed.next_whole,
        framed.next_whole_on,
    from at_the_door
    left join framed
        on
            at_the_door.organisation = framed.organisation
            and at_the_door.table_name = framed.table_name
            and at_the_door.reference_date = framed.reference_date
            and framed.judged_by = case at_the_door.rule
                when 'levering_ontbreekt' then 'expected'
                when 'levering_te_laat' then 'arrival'
                else 'content'
            end
            and (
                framed.judged_by <> 'content'
                or at_the_door.version = framed.version
                and (at_the_door.status not in ('refused', 'held', 'damaged')) = framed.is_whole
            )

),

-- Several refused files of one version are one occasion, and may have the same finding.
found as (

    select distinct
        organisation,
        table_name,
        judged_by,
        rule,
        column_name,
        place,
    from placed

),

seen as (

    select
        *,
        lag(place) over same_finding as place_before,
        lead(place) over same_finding as place_after,
    from found
    window
        same_finding as (
            partition by organisation, table_name, judged_by, rule, column_name
            order by place
        )

),

final as (

    select
        placed.* exclude (judged_by, place, previous_whole, next_whole, next_whole_on),
        case
            when placed.is_accepted then 'known'
            when seen.place_before >= coalesce(placed.previous_whole, 0) then 'persisting'
            else 'new'
        end as state,
        placed.next_whole is not null
        and coalesce(seen.place_after > placed.next_whole, true) as is_resolved,
        state = 'new' as is_new,
        state = 'persisting' as is_persisting,
        case when is_resolved then placed.next_whole_on end as resolved_on,
    from placed
    left join seen
        on
            placed.organisation = seen.organisation
            and placed.table_name = seen.table_name
            and placed.judged_by = seen.judged_by
            and placed.rule = seen.rule
            and placed.column_name is not distinct from seen.column_name
            and placed.place = seen.place

)

select * from final
