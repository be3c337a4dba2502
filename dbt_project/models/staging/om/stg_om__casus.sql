with

source as (

    select * from {{ source('om', 'casus') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        parket,
        fenomeen as phenomenon,
        gemeld_op as om_reported_at,
        besluit_op as chief_prosecutor_decided_at,
        besluit_soort as chief_prosecutor_decision,
        spoed_bekrachtigd_op as emergency_ratified_at,
        noodverzoek_op as emergency_request_made_at,
        lokaal_besluit_op as local_decision_after_rejection_at,
        gezag_aanvaard_op as authority_accepted_at,

    from source

)

select * from renamed
