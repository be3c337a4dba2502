with

source as (

    select * from {{ source('nctv', 'terugverwijzing') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        verwezen_op as referral_sent_at,
        gezag_teruggegeven_op as authority_returned_at,

    from source

)

select * from renamed
