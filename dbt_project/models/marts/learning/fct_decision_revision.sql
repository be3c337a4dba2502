with

delivered as (

    select * from {{ source('kc', 'aantekening') }}

),

recorded as (

    select * from {{ source('monitor', 'recorded_decision') }}

),

both_sources as (

    select
        record_key,
        revision,
        note_kind,
        handoff_id,
        indicator_id,
        signal_id,
        noted_at as noted_on,
        question,
        note,
        owner,
        due_at as due_on,
        outcome,
        recorded_at,
        'levering' as origin,
    from delivered
    union all by name
    select
        * exclude (noted_at, due_at),
        noted_at as noted_on,
        due_at as due_on,
        'register' as origin,
    from recorded

),

final as (

    select * from both_sources
    -- Exported by the register and delivered back: the same revision, once.
    qualify row_number() over (partition by record_key, revision order by origin desc) = 1

)

select * from final
