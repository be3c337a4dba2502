with

source as (

    select * from {{ source('nctv', 'burgemeester') }}

),

renamed as (

    select
        melding_nr as record_key,
        zaak_sleutel as case_key,
        scenario,
        gekend_op as mayor_fact_known_at,
        geinformeerd_op as mayor_informed_at,
        moment_op as planned_moment_at,

    from source

)

select * from renamed
