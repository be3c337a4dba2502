with

-- Materialized: what pairing holds in memory, the texts of every key among it, is let go of before
-- the joins begin; streamed into them it does not fit from some five million pairs on.
pairs as materialized (

    select * from {{ ref('int_handoff_pair') }}

),

handoffs as (

    select
        *,
        string_split(population_members, '|') as population_list,
    from {{ ref('dim_handoff') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

records as (

    select * from {{ ref('int_record') }}

),

-- The key a pair is known by is not kept beside it (int_handoff_moment).
keyed as (

    select
        pairs.* exclude (case_key, person_key, record_key),
        {% for key in ['case_key', 'person_key', 'record_key'] -%}
        case
            when handoffs.match_on = '{{ key }}' then pairs.match_key
            else pairs.{{ key }}
        end as {{ key }},
        {% endfor -%}
        handoffs.subject as subject_type,
        handoffs.clock_side,
        handoffs.unit,
        handoffs.early_stop,
        handoffs.has_net_clock,
        handoffs.tolerance_hours,
        handoffs.population_dimension,
        handoffs.population_list,
    from pairs
    inner join handoffs on pairs.handoff_id = handoffs.handoff_id

),

described as (

    select
        keyed.* exclude (person_key),
        coalesce(keyed.person_key, cases.person_key) as person_key,
        {{ handoff_dimensions('case', 'cases') }}
        {{ handoff_dimensions('record', 'records') }}
        {{ population_member(
            'keyed.population_dimension',
            {'case': 'cases', 'record': 'records', 'pair': 'keyed'},
        ) }} as population_member,
    from keyed
    left join cases on keyed.case_key = cases.case_key
    left join records on keyed.record_key = records.record_key

),

-- Outside the population the hand-off does not apply. What one side recorded, and a stop without a
-- start, often lacks the very row that would tell the population; as a finding it stays.
final as (

    select * exclude (population_dimension, population_list, population_member)
    from described
    where
        population_dimension is null
        or list_contains(population_list, population_member)
        or (population_member is null and (part = 'sides' or start_at is null))

)

select * from final
