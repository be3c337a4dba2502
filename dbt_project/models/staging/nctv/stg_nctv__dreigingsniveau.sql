with

source as (

    select * from {{ source('nctv', 'dreigingsniveau') }}

),

renamed as (

    select
        product_nr as record_key,
        zaak_sleutel as case_key,
        product_ontvangen_op as product_received_at,
        vastgesteld_op as threat_level_set_at,
        niveau as threat_level,

    from source

)

select * from renamed
