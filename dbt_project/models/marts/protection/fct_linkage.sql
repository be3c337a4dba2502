with

-- A case begins in one of three tables; a key found only elsewhere joins nothing.
beginnings as (

    select
        milestone,
        organisation,
    from {{ ref('milestones') }}
    where organisation || '.' || table_name in ('om.casus', 'politie.melding', 'nctv.aanwijzing')

),

milestones as (

    select
        *,
        (milestone, organisation) in (select milestone, organisation from beginnings)
            as is_beginning,
    from {{ ref('int_milestone') }}
    where case_key is not null

),

by_organisation as (

    select
        organisation,
        case_key,
        bool_or(is_beginning) as has_begun,
        min(local_date) filter (where not is_beginning) as first_recorded_on,
    from milestones
    group by organisation, case_key

),

begun as (

    select distinct case_key
    from by_organisation
    where has_begun

),

final as (

    select
        by_organisation.organisation,
        by_organisation.case_key,
        by_organisation.first_recorded_on,
        begun.case_key is not null as is_linked,
    from by_organisation
    left join begun on by_organisation.case_key = begun.case_key
    where by_organisation.first_recorded_on is not null

)

select * from final
