-- Names with a colon are those of process mining; tools look for exactly these.
with

milestones as (

    select * from {{ ref('fct_milestone') }}

),

final as (

    select
        coalesce(case_key, person_key, record_key) as "case:concept:name",
        case
            when case_key is not null then 'case'
            when person_key is not null then 'person'
            else 'record'
        end as "case:subject",
        milestone as "concept:name",
        moment as "time:timestamp",
        organisation as "org:group",
        -- A milestone is a moment: it has happened, and did not start before.
        'complete' as "lifecycle:transition",
        moment_latest,
        granularity,
        table_name,
        person_key,
        record_key,
    from milestones

)

select * from final
