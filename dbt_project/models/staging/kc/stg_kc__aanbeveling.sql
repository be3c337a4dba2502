with

source as (

    select * from {{ source('kc', 'aanbeveling') }}

),

renamed as (

    select
        aanbeveling_nr as record_key,
        bron as source,
        eigenaar as owner,
        koppelvlak as handoff_id,
        thema as theme,
        status as state,
        status_op as state_at,
        reden as reason,
        streefdatum as due_at,

    from source

)

select * from renamed
