with

milestones as (

    select
        *,
        false as is_set_aside,
    from {{ ref('int_milestone') }}
    union all by name
    select
        *,
        true as is_set_aside,
    from {{ ref('int_set_aside') }}

),

roles as (

    select * from {{ ref('int_handoff_role') }}

),

-- Of its keys a moment keeps those its pair is not known by: texts of 29 characters are what
-- pairing costs most. A record of a case tells who sent it, and nothing of the clock of the case.
final as (

    select
        roles.part,
        roles.handoff_id,
        roles.pairing,
        roles.role,
        case roles.match_on
            when 'case_key' then milestones.case_key
            when 'person_key' then milestones.person_key
            else milestones.record_key
        end as match_key,
        case when roles.match_on <> 'case_key' then milestones.case_key end as case_key,
        case when roles.match_on <> 'person_key' then milestones.person_key end as person_key,
        case
            when
                roles.match_on = 'person_key'
                or (roles.part = 'sides' and roles.match_on = 'case_key')
                then milestones.record_key
        end as record_key,
        milestones.milestone,
        milestones.organisation,
        milestones.moment,
        milestones.moment_latest,
        milestones.local_date,
        milestones.is_set_aside,
    from milestones
    inner join roles
        on {{ plays_role() }}
    where match_key is not null

)

select * from final
