with

source as (

    select * from {{ source('politie', 'basisteam') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        verwijzing_ontvangen_op as referral_received_at,
        terugverwijzing_ontvangen_op as return_referral_received_at,

    from source

)

select * from renamed
