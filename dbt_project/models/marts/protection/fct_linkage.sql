-- A case begins in one of three tables; a key found only elsewhere joins nothing.
with

milestones as (

    select * from {{ ref('fct_milestone') }}
    where case_key is not null

),

begun as (

    select distinct case_key
    from milestones
    where
        (organisation = 'om' and table_name = 'casus')
        or (organisation = 'politie' and table_name = 'melding')
        or (organisation = 'nctv' and table_name = 'aanwijzing')

),

recorded as (

    select
        organisation,
        case_key,
        min(local_date) as first_recorded_on,
    from milestones
    where
        not (
            (organisation = 'om' and table_name = 'casus')
            or (organisation = 'politie' and table_name = 'melding')
            or (organisation = 'nctv' and table_name = 'aanwijzing')
        )
    group by organisation, case_key

),

final as (

    select
        recorded.organisation,
        recorded.case_key,
        recorded.first_recorded_on,
        begun.case_key is not null as is_linked,
    from recorded
    left join begun on recorded.case_key = begun.case_key

)

select * from final
