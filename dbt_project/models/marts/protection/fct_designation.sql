with

designations as (

    select * from {{ source('nctv', 'aanwijzing') }}
    where designated_at <= {{ reference_date() }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

dossiers as (

    select
        case_key,
        min(dossier_complete_at) as first_complete_at,
    from {{ source('nctv', 'dossier') }}
    where {{ has_happened('dossier_complete_at') }}
    group by case_key

),

returned_to_police as (

    select
        case_key,
        min(return_referral_received_at) as confirmed_on,
    from {{ source('politie', 'basisteam') }}
    where return_referral_received_at <= {{ reference_date() }}
    group by case_key

),

evaluations as (

    select
        case_key,
        min(evaluation_held_at) as evaluated_on,
    from {{ source('kc', 'evaluatie') }}
    where occasion = 'afsluiting' and evaluation_held_at <= {{ reference_date() }}
    group by case_key

),

described as (

    select
        designations.case_key,
        designations.person_key,
        cases.parket,
        cases.phenomenon,
        cases.route,
        designations.entry_way,
        designations.designated_at as designated_on,
        cases.exited_on,
        cases.exit_kind,
        designations.family_members,
        case
            when designations.family_designated_at <= {{ reference_date() }}
                then designations.family_designated_at
        end as family_designated_on,
        {{ local_date('dossiers.first_complete_at') }} as dossier_complete_on,
        returned_to_police.confirmed_on as referral_confirmed_on,
        evaluations.evaluated_on,
    from designations
    left join cases on designations.case_key = cases.case_key
    left join dossiers on designations.case_key = dossiers.case_key
    left join returned_to_police on designations.case_key = returned_to_police.case_key
    left join evaluations on designations.case_key = evaluations.case_key

),

-- Somebody comes back when the same person is designated again after the exit.
returns as (

    select
        earlier.case_key,
        min(later.designated_on) as returned_on,
    from described as earlier
    inner join described as later
        on
            earlier.person_key = later.person_key
            and earlier.case_key <> later.case_key
            and earlier.exited_on <= later.designated_on
    group by earlier.case_key

),

final as (

    select
        described.*,
        true as is_designation,
        described.exited_on is not null as is_exit,
        described.entry_way = 'buiten_triage' as is_emergency,
        described.entry_way in ('triage', 'buiten_triage') as is_put_forward,
        case
            when described.entry_way = 'buiten_triage'
                then {{ follows_within(
                    'described.dossier_complete_on', 'described.designated_on',
                    'dossier_after_emergency', ['nctv_aanwijzing', 'nctv_dossier']
                ) }}
        end as is_emergency_with_dossier_in_term,
        case
            when
                described.exit_kind = 'afbouw'
                and described.entry_way in ('triage', 'buiten_triage', 'transitie')
                then {{ follows_within(
                    'described.referral_confirmed_on', 'described.exited_on',
                    'referral_after_phase_out', ['nctv_aanwijzing', 'politie_basisteam']
                ) }}
        end as is_referral_confirmed_in_term,
        {{ follows_within(
            'described.evaluated_on', 'described.exited_on',
            'evaluation_after_exit', ['nctv_aanwijzing', 'kc_evaluatie']
        ) }} as is_evaluated_in_term,
        case
            when described.family_members > 0
                then coalesce(described.family_designated_on = described.designated_on, false)
        end as is_family_same_day,
        returns.returned_on,
        {{ follows_within(
            'returns.returned_on', 'described.exited_on',
            're_entry_after_exit', ['nctv_aanwijzing']
        ) }} as is_re_entered_in_term,
    from described
    left join returns on described.case_key = returns.case_key

)

select * from final
