"""Quarters and rolling years in plain SQL, for every chapter of the peer.

Here: their numbers and names. Not here: which figures are given for them.
"""

from tests.bench.plain_handoffs import Plain


def quarter_number(day: str) -> str:
    """Quarters since the year 0."""
    return f"(year({day}) * 4 + quarter({day}) - 1)"


def quarter_name(number: str) -> str:
    """A quarter by its number, like `2026-Q3`."""
    return f"({number} // 4) || '-Q' || ({number} % 4 + 1)"


def rolling_years(plain: Plain) -> str:
    """A query of the last quarter (`last`) of each rolling year that the chain was there for."""
    first = f"(select {quarter_number('min(start_date)')} + 3 from plain.handoff)"
    after = quarter_number(f"date '{plain.reference_date}'")
    return f"select unnest(range({first}, {after} + 1)) as last"
