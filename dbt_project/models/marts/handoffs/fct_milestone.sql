with

moments as (

    select * from {{ ref('int_milestone') }}

),

milestones as (

    select * from {{ ref('milestones') }}

),

final as (

    select
        moments.milestone,
        moments.organisation,
        milestones.table_name,
        moments.case_key,
        moments.person_key,
        moments.record_key,
        moments.moment,
        moments.moment_latest,
        milestones.granularity,
        moments.local_date,
    from moments
    inner join milestones
        on
            moments.milestone = milestones.milestone
            and moments.organisation = milestones.organisation

)

select * from final
