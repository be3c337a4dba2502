with

holidays as (

    select distinct holiday_date from {{ ref('calendar') }}

),

days as (

    select
        cast(unnest(generate_series(
            date '{{ var("calendar_start") }}', date '{{ var("calendar_end") }}', interval 1 day
        )) as date) as calendar_date,

),

working_days as (

    select
        days.calendar_date,
        holidays.holiday_date is not null as is_holiday,
        isodow(days.calendar_date) < 6 and holidays.holiday_date is null as is_working_day,
    from days
    left join holidays on days.calendar_date = holidays.holiday_date

),

final as (

    select
        calendar_date,
        is_holiday,
        is_working_day,
        cast(
            count(*) filter (where is_working_day) over (order by calendar_date) as integer
        ) as working_day,
        strftime(calendar_date, '%Y-%m') as calendar_month,
        strftime(calendar_date, '%Y') || '-Q' || quarter(calendar_date) as calendar_quarter,
        strftime(calendar_date, '%Y') as calendar_year,
    from working_days

)

select * from final
