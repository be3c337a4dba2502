-- Milestones that are not one delivered column of every row, but follow from several.
-- What happened after the reference date must not take part, so each source is cut off first:
-- a measure that ends tomorrow has not ended.
with

threat_reports as (

    select * from {{ source('politie', 'melding') }}

),

judgments as (

    select * from {{ source('nctv', 'triage') }}

),

reviews as (

    select * from {{ source('nctv', 'toetsing') }}

),

designations as (

    select * from {{ source('nctv', 'aanwijzing') }}

),

dossiers as (

    select * from {{ source('om', 'dossier') }}

),

evaluations as (

    select distinct
        record_key,
        case_key,
        evaluation_due_at,
        evaluation_held_at,
    from {{ source('kc', 'evaluatie') }}

),

{% for organisation in ['om', 'nctv'] -%}
{{ organisation }}_informed as (

    select * from {{ source(organisation, 'informeren') }}

),

{% endfor -%}

recommendations as (

    select * from {{ source('kc', 'aanbeveling') }}

),

measures as (

    select
        case_key,
        person_key,
        end_reason,
        measure_started_at,
        case when measure_ended_at <= {{ reference_date() }} then measure_ended_at end as ended_on,
    from {{ source('lcc', 'maatregel') }}
    -- A measure that ended did run, also where its start was never delivered.
    where
        {{ has_happened('measure_started_at') }}
        or (measure_started_at is null and {{ has_happened('measure_ended_at') }})

),

measures_per_case as (

    select
        case_key,
        min(person_key) as person_key,
        min(measure_started_at) as first_started_at,
        min(ended_on) filter (where end_reason = 'afbouw') as first_phased_out_on,
        max(ended_on) as last_ended_on,
        count(*) filter (where ended_on is null) as n_running,
        count(*) filter (
            where ended_on is not null and end_reason in ('overlijden', 'intrekking', 'overdracht')
        ) as n_ended_by_exit,
    from measures
    group by case_key

),

moments as (

    select
        case weighing_outcome
            when 'ernstig' then 'weighing_serious'
            else 'weighing_not_serious'
        end as milestone,
        'politie' as organisation,
        'melding' as table_name,
        case_key,
        person_key,
        cast(null as varchar) as record_key,
        weighing_done_at as moment,
    from threat_reports
    where weighing_outcome in ('ernstig', 'niet_ernstig')

    {% for organisation in ['om', 'nctv'] -%}
    union all

    -- Most times a person is informed no decision is behind it.
    select
        'person_informed_on_decision', '{{ organisation }}', 'informeren',
        case_key, person_key, record_key, person_informed_at,
    from {{ organisation }}_informed
    where inform_decision_at is not null
    {% endfor -%}

    union all

    select
        'judgment_not_admitted', 'nctv', 'triage', case_key, null, null, judgment_made_at,
    from judgments
    where judgment = 'niet_opgenomen'

    union all

    select
        'dossier_sent_complete', 'om', 'dossier', case_key, null, null, dossier_sent_at,
    from dossiers
    where is_complete_by_own_check

    union all

    select
        'first_measure_started', 'lcc', 'maatregel', case_key, person_key, null, first_started_at,
    from measures_per_case

),

days as (

    select
        'phase_out_decided' as milestone,
        'nctv' as organisation,
        'toetsing' as table_name,
        case_key,
        person_key,
        record_key,
        review_done_at as local_date,
    from reviews
    where review_outcome = 'afbouw'

    union all

    -- Measures replaced along the way ('wijziging') are no start of a phase-out.
    select
        'first_measure_ended', 'lcc', 'maatregel', case_key, person_key, null, first_phased_out_on,
    from measures_per_case

    union all

    select
        'last_measure_ended', 'lcc', 'maatregel', case_key, person_key, null, last_ended_on,
    from measures_per_case
    where n_running = 0 and n_ended_by_exit = 0 and first_phased_out_on is not null

    union all

    select
        'person_designated_with_family', 'nctv', 'aanwijzing',
        case_key, person_key, null, designated_at,
    from designations
    where family_members > 0

    union all

    select
        'case_phased_out', 'nctv', 'aanwijzing', case_key, person_key, null, exited_at,
    from designations
    where exit_kind = 'afbouw'

    union all

    select
        'case_exited_otherwise', 'nctv', 'aanwijzing', case_key, person_key, null, exited_at,
    from designations
    where exit_kind <> 'afbouw'

    union all

    -- An evaluation has a row per coded theme and coder; it was held once.
    select
        'evaluation_due', 'kc', 'evaluatie', case_key, null, record_key, evaluation_due_at,
    from evaluations

    union all

    select
        'evaluation_held', 'kc', 'evaluatie', case_key, null, record_key, evaluation_held_at,
    from evaluations

    union all

    select
        'recommendation_issued', 'kc', 'aanbeveling', null, null, record_key, state_at,
    from recommendations
    where state = 'uitgebracht'

    union all

    select
        'recommendation_verified', 'kc', 'aanbeveling', null, null, record_key, state_at,
    from recommendations
    where state = 'geverifieerd'

),

final as (

    select
        *,
        {{ local_date('moment') }} as local_date,
    from moments
    where moment is not null

    union all

    select
        * exclude (local_date),
        {{ local_midnight('local_date') }} as moment,
        local_date,
    from days
    where local_date is not null

)

select * from final
