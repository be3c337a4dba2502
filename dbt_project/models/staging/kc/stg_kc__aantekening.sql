with

source as (

    select * from {{ source('kc', 'aantekening') }}

),

renamed as (

    select
        aantekening_nr as record_key,
        herziening as revision,
        soort as note_kind,
        koppelvlak as handoff_id,
        indicator as indicator_id,
        signaal as signal_id,
        datum as noted_at,
        vraag as question,
        tekst as note,
        eigenaar as owner,
        streefdatum as due_at,
        uitkomst as outcome,
        vastgelegd_op as recorded_at,

    from source

)

select * from renamed
