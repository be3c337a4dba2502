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
        coalesce(moment_latest, moment) as happened_at_latest,
        org_group,
        occurrence,

    from source

)

select * from renamed
