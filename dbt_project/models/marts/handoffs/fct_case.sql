{% if is_built_in_chain() -%}

with

prosecution_cases as (

    select * from {{ source('om', 'casus') }}

),

threat_reports as (

    select * from {{ source('politie', 'melding') }}

),

intake_forms as (

    select * from {{ source('om', 'intake') }}

),

judgments as (

    select
        case_key,
        judgment,
    from {{ source('nctv', 'triage') }}
    where {{ has_happened('judgment_made_at') }}

),

designations as (

    select * from {{ source('nctv', 'aanwijzing') }}
    where designated_at <= {{ reference_date() }}

),

case_keys as (

    select case_key from prosecution_cases
    union
    select case_key from threat_reports
    union
    select case_key from intake_forms
    union
    select case_key from designations

),

final as (

    select
        case_keys.case_key,
        coalesce(
            designations.person_key, prosecution_cases.person_key, threat_reports.person_key
        ) as person_key,
        prosecution_cases.parket,
        threat_reports.police_unit,
        -- The latest judge of the phenomenon goes first.
        coalesce(
            designations.phenomenon, intake_forms.phenomenon, prosecution_cases.phenomenon
        ) as phenomenon,
        intake_forms.route,
        designations.entry_way,
        judgments.judgment,
        designations.designated_at as designated_on,
        case
            when designations.exited_at <= {{ reference_date() }} then designations.exited_at
        end as exited_on,
        case
            when designations.exited_at <= {{ reference_date() }} then designations.exit_kind
        end as exit_kind,
        designations.family_members,
    from case_keys
    left join prosecution_cases on case_keys.case_key = prosecution_cases.case_key
    left join threat_reports on case_keys.case_key = threat_reports.case_key
    left join intake_forms on case_keys.case_key = intake_forms.case_key
    left join judgments on case_keys.case_key = judgments.case_key
    left join designations on case_keys.case_key = designations.case_key

)

{%- else -%}

with

events as (

    select * from {{ source('monitor', 'event_log') }}

),

final as (

    select
        case_key,
        cast(null as varchar) as person_key,
        {{ no_handoff_dimensions('case') }}
        cast(null as varchar) as judgment,
        cast(null as date) as designated_on,
        cast(null as date) as exited_on,
        cast(null as varchar) as exit_kind,
        cast(null as bigint) as family_members,
    from events
    where {{ has_happened('happened_at') }}
    group by case_key

)

{%- endif %}

select * from final
