"""From published rows to the series that is drawn: its title, its limits, its norm, its breaks.

Here: pure functions on rows of `signal_point`, `norm` and the long contract, for pages and paper.
Not here: reading the rows, which series is shown, and how it is drawn (`drawing`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from pipelines.as_shown import AS_SHOWN
from pipelines.charts.limit_layers import Limits
from pipelines.charts.mark_layers import Mark
from pipelines.charts.series import Series
from pipelines.periods import first_day
from pipelines.wording import formats
from pipelines.wording.figures import Figure, valid_on
from pipelines.wording.followed import followed_end
from pipelines.wording.language import Words
from pipelines.wording.measures import TIMES
from pipelines.wording.rows import Row, records, text_of
from pipelines.wording.themes import breaks

# How many of the newest periods are drawn where nobody asks for more: three years of quarters fit
# on a telephone, and on half a page.
RECENT: Mapping[str, int] = {
    "quarter": 12, "month": 12, "year": 5, "rolling_12m": 12, AS_SHOWN: 16,
}  # fmt: skip


def series_of(  # noqa: PLR0913 - all that a chart shows beside its figures, by name
    key: str,
    shown: Sequence[Figure],
    told: Mapping[str, Any],
    entry: Row,
    words: Words,
    *,
    norms: Sequence[Row] = (),
    member: str = "",
    limits: Mapping[str, Limits] = MappingProxyType({}),
    verdict: str = "",
    theme: Row | None = None,
    marks: Sequence[Mark] = (),
    is_rounded: bool = False,
) -> Series:
    """Return some figures as a chart shows them, with all that is published around them.

    Args:
        key: As `Series` takes it.
        shown: The figures, in order of period.
        told: Which they are: `statistic`, `view` and `period_grain`.
        entry: The row of the register of their indicator.
        words: The language.
        norms: Those of the hand-off whose lead time they are, by validity date.
        member: Name of the member; empty for the country.
        limits: Limits per period.
        verdict: What they say, in words.
        theme: Row of `theme_series`, where the figures are those of a theme.
        marks: Decisions and notes, by day.
        is_rounded: Whether the lengths were rounded before they were published.
    """
    statistic, unit = str(told["statistic"]), shown[0].unit if shown else ""
    periods = [figure.period for figure in shown]
    return Series(
        key,
        title_of(statistic, str(told["view"]), str(told["period_grain"]), words, member),
        shown,
        norms_by_period(norms, statistic, periods, unit),
        limits,
        verdict,
        words_at_periods(periods, breaks(theme, words) if theme else {}),
        marks,
        followed_end(entry),
        formats.rounding(unit, words) if is_rounded else "",
    )


def clocked_handoff(entry: Row) -> str:
    """Return the hand-off whose lead time an indicator is; an empty text where it is none."""
    return text_of(entry, "handoff_id") if entry.get("kind") == "lead_time" else ""


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
    norms: Sequence[Row], statistic: str, periods: Sequence[str], unit: str
) -> dict[str, float]:
    """Return the norm that was valid at the start of each period, for lead times.

    Args:
        norms: Those of a hand-off, by validity date; what is no lead time of one has none.
        statistic: The measure.
        periods: Periods of the series.
        unit: Unit of the series; a norm in one that cannot be converted is no line.
    """
    if statistic not in TIMES:
        return {}
    found = {period: valid_on(norms, first_day(period)) for period in periods}
    return {
        period: float(norm["value"]) * factor
        for period, norm in found.items()
        if norm is not None and (factor := formats.conversion(str(norm["unit"]), unit)) is not None
    }


def words_at_periods(periods: Sequence[str], days: Mapping[date, str]) -> dict[str, str]:
    """Return the word of each day at the first period that begins on it or later."""
    found: dict[str, str] = {}
    for day, word in days.items():
        later = [period for period in periods if first_day(period) >= day]
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
