with

episodes as (

    select * from {{ ref('fct_phase_out') }}
    where cause <> 'negative'

),

months as (

    select
        min(calendar_date) as month_start,
        max(calendar_date) as month_end,
    from {{ ref('dim_calendar') }}
    where calendar_date <= {{ reference_date() }}
    group by calendar_month

),

final as (

    select
        episodes.case_key,
        episodes.parket,
        episodes.phenomenon,
        episodes.entry_way,
        months.month_start,
        -- The day of the start does not count yet, the day of the exit does.
        least(months.month_end, coalesce(episodes.ended_on, months.month_end))
        - greatest(months.month_start - 1, episodes.started_on) as days_at_risk,
        cast(
            coalesce(
                episodes.cause = 'phase_out'
                and episodes.ended_on between months.month_start and months.month_end,
                false
            ) as integer
        ) as phase_outs,
        -- Decimals add up to the same sum in any order. Of floating-point numbers the last digits
        -- depend on which thread came first, and two builds of the same inputs would differ.
        cast(days_at_risk / 36525.0 as decimal(20, 18)) as hundred_person_years,
    from episodes
    inner join months
        on
            episodes.started_on <= months.month_end
            and coalesce(episodes.ended_on, {{ reference_date() }}) >= months.month_start

)

select * from final
