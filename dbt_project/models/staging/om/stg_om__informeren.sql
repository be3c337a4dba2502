with

source as (

    select * from {{ source('om', 'informeren') }}

),

renamed as (

    select
        informatie_nr as record_key,
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        besluit_op as inform_decision_at,
        geinformeerd_op as person_informed_at,
        interval_dagen as agreed_interval_days,

    from source

)

select * from renamed
