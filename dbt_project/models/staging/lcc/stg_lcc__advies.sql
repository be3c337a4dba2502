with

source as (

    select * from {{ source('lcc', 'advies') }}

),

renamed as (

    select
        besluit_nr as record_key,
        zaak_sleutel as case_key,
        opdracht_ontvangen_op as advice_order_received_at,
        opgeleverd_op as advice_delivered_at,

    from source

)

select * from renamed
