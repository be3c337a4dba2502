with

source as (

    select * from {{ source('monitor', 'set_aside') }}

),

milestones as (

    select * from {{ ref('milestones') }}

),

final as (

    select
        coalesce(source.milestone, milestones.milestone) as milestone,
        source.organisation,
        source.case_key,
        source.person_key,
        source.record_key,
    from source
    left join milestones
        on
            source.organisation = milestones.organisation
            and source.table_name = milestones.table_name
            and source.column_name = milestones.column_name
            and not milestones.is_derived
    where coalesce(source.milestone, milestones.milestone) is not null

)

select * from final
