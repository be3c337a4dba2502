with

source as (

    select * from {{ source('om', 'dossier') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        dossier_versie as dossier_version,
        verzonden_op as dossier_sent_at,
        volledig_eigen_toets as is_complete_by_own_check,

    from source

)

select * from renamed
