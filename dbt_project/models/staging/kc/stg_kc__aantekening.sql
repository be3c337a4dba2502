with

source as (

    select * from {{ source('kc', 'aantekening') }}

),

renamed as (

    select
        aantekening_nr as record_key,
        soort as note_kind,
        koppelvlak as handoff_id,
        indicator as indicator_id,
        datum as noted_at,
        tekst as note,
        eigenaar as owner,
        streefdatum as due_at,
        uitkomst as outcome,

    from source

)

select * from renamed
