with

source as (

    select * from {{ source('om', 'oordeel') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        ontvangen_op as judgment_form_received_at,

    from source

)

select * from renamed
