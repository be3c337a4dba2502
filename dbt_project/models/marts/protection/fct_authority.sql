-- Authority is the chief prosecutor's until the designation and NCTV's from that day on. On the day
-- of a transfer both act, and a measure that ends on that day is no finding.
with

designations as (

    select * from {{ ref('fct_designation') }}

),

local_measures as (

    select * from {{ ref('fct_measure') }}
    where domain = 'lokaal' and started_on is not null

),

first_central_measures as (

    select
        case_key,
        min(started_on) as first_started_on,
    from {{ ref('fct_measure') }}
    where domain = 'stelsel'
    group by case_key

),

returns as (

    select
        case_key,
        authority_returned_at as returned_on,
    from {{ source('nctv', 'terugverwijzing') }}
    where authority_returned_at <= {{ reference_date() }}

),

acceptances as (

    select
        case_key,
        authority_accepted_at as accepted_on,
    from {{ source('om', 'casus') }}
    where authority_accepted_at <= {{ reference_date() }}

),

{% set followed = followed_date(['nctv_aanwijzing', 'om_maatregel']) -%}
-- Days on which a local measure of the person ran while NCTV had authority; measures overlap.
doubled_days as (

    select
        designations.case_key,
        unnest(generate_series(
            greatest(designations.designated_on + 1, local_measures.started_on),
            least(
                coalesce(designations.exited_on, {{ followed }}),
                coalesce(local_measures.ended_on, {{ followed }})
            ),
            interval 1 day
        )) as doubled_on,
    from designations
    inner join local_measures on designations.person_key = local_measures.person_key

),

doubled as (

    select
        case_key,
        count(distinct doubled_on) as n_doubled_days,
    from doubled_days
    group by case_key

),

final as (

    select
        designations.case_key,
        designations.person_key,
        designations.parket,
        designations.phenomenon,
        designations.entry_way,
        designations.designated_on,
        designations.exited_on,
        coalesce(doubled.n_doubled_days, 0) as days_two_authorities,
        first_central_measures.first_started_on as first_central_measure_on,
        greatest(
            coalesce(designations.designated_on - first_central_measures.first_started_on, 0), 0
        ) as days_before_designation,
        returns.returned_on,
        case when returns.returned_on is not null then acceptances.accepted_on end as accepted_on,
        case
            when returns.returned_on is not null
                then greatest(
                    coalesce(acceptances.accepted_on, {{ reference_date() }}) - returns.returned_on,
                    0
                )
        end as days_unaccepted,
        days_two_authorities = 0 and days_before_designation = 0 as is_single_authority,
        not {{ follows_within(
            'acceptances.accepted_on', 'returns.returned_on',
            'acceptance_after_return', ['nctv_terugverwijzing', 'om_casus']
        ) }} as is_unaccepted_after_term,
    from designations
    left join doubled on designations.case_key = doubled.case_key
    left join first_central_measures on designations.case_key = first_central_measures.case_key
    left join returns on designations.case_key = returns.case_key
    left join acceptances on designations.case_key = acceptances.case_key

)

select * from final
