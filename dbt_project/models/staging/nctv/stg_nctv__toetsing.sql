with

source as (

    select * from {{ source('nctv', 'toetsing') }}

),

renamed as (

    select
        toetsing_nr as record_key,
        zaak_sleutel as case_key,
        persoon_sleutel as person_key,
        gepland_op as review_planned_at,
        gedaan_op as review_done_at,
        uitkomst as review_outcome,

    from source

)

select * from renamed
