"""What a series of published figures says: the latest, what it is called, and whether it moved.

Here: pure functions on rows of the long contract.
Not here: reading them, or how they look (`dashboard`). Nothing is estimated here:
values, intervals and statuses are taken as published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.as_shown import AS_SHOWN, of_length
from pipelines.dimensions import NATIONAL
from pipelines.periods import grain_of, periods_between, year_earlier
from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, day_of, records

OK = "ok"
# A period between two others for which the publication holds no row at all.
NO_ROW = "no_row"
# Their status has a symbol of its own; the others are written in words.
_SYMBOLS = frozenset({"not_delivered", "withheld", "impossible"})
# What may be shown per status. A quantile that was not reached still has a lower end.
_PROVISIONAL = ("provisional_lower", "provisional_upper")
_SHOWN = {OK: ("value", "lower", "upper", *_PROVISIONAL), "not_reached": ("lower",)}
# Whatever the unit of their indicator's clock, these are shares of cases.
_PROBABILITIES = ("cumulative_incidence", "share")
DURATIONS = frozenset(
    {"hours", "calendar_days", "working_days", "days", "weeks", "minutes", "seconds"}
)


@dataclass(frozen=True)
class Figure:
    """One published figure.

    Attributes:
        period: Its period, such as `2026-Q3`.
        status: `ok`, or why there is no value.
        unit: Unit of the value.
        value: The value; None unless `ok`.
        lower: Lower end of the 95% interval, None when absent or not reached.
        upper: Upper end, likewise.
        numerator: Cases in the numerator, where there are any.
        denominator: Cases it rests on, where published.
        n_at_risk: Cases still at risk, where published.
        provisional_lower: Lower end of what it may still become; None where it no longer changes.
        provisional_upper: Upper end, likewise.
    """

    period: str
    status: str
    unit: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n_at_risk: float | None = None
    provisional_lower: float | None = None
    provisional_upper: float | None = None

    @property
    def can_change(self) -> bool:
        """Whether later deliveries are expected to change it."""
        return self.provisional_lower is not None and self.provisional_upper is not None

    @property
    def has_interval(self) -> bool:
        """Whether at least one end of the interval is known."""
        return self.lower is not None or self.upper is not None


@dataclass(frozen=True)
class Movement:
    """The latest figure against the same period a year earlier.

    Attributes:
        kind: `lower`, `higher`, `same` (intervals overlap), `no_interval` or `unknown`.
        is_favourable: True or False where the indicator has a direction and it moved.
        earlier: The figure it was compared with, if any.
    """

    kind: str
    is_favourable: bool | None = None
    earlier: Figure | None = None


def figure_of(row: Mapping[str, Any]) -> Figure:
    """Return the figure of a row of the long contract; what its status hides is left out."""
    status, unit = str(row["status"]), str(row["unit"])
    # A value beside another status than "ok" is not one to show: it is still growing, say.
    shown = _SHOWN.get(status, ())
    cells = {
        name: float(row[name]) if formats.is_number(row.get(name)) else None
        for name in (*shown, "numerator", "denominator", "n_at_risk")
    }
    if str(row["statistic"]).startswith(_PROBABILITIES):
        unit = "share"
    # A row that claims a value without having one is shown as what it is.
    if status == OK and cells["value"] is None:
        status = "not_reached" if unit in DURATIONS else "no_data"
    return Figure(period=str(row["period"]), status=status, unit=unit, **cells)


def select(
    frame: pd.DataFrame,
    statistic: str,
    *,
    view: str | None = None,
    grain: str | None = None,
    dimension: str = NATIONAL,
    side: str | None = None,
    clock: str = "gross",
) -> pd.DataFrame:
    """Return the rows of one statistic by one clock; of one side where several were published."""
    asked = {
        "dimension": dimension, "statistic": statistic, "view": view, "clock": clock,
        "period_grain": None if grain == AS_SHOWN else grain,
    }  # fmt: skip
    is_asked = np.ones(len(frame), dtype=np.bool_)
    for column, value in asked.items():
        if value is not None:
            is_asked &= frame[column].to_numpy() == value
    # Once: to take rows out of a frame of thirty columns costs more than to find them.
    rows = frame[is_asked]
    if grain == AS_SHOWN:
        rows = of_length(rows, AS_SHOWN)
    sides = list(dict.fromkeys(rows["side"].dropna()))
    if len(sides) > 1:
        rows = rows[rows["side"] == (side if side in sides else sides[0])]
    return rows


def figures(rows: pd.DataFrame, *, fill_gaps: bool = True) -> list[Figure]:
    """Return the figures of one series in order of period, a missing period as one without row."""
    return figures_of(records(rows), fill_gaps=fill_gaps)


def figures_by_member(rows: pd.DataFrame) -> dict[str, list[Figure]]:
    """Return the figures of each member of a dimension, by its code."""
    of_member: dict[str, list[Row]] = {}
    for row in records(rows):
        of_member.setdefault(str(row["member"]), []).append(row)
    return {member: figures_of(own) for member, own in of_member.items()}


def figures_of(rows: Iterable[Mapping[str, Any]], *, fill_gaps: bool = True) -> list[Figure]:
    """Return the same of rows of the long contract."""
    found = {figure.period: figure for figure in map(figure_of, rows)}
    if not found:
        return []
    unit = next(iter(found.values())).unit
    # A course of spans of different length has no period that could be missing between two.
    is_even = len({grain_of(period) for period in found}) == 1
    is_filled = fill_gaps and is_even
    order = periods_between(min(found), max(found)) if is_filled else sorted(found)
    return [found.get(period, Figure(period, NO_ROW, unit)) for period in order]


def latest(series: Iterable[Figure]) -> Figure | None:
    """Return the newest figure that has a value."""
    return next((figure for figure in reversed(list(series)) if figure.status == OK), None)


def newest(series: Sequence[Figure]) -> Figure | None:
    """Return the newest figure that has a value, else the newest period with why it has none."""
    return latest(series) or (series[-1] if series else None)


def movement(series: list[Figure], direction: str) -> Movement:
    """Compare the newest figure with a value with the same period a year earlier.

    It moved only when the two 95% intervals do not overlap: strict, and right for small numbers.

    Args:
        series: Figures of one series.
        direction: `lower` or `higher` is better, or `neutral`.
    """
    now = latest(series)
    if now is None:
        return Movement("unknown")
    earlier = next((figure for figure in series if figure.period == year_earlier(now.period)), None)
    if earlier is None or earlier.status != OK:
        return Movement("unknown", earlier=earlier)
    if not now.has_interval or not earlier.has_interval:
        return Movement("no_interval", earlier=earlier)
    if _is_below(now, earlier):
        kind = "lower"
    elif _is_below(earlier, now):
        kind = "higher"
    else:
        return Movement("same", earlier=earlier)
    return Movement(kind, None if direction not in {"lower", "higher"} else kind == direction,
                    earlier)  # fmt: skip


def change_of(figure: Figure, words: Words) -> str:
    """Say that a figure can still change, and between which values; empty where it does not."""
    if not figure.can_change:
        return ""
    lower, upper = figure.provisional_lower, figure.provisional_upper
    between = formats.interval(lower, upper, figure.unit, words)
    return words.text("figure.can_change", between=between)


def valid_on(norms: Iterable[Row], on: date) -> Row | None:
    """Return the norm of a hand-off that was valid on a day; None is "no norm", a valid state."""
    for norm in norms:
        start, end = day_of(norm["valid_from"]), day_of(norm["valid_to"])
        if (start is None or start <= on) and (end is None or on <= end):
            return norm
    return None


def words_of(figure: Figure, words: Words) -> str:
    """Write a figure as it stands in running text: `8,4 dagen`, or its status in words."""
    if figure.status == OK and figure.value is not None:
        return formats.with_unit(figure.value, figure.unit, words)
    return status_word(figure.status, words)


def with_interval(figure: Figure, words: Words) -> str:
    """Write a figure with its interval: `12,5 (10–15) dagen`, or its status in words."""
    if figure.status != OK or figure.value is None:
        return status_word(figure.status, words)
    between = interval_of(figure, words)
    interval = f" ({between})" if between else ""
    value = formats.quantity(figure.value, figure.unit, words)
    unit = formats.unit_name(figure.unit, words, None if between else figure.value)
    return f"{value}{interval} {unit}".strip()


def cell_of(figure: Figure, words: Words) -> str:
    """Write a figure as it stands in a table: `8,4`, or the symbol or word of its status."""
    if figure.status == OK and figure.value is not None:
        return formats.quantity(figure.value, figure.unit, words)
    return status_symbol(figure.status, words)


def status_symbol(status: str, words: Words) -> str:
    """Return the symbol of a status, such as `n.g.`; its word where it has none."""
    if status in _SYMBOLS:
        return words.text(f"status.{status}.symbol")
    return status_word(status, words)


def status_word(status: str, words: Words) -> str:
    """Return the words of a status."""
    return words.text(f"status.{status}")


def interval_of(figure: Figure, words: Words) -> str:
    """Write the interval of a figure; empty when it has none."""
    return formats.interval(figure.lower, figure.upper, figure.unit, words)


def _is_below(figure: Figure, other: Figure) -> bool:
    """Whether the whole interval of one lies below that of the other; open ends never do."""
    return figure.upper is not None and other.lower is not None and figure.upper < other.lower
