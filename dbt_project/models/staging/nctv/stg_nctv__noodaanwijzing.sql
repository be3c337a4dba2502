with

source as (

    select * from {{ source('nctv', 'noodaanwijzing') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        verzocht_op as emergency_requested_at,
        aangewezen_op as emergency_designated_at,

    from source

)

select * from renamed
