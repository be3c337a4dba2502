with

source as (

    select * from {{ source('om', 'maatregel') }}

),

renamed as (

    select
        maatregel_nr as record_key,
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        categorie as category,
        advies_gevraagd_op as local_advice_ordered_at,
        advies_ontvangen_op as local_advice_received_at,
        besloten_op as local_measure_decided_at,
        gestart_op as local_measure_started_at,
        beeindigd_op as local_measure_ended_at,

    from source

)

select * from renamed
