"""The cells of the long table: which periods and dimensions a figure is given for.

Here: the grains, and the SQL that groups rows of `fct_handoff` into cohorts.
Not here: the estimates of a cohort (`lead_times`).
"""

from dataclasses import dataclass

NATIONAL = "national"
# Months are short: nationally only. A dimension is crossed with quarters and years, never deeper.
GRAINS = ("month", "quarter", "year", "all")
GRAINS_OF_DIMENSIONS = ("quarter", "year")

KEYS = ("handoff_id", "period_grain", "period", "dimension", "member")


@dataclass(frozen=True)
class Cut:
    """One way of cutting rows into cells."""

    grain: str
    dimension: str

    def period_sql(self, side: str) -> str:
        """Expression for the period of a row; `side` is start or stop."""
        return "'all'" if self.grain == "all" else f"{side}_{self.grain}"

    @property
    def member_sql(self) -> str:
        """Expression for the member of a row."""
        return f"'{NATIONAL}'" if self.dimension == NATIONAL else self.dimension


def cuts(dimensions: list[str]) -> list[Cut]:
    """All cuts over the given dimensions, the national ones first."""
    return [Cut(grain, NATIONAL) for grain in GRAINS] + [
        Cut(grain, dimension) for dimension in dimensions for grain in GRAINS_OF_DIMENSIONS
    ]


def cohort_sql(cut: Cut, side: str, statuses: tuple[str, ...], length: str = "duration") -> str:
    """Rows of one cut, counted per distinct duration.

    Counting first keeps the estimators' input small: durations in days repeat a lot.

    Args:
        cut: The cut.
        side: `start` for cohorts by clock start, `stop` for what was completed in a period.
        statuses: Statuses of `fct_handoff` that take part.
        length: `duration`, or `norm_duration` for the length in the unit of the norm. Rows without
            a norm stay in: they show that a cell has no one norm.

    Returns:
        A query with the cell's keys, duration, status, norm and number of cases.
    """
    wanted = ", ".join(f"'{status}'" for status in statuses)
    return f"""
        select
            fct_handoff.handoff_id, '{cut.grain}' as period_grain,
            {cut.period_sql(side)} as period, '{cut.dimension}' as dimension,
            cast({cut.member_sql} as varchar) as member,
            {length} as duration, status, norm_value, count(*) as n_cases
        from marts.fct_handoff
        inner join allowed_dimension
            on fct_handoff.handoff_id = allowed_dimension.handoff_id
            and allowed_dimension.dimension = '{cut.dimension}'
        where
            status in ({wanted}) and duration is not null and {cut.period_sql(side)} is not null
            and {cut.member_sql} is not null
        group by all
    """
