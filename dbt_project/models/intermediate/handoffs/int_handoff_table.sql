with

handoffs as (

    select * from {{ ref('handoffs') }}

),

milestones as (

    select * from {{ ref('milestones') }}

),

roles as (

    select * from {{ ref('int_handoff_role') }}

),

carried as (

    select distinct
        roles.part,
        roles.handoff_id,
        roles.match_on,
        roles.role,
        milestones.organisation,
        milestones.table_name,
    from milestones
    inner join roles
        on {{ plays_role() }}

),

homes as (

    {{ tables_of_dimensions() }}

),

-- A case of which nobody has said yet that it belongs to the hand-off, is not there at all.
populations as (

    select
        parts.part,
        handoffs.handoff_id,
        handoffs.match_on,
        'population' as role,
        homes.organisation,
        homes.table_name,
    from handoffs
    cross join (values ('clock'), ('sides')) as parts (part)
    inner join homes on handoffs.population_dimension = homes.dimension

),

pauses as (

    select
        'pauses' as part,
        handoffs.handoff_id,
        handoffs.match_on,
        'pause' as role,
        homes.organisation,
        'pauze' as table_name,
    from handoffs
    cross join (values ('om'), ('nctv')) as homes (organisation)
    where handoffs.has_net_clock and {{ is_built_in_chain() }}

),

final as (

    select * from carried
    union all by name
    select * from populations
    union all by name
    select * from pauses

)

select * from final
