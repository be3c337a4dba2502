with

source as (

    select * from {{ source('politie', 'advies') }}

),

renamed as (

    select
        maatregel_nr as record_key,
        zaak_sleutel as case_key,
        opdracht_ontvangen_op as local_advice_order_received_at,
        opgeleverd_op as local_advice_delivered_at,

    from source

)

select * from renamed
