with

designations as (

    select * from {{ ref('fct_designation') }}

),

months as (

    select
        max(calendar_date) as month_end,
        month(max(calendar_date)) % 3 = 0 as is_quarter_end,
        month(max(calendar_date)) = 12 as is_year_end,
    from {{ ref('dim_calendar') }}
    group by calendar_month
    having month_end <= {{ reference_date() }}

),

final as (

    select
        months.month_end,
        months.is_quarter_end,
        months.is_year_end,
        designations.entry_way,
        designations.phenomenon,
        designations.parket,
        count(distinct designations.person_key) as persons,
        cast(sum(designations.family_members) as bigint) as family_members,
    from designations
    inner join months
        on
            designations.designated_on <= months.month_end
            and (designations.exited_on is null or designations.exited_on > months.month_end)
    group by all

)

select * from final
