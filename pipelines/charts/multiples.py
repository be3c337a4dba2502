"""Small multiples: the series of every member of a dimension, all on one scale, none ranked.

Here: the drawing of one panel as SVG, the scale all panels share, and what a panel says.
Not here: which members there are and in which order, and any limit or rule (published).

What is drawn is what the large chart of the same series draws: line, interval, limits, the points
that stand out with their shapes, and a mark at the foot where a period has no figure.
"""

import math
from collections.abc import Sequence

from pipelines.charts.rows import top_of
from pipelines.charts.series import Series
from pipelines.charts.shapes import px
from pipelines.charts.spark import Field, Point, spark
from pipelines.charts.style import BAND, BLUE, EDGE, LINE, SLATE
from pipelines.wording import formats
from pipelines.wording.figures import OK, Figure, interval_of, latest, status_word, words_of
from pipelines.wording.language import Words

WIDTH, HEIGHT = 240, 88
_MARGIN, _FOOT = 7, 10
_MARK, _NEWEST = 11.0, 6.4


def shared_top(every: Sequence[Series]) -> float:
    """Return where the scale of all panels ends: it begins at zero, and ends at a whole number."""
    top = max(
        (
            top_of([figure for figure in series.figures if figure.status == OK], series)
            for series in every
        ),
        default=1.0,
    )
    return float(math.ceil(top)) if top > 1.0 else top


def panel(series: Series, top: float) -> str:
    """Return the drawing of one member's series.

    Args:
        series: The series; all panels have the same periods.
        top: Where the scale ends, of all panels.
    """
    dashed = f'stroke="{SLATE}" stroke-width="0.9"'
    field = Field(
        WIDTH, HEIGHT, 0.0, top, (_MARGIN, _MARGIN, _FOOT), (BLUE, 1.6), f'fill="{BAND}"',
        [dashed, *[f'{dashed} stroke-dasharray="5 3"'] * 2], _MARK, _NEWEST,
    )  # fmt: skip
    frame = "".join(
        f'<path d="M0 {px(field.at(0, value, 1)[1])}H{WIDTH}" stroke="{colour}" stroke-width="1"/>'
        for value, colour in ((top, LINE), (0.0, EDGE))
    )
    return spark([_point(figure, series) for figure in series.figures], field, frame)


def _point(figure: Figure, series: Series) -> Point:
    limits, is_known = series.limits.get(figure.period), figure.status == OK
    return Point(
        figure.value if is_known else None,
        (figure.lower, figure.upper) if is_known and figure.has_interval else None,
        () if limits is None else (limits.centre, limits.lower, limits.upper),
        series.norms.get(figure.period),
        limits.variation if limits is not None and limits.rule != "none" else "",
    )


def panel_words(series: Series, words: Words) -> str:
    """Say the newest figure of a panel with interval and number, or why there is none."""
    newest = latest(series.figures)
    if newest is None:
        reasons = dict.fromkeys(status_word(figure.status, words) for figure in series.figures)
        return ", ".join(reasons)
    between = interval_of(newest, words)
    parts = [
        f"{formats.period(newest.period, words)}: {words_of(newest, words)}"
        + (f" ({between})" if between else ""),
    ]
    if newest.denominator is not None and newest.unit not in formats.COUNTS:
        parts.append(words.text("figure.n", n=formats.number(newest.denominator, words)))
    return ", ".join(parts)


def scale_words(top: float, unit: str, words: Words) -> str:
    """Say the scale that all panels share: `van 0 tot 24 dagen`."""
    return words.text("multiples.scale", top=formats.with_unit(top, unit, words))
