with

revisions as (

    select * from {{ ref('fct_decision_revision') }}

),

final as (

    select
        *,
        count(*) over revisions_of_one as n_revisions,
        min(recorded_at) over revisions_of_one as first_recorded_at,
        coalesce(note_kind = 'besluit' and outcome = 'open', false) as is_open,
        coalesce(
            note_kind = 'besluit' and outcome = 'open' and due_on < {{ reference_date() }}, false
        ) as is_overdue,
    from revisions
    window revisions_of_one as (partition by record_key)
    qualify revision = max(revision) over revisions_of_one

)

select * from final
