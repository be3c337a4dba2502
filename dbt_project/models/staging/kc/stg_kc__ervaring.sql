with

source as (

    select * from {{ source('kc', 'ervaring') }}

),

renamed as (

    select
        antwoord_nr as record_key,
        ronde as wave,
        groep as respondent_group,
        organisatie as organisation,
        vraag as question,
        antwoord as answer,

    from source

)

select * from renamed
