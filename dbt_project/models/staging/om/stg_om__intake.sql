with

source as (

    select * from {{ source('om', 'intake') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        opdracht_op as intake_ordered_at,
        opgesteld_ontvangen_op as intake_drawn_up_received_at,
        ondertekend_op as intake_signed_at,
        verzonden_op as intake_sent_at,
        route,
        fenomeen as phenomenon,
        criterium as serious_threat_criterion,

    from source

)

select * from renamed
