with

reviews as (

    select * from {{ source('nctv', 'toetsing') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

known as (

    select
        * exclude (review_done_at, review_outcome),
        case when review_done_at <= {{ reference_date() }} then review_done_at end as done_on,
        case when review_done_at <= {{ reference_date() }} then review_outcome end as outcome,
    from reviews

),

final as (

    select
        known.record_key,
        known.case_key,
        known.person_key,
        cases.entry_way,
        cases.phenomenon,
        cases.parket,
        known.review_planned_at as planned_on,
        known.done_on,
        known.outcome,
        -- Judged once the planned day is over; before that an open review is not late.
        case
            when known.done_on is not null then known.done_on <= known.review_planned_at
            when known.review_planned_at < {{ followed_date(['nctv_toetsing']) }} then false
        end as is_on_time,
        coalesce(
            known.done_on is null
            and known.review_planned_at < {{ followed_date(['nctv_toetsing']) }},
            false
        ) as is_overdue,
    from known
    left join cases on known.case_key = cases.case_key
    where cases.entry_way is distinct from 'limitatieve_lijst_1'

)

select * from final
