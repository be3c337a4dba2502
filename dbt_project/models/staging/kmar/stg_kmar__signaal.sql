with

source as (

    select * from {{ source('kmar', 'signaal') }}

),

renamed as (

    select
        signaal_nr as record_key,
        zaak_sleutel as case_key,
        gekend_op as signal_known_at,
        doorgegeven_op as signal_passed_at,
        ontvangen_gezag_op as signal_received_at,

    from source

)

select * from renamed
