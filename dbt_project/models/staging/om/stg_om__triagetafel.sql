with

source as (

    select * from {{ source('om', 'triagetafel') }}

),

renamed as (

    select
        zaak_sleutel as case_key,
        besproken_op as triage_table_discussed_at,

    from source

)

select * from renamed
