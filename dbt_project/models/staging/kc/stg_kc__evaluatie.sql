with

source as (

    select * from {{ source('kc', 'evaluatie') }}

),

renamed as (

    select
        evaluatie_nr as record_key,
        zaak_sleutel as case_key,
        organisatie as organisation,
        aanleiding as occasion,
        aanleiding_op as evaluation_due_at,
        gehouden_op as evaluation_held_at,
        ernst as severity,
        koppelvlak as handoff_id,
        thema as theme,
        codeboekversie as codebook_version,
        codeur as coder,

    from source

)

select * from renamed
