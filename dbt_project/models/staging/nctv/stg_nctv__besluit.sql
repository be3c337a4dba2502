with

source as (

    select * from {{ source('nctv', 'besluit') }}

),

renamed as (

    select
        besluit_nr as record_key,
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        advies_gevraagd_op as advice_ordered_at,
        advies_ontvangen_op as advice_received_at,
        besloten_op as measures_decided_at,
        toetsmoment_vastgelegd as has_review_moment,
        persoonsgericht as is_person_directed,

    from source

)

select * from renamed
