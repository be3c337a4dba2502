with

source as (

    select * from {{ source('politie', 'melding') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        eenheid as police_unit,
        ontvangen_op as report_received_at,
        bekend_rccb_op as report_known_rccb_at,
        gewogen_op as weighing_done_at,
        weging as weighing_outcome,
        gemeld_om_op as weighing_reported_om_at,

    from source

)

select * from renamed
