-- Until when a hand-off is followed: the earliest of the reference date and the last used reference
-- dates of the tables that tell of it. Where several organisations carry one role, a record ends
-- where it began: it waits for the table of its own organisation alone. A case or a person can be
-- taken on by each of them, so it waits for all. A table of which nothing ever came tells of no
-- day: it makes the whole figure unfit, and ends no clock.
with

parts as (

    select * from {{ ref('int_handoff_table') }}

),

tables as (

    select * from {{ ref('int_table_followed') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

suppliers as (

    select distinct
        part,
        handoff_id,
        organisation,
    from parts
    where role not in ('population', 'pause')

),

waited_for as (

    select
        suppliers.part,
        suppliers.handoff_id,
        suppliers.organisation,
        parts.organisation as carrier,
        parts.table_name,
    from suppliers
    inner join parts
        on suppliers.part = parts.part and suppliers.handoff_id = parts.handoff_id
    qualify
        parts.match_on <> 'record_key'
        or parts.organisation = suppliers.organisation
        or not bool_or(parts.organisation = suppliers.organisation) over (
            partition by suppliers.part, suppliers.handoff_id, suppliers.organisation, parts.role
        )

),

together as (

    select
        part,
        handoff_id,
        organisation,
        carrier,
        table_name,
    from waited_for
    union all
    -- The hand-off as a whole is followed as long as the supplier that is followed shortest.
    select
        part,
        handoff_id,
        null as organisation,
        organisation as carrier,
        table_name,
    from parts

),

limits as (

    select
        together.*,
        tables.followed_until,
        min(tables.followed_until) over (
            partition by together.part, together.handoff_id, together.organisation
        ) as earliest,
    from together
    left join tables
        on together.carrier = tables.organisation and together.table_name = tables.table_name

),

dated as (

    select
        part,
        handoff_id,
        organisation,
        coalesce(min(followed_until), {{ reference_date() }}) as followed_until,
        string_agg(
            distinct carrier || '_' || table_name, '|' order by carrier || '_' || table_name
        ) filter (where followed_until = earliest and earliest < {{ reference_date() }})
            as waits_for,
    from limits
    group by part, handoff_id, organisation

),

final as (

    select
        dated.*,
        case
            when dated.waits_for is null then {{ reference_moment() }}
            else {{ local_midnight('dated.followed_until + interval 1 day') }}
        end as followed_at,
        calendar.working_day as followed_working_day,
    from dated
    left join calendar on dated.followed_until = calendar.calendar_date

)

select * from final
