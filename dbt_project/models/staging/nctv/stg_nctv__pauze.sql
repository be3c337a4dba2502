with

source as (

    select * from {{ source('nctv', 'pauze') }}

),

renamed as (

    select
        pauze_nr as record_key,
        zaak_sleutel as case_key,
        koppelvlak as handoff_id,
        reden as pause_reason,
        begonnen_op as pause_started_at,
        beeindigd_op as pause_ended_at,

    from source

)

select * from renamed
