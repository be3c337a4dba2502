with

source as (

    select * from {{ source('nctv', 'dossier') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        dossier_versie as dossier_version,
        ontvangen_op as dossier_received_at,
        volledig as is_complete,
        volledig_op as dossier_complete_at,

    from source

)

select * from renamed
