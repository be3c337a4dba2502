"""Families: the series of one measure of the members of one dimension, judged together.

Here: which series are a family, and the chance of the signal of each member.
Not here: the chance itself (`pipelines.statistics.member_change`), and charts (`series`).

A member that is alone or has too few others to learn from, one with few points, a stock, a chart of
few events: each keeps the chance of its own series.
Dimensions that cut the same cases, and grains, are families apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines.signals.series import SeriesSignal
from pipelines.statistics.member_change import member_chances

_FAMILY = ("indicator", "statistic", "view", "side", "period_grain", "dimension", "chart")

Row = dict[str, Any]


def chances_of_members(members: Iterable[tuple[Row, SeriesSignal]]) -> Iterator[tuple[Row, float]]:
    """Yield the rows of members that signal, with the chance that rests on their family.

    Args:
        members: Rows of `signal` of charted series, each with its chart.
    """
    families: Mapping[tuple[str, ...], list[tuple[Row, SeriesSignal]]] = defaultdict(list)
    for row, signal in members:
        if signal.even.size:
            families[tuple(row[name] for name in _FAMILY)].append((row, signal))
    for family in families.values():
        if len(family) == 1 or not any(signal.side for _, signal in family):
            continue
        found = member_chances(
            [signal.even for _, signal in family], [signal.cases for _, signal in family]
        )
        for place, (row, signal) in enumerate(family):
            if signal.side and found.is_learned[place]:
                yield row, float((found.up if signal.side > 0 else found.down)[place])
