with

source as (

    select * from {{ source('politie', 'inzet') }}

),

renamed as (

    select
        maatregel_nr as record_key,
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        eenheid as unit,
        gestart_op as execution_started_at,
        beeindigd_op as execution_ended_at,

    from source

)

select * from renamed
