with

source as (

    select * from {{ source('nctv', 'risicomoment') }}

),

renamed as (

    select
        moment_nr as record_key,
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        gemeld_op as risk_moment_reported_at,
        advies_op as risk_moment_advised_at,
        moment_op as risk_moment_planned_at,

    from source

)

select * from renamed
