"""The axes that all layers of a series chart share: periods, and values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.charts.grammar import Spec, field
from pipelines.charts.series import Series
from pipelines.charts.style import EDGE, LINE, SOFT
from pipelines.wording import formats
from pipelines.wording.language import Words

# More periods than this have a label at the year only, and no numbers beneath.
_MOST_LABELS = 24


@dataclass(frozen=True)
class Axes:
    """The axes that all layers share."""

    series: Series
    top: float
    words: Words

    @property
    def order(self) -> list[str]:
        """The periods in their order."""
        return [figure.period for figure in self.series.figures]

    @property
    def is_dense(self) -> bool:
        """Whether there are too many periods to name each."""
        return len(self.series.figures) > _MOST_LABELS

    def x(self, position: float = 0.5) -> Spec:
        """Return the axis of periods, at a place between the edges (0 and 1) of each."""
        return {**self._periods, "bandPosition": position}

    @cached_property
    def _periods(self) -> Spec:
        axis = {
            "title": None,
            "labelExpr": _label_expression(self.order, self.is_dense, self.words),
            "labelAngle": 0,
            "labelColor": SOFT,
            "labelFontSize": 12,
            "labelLineHeight": 15,
            "labelPadding": 6,
            "labelOverlap": False,
            "ticks": False,
            "domainColor": EDGE,
        }
        scale = {"type": "band", "paddingInner": 0.12, "paddingOuter": 0.15}
        return field("period", "ordinal", sort=self.order, scale=scale, axis=axis)

    def y(self, column: str) -> Spec:
        """Return the axis of values, for one column."""
        return {"field": column, **self._values}

    @cached_property
    def _values(self) -> Spec:
        whole = "~f" if self.top >= 1 else "~g"
        axis = {
            "title": None,
            "format": ".0%" if self.series.unit in formats.SHARES else whole,
            "tickCount": 5,
            "minExtent": 46,
            "labelColor": SOFT,
            "labelFontSize": 12,
            "labelPadding": 8,
            "ticks": False,
            "domain": False,
            "gridColor": LINE,
        }
        scale = {"domain": [0, self.top], "nice": False}
        return {"type": "quantitative", "scale": scale, "axis": axis}


def _label_expression(order: Sequence[str], dense: bool, words: Words) -> str:
    """Return what stands at the axis: the period, and the year under its first period.

    A year of which only the last period is shown has no room of its own beside the next one.
    """
    labels: list[str] = []
    year_before = ""
    parts = [formats.period_parts(code, words) for code in order]
    for code, (short, year), (_, year_after) in zip(
        order, parts, [*parts[1:], *parts[-1:]], strict=True
    ):
        has_room = bool(year_before) or year_after == year
        second = year if year != year_before and has_room else ""
        first = "" if dense and year and not second else short
        year_before = year
        labels.append(f"'{code}': ['{first}', '{second}']" if year else f"'{code}': ['{first}']")
    return "({" + ", ".join(labels) + "})[datum.value]"
