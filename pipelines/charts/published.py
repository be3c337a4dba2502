"""From published rows to what is drawn of a series: its title, its limits, its norm, its breaks.

Here: pure functions on rows of `signal_point`, `norm` and the long contract, for pages and paper.
Not here: reading the rows, which series is shown, and how it is drawn (`drawing`).
"""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from pipelines.charts.limit_layers import Limits
from pipelines.wording import formats
from pipelines.wording.figures import period_start, valid_on
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, records, text_of

# How many of the newest periods are drawn where nobody asks for more: three years of quarters fit
# on a telephone, and on half a page.
RECENT: Mapping[str, int] = {"quarter": 12, "month": 12, "year": 5, "rolling_12m": 12}
# What a norm is a line for: other measures are no length of time.
_LENGTHS = frozenset({"median", "p90", "rmst"})


def title_of(statistic: str, view: str, grain: str, words: Words, member: str = "") -> str:
    """Name a series: `Mediaan, cohort, per kwartaal`, with its member where it is not the country.

    Args:
        statistic: Its measure.
        view: Its view.
        grain: Length of its periods.
        words: The language.
        member: Name of the member; empty for the country.
    """
    return words.text(
        "series.heading.member" if member else "series.heading",
        member=member,
        measure=words.name("statistic", statistic),
        view=words.text(f"view.{view}"),
        grain=words.text(f"grain.{grain}").lower(),
    )


def limits_by_period(points: pd.DataFrame, words: Words) -> dict[str, Limits]:
    """Return the limits of a series.

    Args:
        points: Its rows of `signal_point`.
        words: The language.
    """
    label = words.text("chart.rebase")
    return {str(point["period"]): _limits(point, label) for point in records(points)}


def norms_by_period(
    norms: pd.DataFrame, handoff_id: str | None, statistic: str, periods: Sequence[str], unit: str
) -> dict[str, float]:
    """Return the norm that was valid at the start of each period, for lead times.

    Args:
        norms: The norm register.
        handoff_id: The hand-off; None for what is none, which has no line.
        statistic: The measure.
        periods: Periods of the series.
        unit: Unit of the series; a norm in one that cannot be converted is no line.
    """
    if handoff_id is None or statistic not in _LENGTHS:
        return {}
    own = records(norms[norms["handoff_id"] == handoff_id])
    found = {period: valid_on(own, period_start(period)) for period in periods}
    return {
        period: float(norm["value"]) * factor
        for period, norm in found.items()
        if norm is not None and (factor := formats.conversion(str(norm["unit"]), unit)) is not None
    }


def words_at_periods(periods: Sequence[str], days: Mapping[date, str]) -> dict[str, str]:
    """Return the word of each day at the first period that begins on it or later."""
    found: dict[str, str] = {}
    for day, word in days.items():
        later = [period for period in periods if period_start(period) >= day]
        if later and later[0] != periods[0]:
            found[later[0]] = word
    return found


def _limits(point: Row, label: str) -> Limits:
    def number(name: str) -> float | None:
        return float(point[name]) if formats.is_number(point[name]) else None

    is_rebase = bool(point["is_rebase"])
    return Limits(
        number("centre"),
        number("lower"),
        number("upper"),
        number("near_lower"),
        number("near_upper"),
        str(point["rule"]),
        text_of(point, "variation"),
        is_rebase,
        label if is_rebase else "",
    )
