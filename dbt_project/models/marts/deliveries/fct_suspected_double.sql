with

suspected as (

    select * from {{ source('monitor', 'suspected_double') }}

),

milestones as (

    select * from {{ ref('int_milestone') }}

),

reconciliations as (

    select * from {{ ref('fct_handoff_reconciliation') }}

),

handoffs as (

    select * from {{ ref('dim_handoff') }}

),

-- Hand-offs of a whole case that only one side recorded.
one_sided as (

    select
        reconciliations.handoff_id,
        reconciliations.case_key,
        reconciliations.sent_at,
        reconciliations.received_at,
        handoffs.tolerance_hours,
    from reconciliations
    inner join handoffs on reconciliations.handoff_id = handoffs.handoff_id
    where
        handoffs.match_on = 'case_key'
        and (reconciliations.sent_at is null or reconciliations.received_at is null)

),

persons as (

    select
        case_key,
        min(person_key) as person_key,
    from milestones
    where case_key in (select case_key from one_sided)
    group by case_key

),

one_sided_of_person as (

    select
        one_sided.*,
        persons.person_key,
    from one_sided
    inner join persons on one_sided.case_key = persons.case_key

),

-- Sent under the one and received under the other: one person, one hand-off, within its tolerance.
split_handoffs as (

    select
        least(sent.case_key, received.case_key) as key_a,
        greatest(sent.case_key, received.case_key) as key_b,
        sent.handoff_id,
    from one_sided_of_person as sent
    inner join one_sided_of_person as received
        on
            sent.handoff_id = received.handoff_id
            and sent.person_key = received.person_key
            and sent.case_key <> received.case_key
    where
        {{ local_date('received.received_at') }} >= {{ local_date('sent.sent_at') }}
        and received.received_at <= sent.sent_at + to_hours(cast(sent.tolerance_hours as bigint))

),

by_handoff as (

    select
        'case' as key_kind,
        key_a,
        key_b,
        'handoff' as ground,
        string_agg(distinct handoff_id, '|' order by handoff_id) as place,
        count(distinct handoff_id) as n_shared,
        false as is_merged,
    from split_handoffs
    group by key_a, key_b

),

final as (

    select
        key_kind,
        key_a,
        key_b,
        ground,
        place,
        n_shared,
        is_merged,
    from suspected
    union all
    select * from by_handoff

)

select * from final
