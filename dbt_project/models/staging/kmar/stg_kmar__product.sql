with

source as (

    select * from {{ source('kmar', 'product') }}

),

renamed as (

    select
        product_nr as record_key,
        zaak_sleutel as case_key,
        soort as product,
        domein as domain,
        opdrachtgever as principal,
        gevraagd_op as product_ordered_at,
        geleverd_op as product_delivered_at,
        besluit_op as served_decision_at,

    from source

)

select * from renamed
