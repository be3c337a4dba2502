with

source as (

    select * from {{ source('politie', 'spoedmaatregel') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        gestart_op as emergency_measure_started_at,
        persoonsgericht as is_person_directed,

    from source

)

select * from renamed
