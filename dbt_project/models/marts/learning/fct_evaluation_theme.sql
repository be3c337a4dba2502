with

codings as (

    select * from {{ source('kc', 'evaluatie') }}
    where evaluation_held_at <= {{ reference_date() }} and theme is not null

),

final as (

    select
        record_key,
        theme,
        handoff_id,
        coder,
        min(evaluation_held_at) as held_on,
    from codings
    group by all

)

select * from final
