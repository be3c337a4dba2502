"""Families: series that are judged together, members of one dimension and shares of one base.

Here: which series are a family, the chance of the signal of each member, and how far the end of
each share strays.
Not here: the chance itself (`pipelines.statistics.member_change`,
`pipelines.statistics.span_change`), and charts (`series`).

**Members of a dimension**, of one measure. A member that is alone or has too few others to learn
from, one with few points, a stock, a chart of few events: each keeps the chance of its own series.
Dimensions that cut the same cases, and grains, are families apart.

**National shares of one base**, by quarter: themes of the same evaluations. A dozen quarters cannot
tell a theme that is mentioned twice as often from quarters that are alike; ten other themes of the
same evaluations say how widely and how long such shares stray. Courses as shown (`spans`) are
judged so too, by the same calibration. A share without others of its base is judged by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from pipelines.signals.background import Background
from pipelines.signals.courses import SERIES, Course
from pipelines.signals.series import SeriesSignal
from pipelines.statistics.member_change import member_chances
from pipelines.statistics.span_change import (
    FEWEST_SPANS,
    SpanStrength,
    share_points,
    span_strengths,
)

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


def ends_of_shares(
    shares: Iterable[tuple[Mapping[str, str], Course]], background: Background
) -> dict[tuple[str, ...], SpanStrength]:
    """Say how far the end of each share strays, by what the others of its base let expect.

    Args:
        shares: National shares by quarter, each with the course of its last group.
        background: Which base each indicator is counted in.

    Returns:
        By series, of those that have others of their base.
    """
    kinds: Mapping[tuple[str, ...], list[tuple[Mapping[str, str], Course]]] = defaultdict(list)
    for key, course in shares:
        base = background.bases.get(key["indicator"])
        if base and np.count_nonzero(~np.isnan(course.value)) >= FEWEST_SPANS:
            kinds[base, key["statistic"], key["view"], key["side"]].append((key, course))
    found = {}
    for kind in kinds.values():
        if len(kind) == 1:
            continue
        known = [~np.isnan(course.value) for _, course in kind]
        points, precision = zip(
            *(
                share_points(course.value[is_known], course.denominator[is_known])
                for (_, course), is_known in zip(kind, known, strict=True)
            ),
            strict=True,
        )
        for (key, _), strength in zip(kind, span_strengths(points, precision), strict=True):
            found[tuple(key[name] for name in SERIES)] = strength
    return found
