with

answers as (

    select * from {{ source('kc', 'ervaring') }}

),

final as (

    select
        record_key,
        wave,
        respondent_group,
        organisation,
        question,
        -- 'nvt' is no answer: it counts in no distribution.
        try_cast(answer as integer) as score,
    from answers
    where cast(wave as integer) <= year({{ reference_date() }})

)

select * from final
