-- Rows of each key are aggregated, all hand-offs together, so that the cost grows with the number
-- of moments and not with the number of hand-offs.
with

-- Read again for each way of pairing, not kept: a scan is cheaper than a copy.
moments as not materialized (

    select * from {{ ref('int_handoff_moment') }}
    where not is_set_aside

),

-- An interval is before the start only if all of it is.
moments_after as not materialized (

    select * from moments
    where pairing = 'after'
    window by_key as (partition by part, handoff_id, match_key)
    qualify
        coalesce(
            role = 'start'
            or moment_latest > min(moment) filter (where role = 'start') over by_key
            or moment >= min(moment) filter (where role = 'start') over by_key,
            true
        )

),

{% for pairing, pick, source in [
    ('first', 'min', 'moments'),
    ('after', 'min', 'moments_after'),
    ('record', 'min', 'moments'),
    ('last', 'max', 'moments'),
] -%}
{{ pairing }}_of_key as (

    select
        part,
        handoff_id,
        match_key,
        1 as occurrence_in_key,
        -- Where the two sides know the case under different pseudonyms, the sender's is the one.
        coalesce(
            min(case_key) filter (where role = 'start'), min(case_key) filter (where role = 'stop')
        ) as case_key,
        min(person_key) as person_key,
        min(record_key) as record_key,
        min(organisation) filter (where role = 'start') as start_organisation,
        min(organisation) filter (where role = 'stop') as stop_organisation,
        {% for role in ['start', 'stop', 'competing'] -%}
        {{ pick }}(moment) filter (where role = '{{ role }}') as {{ role }}_at,
        {{ pick }}(moment_latest) filter (where role = '{{ role }}') as {{ role }}_latest_at,
        {{ pick }}(local_date) filter (where role = '{{ role }}') as {{ role }}_date,
        {% endfor %}
    from {{ source }}
    where pairing = '{{ pairing }}'
    group by part, handoff_id, match_key

),

{% endfor -%}

-- Records of a case in the order in which they start.
numbered_record_of_key as (

    select
        * exclude (occurrence_in_key),
        row_number() over (
            partition by part, handoff_id, coalesce(case_key, match_key)
            order by coalesce(start_at, stop_at), match_key
        ) as occurrence_in_key,
    from record_of_key

),

final as (

    select * from first_of_key
    union all by name
    select * from after_of_key
    union all by name
    select * from numbered_record_of_key
    union all by name
    select * from last_of_key

)

select * from final
