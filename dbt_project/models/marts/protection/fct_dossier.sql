with

versions as (

    select * from {{ source('nctv', 'dossier') }}
    where {{ has_happened('dossier_received_at') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

per_case as (

    select
        case_key,
        min(dossier_received_at) as first_received_at,
        arg_min(is_complete, dossier_version) as is_first_complete,
        count(*) as n_versions,
    from versions
    group by case_key

),

final as (

    select
        per_case.case_key,
        cases.parket,
        cases.phenomenon,
        cases.entry_way,
        {{ local_date('per_case.first_received_at') }} as first_received_on,
        per_case.is_first_complete,
        per_case.n_versions,
    from per_case
    left join cases on per_case.case_key = cases.case_key

)

select * from final
