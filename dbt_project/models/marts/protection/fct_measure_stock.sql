with

measures as (

    select * from {{ ref('fct_measure') }}
    where started_on is not null

),

overdue_reviews as (

    select * from {{ ref('fct_review') }}

),

months as (

    {{ month_ends() }}

),

-- Cases that have a planned review behind them which had not been done by the end of the month.
cases_past_review as (

    select distinct
        months.month_end,
        overdue_reviews.case_key,
    from overdue_reviews
    inner join months
        on
            overdue_reviews.planned_on < months.month_end
            and coalesce(overdue_reviews.done_on > months.month_end, true)

),

running as (

    select
        months.*,
        measures.*,
    from measures
    inner join months
        on
            measures.started_on <= months.month_end
            and coalesce(measures.ended_on > months.month_end, true)

),

final as (

    select
        running.month_end,
        running.is_quarter_end,
        running.is_year_end,
        running.domain,
        running.category,
        running.executor,
        running.entry_way,
        running.phenomenon,
        running.parket,
        running.domain = 'stelsel' as is_in_system,
        count(*) as measures_running,
        count(*) filter (
            where running.domain = 'stelsel' and cases_past_review.case_key is not null
        ) as measures_past_review,
    from running
    left join cases_past_review
        on
            running.month_end = cases_past_review.month_end
            and running.case_key = cases_past_review.case_key
    group by all

)

select * from final
