with

moments as (

    select * from {{ ref('int_handoff_moment') }}
    where pairing in ('rank', 'next') and not is_set_aside

),

numbered as (

    select * from {{ ref('int_handoff_moment_numbered') }}

),

rank_of_key as (

    select
        part,
        handoff_id,
        match_key,
        occurrence_in_key,
        min(case_key) as case_key,
        min(person_key) as person_key,
        min(record_key) as record_key,
        min(organisation) filter (where role = 'start') as start_organisation,
        min(organisation) filter (where role = 'stop') as stop_organisation,
        {% for role in ['start', 'stop'] -%}
        min(moment) filter (where role = '{{ role }}') as {{ role }}_at,
        min(moment_latest) filter (where role = '{{ role }}') as {{ role }}_latest_at,
        min(local_date) filter (where role = '{{ role }}') as {{ role }}_date,
        {% endfor %}
    from numbered
    group by part, handoff_id, match_key, occurrence_in_key

),

next_of_key as (

    select
        part,
        handoff_id,
        match_key,
        row_number() over by_time as occurrence_in_key,
        case_key,
        person_key,
        record_key,
        organisation as start_organisation,
        cast(null as varchar) as stop_organisation,
        moment as start_at,
        moment_latest as start_latest_at,
        local_date as start_date,
        lead(moment) over by_time as stop_at,
        lead(moment_latest) over by_time as stop_latest_at,
        lead(local_date) over by_time as stop_date,
    from moments
    where pairing = 'next' and role = 'start'
    window by_time as (
        partition by part, handoff_id, match_key order by moment, moment_latest, record_key
    )

),

repeated as (

    select * from rank_of_key
    union all by name
    select * from next_of_key

),

exits as (

    select
        part,
        handoff_id,
        match_key,
        moment as competing_at,
        moment_latest as competing_latest_at,
        local_date as competing_date,
    from moments
    where role = 'competing'

),

-- Somebody who comes back has several exits; only the first one after the start competes.
final as (

    select
        repeated.*,
        exits.competing_at,
        exits.competing_latest_at,
        exits.competing_date,
    from repeated
    asof left join exits
        on
            repeated.part = exits.part
            and repeated.handoff_id = exits.handoff_id
            and repeated.match_key = exits.match_key
            and repeated.start_at <= exits.competing_latest_at

)

select * from final
