"""Periods: months, quarters and years of a day, rolling years, and which of them are split.

Here: numbers and names of periods. Not here: which figures are given for them.
"""

from tests.bench.plain.handoffs import Plain

MONTH = "strftime({day}, '%Y-%m')"
QUARTER = "year({day}) || '-Q' || quarter({day})"
YEAR = "year({day})::varchar"


def period_names(day: str) -> dict[str, str]:
    """Expressions of the period of a day, by grain."""
    return {
        "month": MONTH.format(day=day),
        "quarter": QUARTER.format(day=day),
        "year": YEAR.format(day=day),
        "all": "'all'",
    }


def quarter_number(day: str) -> str:
    """Quarters since the year 0."""
    return f"(year({day}) * 4 + quarter({day}) - 1)"


def quarter_name(number: str) -> str:
    """A quarter by its number, like `2026-Q3`."""
    return f"({number} // 4) || '-Q' || ({number} % 4 + 1)"


def rolling_years(plain: Plain) -> str:
    """A query of the last quarter (`last`) of each rolling year that the chain was there for."""
    first = f"(select {quarter_number('min(start_date)')} + 3 from marts.fct_handoff)"
    return f"select unnest(range({first}, {quarter_number(plain.today)} + 1)) as last"
