with

source as (

    select * from {{ source('monitor', 'event_log') }}

),

renamed as (

    select
        organisation,
        table_name,
        case_key,
        activity,
        milestone,
        moment as happened_at,
        org_group,
        occurrence,

    from source

)

select * from renamed
