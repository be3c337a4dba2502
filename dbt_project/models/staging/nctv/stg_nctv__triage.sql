with

source as (

    select * from {{ source('nctv', 'triage') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        ontvangen_op as intake_received_at,
        oordeel_op as judgment_made_at,
        oordeel as judgment,
        redenen_vastgelegd as has_reasons_recorded,
        informatiebasis_vastgelegd as has_information_basis_recorded,
        oordeel_verzonden_op as judgment_form_sent_at,

    from source

)

select * from renamed
