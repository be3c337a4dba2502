with

source as (

    select * from {{ source('nctv', 'escalatie') }}

),

renamed as (

    select
        escalatie_nr as record_key,
        zaak_sleutel as case_key,
        stap as escalation_step,
        opgeworpen_op as escalation_raised_at,
        afgerond_op as escalation_settled_at,
        uitkomst as escalation_outcome,

    from source

)

select * from renamed
