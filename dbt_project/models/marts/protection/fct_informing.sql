-- Persons in the protection system only: in the local domain nothing ends the agreed interval.
with

informed as (

    select
        *,
        {{ local_date('person_informed_at') }} as informed_on,
    from {{ source('nctv', 'informeren') }}
    where {{ has_happened('person_informed_at') }}

),

designations as (

    select * from {{ ref('fct_designation') }}

),

in_order as (

    select
        *,
        lead(informed_on) over (
            partition by person_key order by person_informed_at, record_key
        ) as next_informed_on,
        informed_on + cast(agreed_interval_days as integer) as due_on,
    from informed

),

final as (

    select
        in_order.record_key,
        in_order.case_key,
        in_order.person_key,
        designations.parket,
        designations.phenomenon,
        designations.entry_way,
        in_order.informed_on,
        in_order.agreed_interval_days,
        in_order.due_on,
        in_order.next_informed_on,
        -- Judged once its last day is over, as at every norm; who left the system before that need
        -- not be informed.
        case
            when
                in_order.due_on >= {{ followed_date(['nctv_informeren', 'nctv_aanwijzing']) }}
                then null
            when in_order.next_informed_on <= in_order.due_on then true
            when designations.exited_on <= in_order.due_on then null
            when in_order.due_on is not null then false
        end as is_next_in_time,
    from in_order
    left join designations on in_order.case_key = designations.case_key

)

select * from final
