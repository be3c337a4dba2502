with

source as (

    select * from {{ source('lcc', 'weerbaarheid') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        aangeboden_op as resilience_offered_at,
        gehouden_op as resilience_held_at,

    from source

)

select * from renamed
