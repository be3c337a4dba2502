with

source as (

    select * from {{ source('politie', 'intake') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        opdracht_ontvangen_op as intake_order_received_at,
        opgesteld_op as intake_drawn_up_at,
        verzonden_om_op as intake_drawn_up_sent_at,

    from source

)

select * from renamed
