with

source as (

    select * from {{ source('lcc', 'maatregel') }}

),

renamed as (

    select
        maatregel_nr as record_key,
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        besluit_nr as decision_key,
        categorie as category,
        uitvoerder as executor,
        besloten_op as measure_ordered_at,
        gestart_op as measure_started_at,
        beeindigd_op as measure_ended_at,
        reden_einde as end_reason,

    from source

)

select * from renamed
