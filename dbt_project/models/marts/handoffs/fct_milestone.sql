with

milestones as (

    select * from {{ ref('milestones') }}

),

moments as (

    select * from {{ ref('int_milestone_recorded') }}
    {% if is_built_in_chain() -%}
    union all
    select
        milestone,
        organisation,
        table_name,
        case_key,
        person_key,
        record_key,
        moment,
        local_date,
    from {{ ref('int_milestone_derived') }}
    {%- endif %}

),

final as (

    select
        moments.milestone,
        moments.organisation,
        moments.table_name,
        moments.case_key,
        moments.person_key,
        moments.record_key,
        moments.moment,
        -- What lies beyond the reference date is not known, so no interval reaches past it.
        case
            when milestones.granularity = 'timestamp' then moments.moment
            else least(
                {{ reference_moment() }},
                case milestones.granularity
                    when 'day' then {{ local_midnight('moments.local_date + interval 1 day') }}
                    when 'week' then {{ local_midnight('moments.local_date + interval 7 day') }}
                    when 'month' then {{ local_midnight('moments.local_date + interval 1 month') }}
                end
            )
        end as moment_latest,
        milestones.granularity,
        moments.local_date,
    from moments
    inner join milestones
        on
            moments.milestone = milestones.milestone
            and moments.organisation = milestones.organisation
    where {{ has_happened('moments.moment') }}

)

select * from final
