with

codings as (

    select * from {{ source('kc', 'evaluatie') }}
    where evaluation_due_at <= {{ reference_date() }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

per_evaluation as (

    select
        record_key,
        min(case_key) as case_key,
        min(organisation) as organisation,
        min(occasion) as occasion,
        min(evaluation_due_at) as due_on,
        min(evaluation_held_at) filter (
            where evaluation_held_at <= {{ reference_date() }}
        ) as held_on,
        max(severity) as severity,
        -- A coder who found no theme coded all the same: the version says so.
        count(distinct coder) filter (where codebook_version is not null) as n_coders,
        max(codebook_version) filter (where coder = 'a') as codebook_version,
        max(codebook_version) filter (where coder = 'b') as second_codebook_version,
        count(distinct theme) filter (where coder = 'a') as n_themes,
    from codings
    group by record_key

),

final as (

    select
        per_evaluation.*,
        cases.parket,
        cases.phenomenon,
        cases.entry_way,
        per_evaluation.held_on is not null as is_held,
        per_evaluation.held_on is not null
        and per_evaluation.codebook_version is not null as is_coded,
        per_evaluation.n_themes > 0 as has_theme,
    from per_evaluation
    left join cases on per_evaluation.case_key = cases.case_key

)

select * from final
