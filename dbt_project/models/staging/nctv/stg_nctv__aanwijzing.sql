with

source as (

    select * from {{ source('nctv', 'aanwijzing') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        weg_in as entry_way,
        fenomeen as phenomenon,
        aangewezen_op as designated_at,
        gezinsleden as family_members,
        kerngezin_aangewezen_op as family_designated_at,
        uitgestroomd_op as exited_at,
        uitstroom_soort as exit_kind,

    from source

)

select * from renamed
