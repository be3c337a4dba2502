with

members as (

    select * from {{ ref('dimension_members') }}

),

-- What was found at which hand-off has hand-offs for members, in the order of the chain.
handoffs as (

    select
        'handoff_id' as dimension,
        handoff_id as member,
        handoff_id || ' ' || label_nl as label_nl,
        handoff_id || ' ' || label_en as label_en,
        row_number() over (order by handoff_id) as sort_order,
    from {{ ref('handoffs') }}

),

final as (

    select * from members
    union all by name
    select * from handoffs

)

select * from final
