with

handoffs as (

    select * from {{ ref('handoffs') }}

),

milestones as (

    select * from {{ ref('milestones') }}

),

roles as (

    {{ milestone_roles(['start', 'stop', 'competing', 'sent', 'received'], ['match_on']) }}

),

carried as (

    select distinct
        roles.handoff_id,
        roles.match_on,
        roles.role,
        milestones.organisation,
        milestones.table_name,
    from milestones
    inner join roles
        on {{ plays_role() }}

),

-- A case of which nobody has said yet that it belongs to the hand-off, is not there at all.
populations as (

    select
        handoffs.handoff_id,
        handoffs.match_on,
        'population' as role,
        homes.organisation,
        homes.table_name,
    from handoffs
    inner join
        (values ('entry_way', 'nctv', 'aanwijzing'), ('route', 'om', 'intake'))
            as homes (dimension, organisation, table_name)
        on handoffs.population_dimension = homes.dimension

),

pauses as (

    select
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
