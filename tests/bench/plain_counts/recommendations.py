"""What is learnt: evaluations and recommendations.

Here: entries of the Kenniscentrum.
Not here: themes one by one and answers of experience, which are no counted entries.
"""

from tests.bench.plain_counts.cells import count_cells, number, share, today
from tests.bench.plain_handoffs import Plain


def count(plain: Plain) -> None:
    """Add the cells of this chapter."""
    _evaluations(plain)
    _recommendations(plain)


def _evaluations(plain: Plain) -> None:
    """An evaluation has a row per coded theme and coder; the first coder counts."""
    count_cells(
        plain,
        f"""
        select min(evaluation_held_at) filter (evaluation_held_at <= {today(plain)}) as held_on,
            count(theme) filter (coder = 'a') > 0 as has_theme
        from raw.kc_evaluatie where evaluation_due_at <= {today(plain)}
        group by record_key
        having count(codebook_version) filter (coder = 'a') > 0
        """,
        "held_on",
        [share("theme_prevalence", "has_theme")],
    )


def _recommendations(plain: Plain) -> None:
    """As the last of their states has it; on one day the states follow their own order."""
    taken_on = "case when recommendation_state not in ('uitgebracht', 'afgewezen') then {} end"
    overdue = f"recommendation_state <> 'geverifieerd' and coalesce(due_on < {today(plain)}, false)"
    split = ("recommendation_source", "organisation")
    count_cells(
        plain,
        f"""
        select min(source) as recommendation_source, min(owner) as organisation,
            max(due_at) as due_on, min(state_at) filter (state = 'uitgebracht') as issued_on,
            last(state order by state_at, case state
                when 'uitgebracht' then 1 when 'in_uitvoering' then 3 when 'gereedgemeld' then 4
                when 'geverifieerd' then 5 else 2 end, state) as recommendation_state
        from raw.kc_aanbeveling where state_at <= {today(plain)}
        group by record_key
        """,
        "issued_on",
        [
            number("recommendations_issued", "true", "recommendation_state", *split),
            share("recommendation_overdue_share", taken_on.format(overdue), *split),
            share(
                "recommendation_unverified_share",
                taken_on.format("recommendation_state = 'gereedgemeld'"),
                *split,
            ),
            share(
                "recommendation_verified_share",
                taken_on.format("recommendation_state = 'geverifieerd'"),
                *split,
            ),
        ],
    )
