"""Small multiples: the series of every member of a dimension, all on one scale, none ranked.

Here: the drawing of one panel as SVG, the scale all panels share, and what a panel says.
Not here: which members there are and in which order, and any limit or rule (published).

What is drawn is what the large chart of the same series draws: line, interval, limits, the points
that stand out with their shapes, and a mark at the foot where a period has no figure.
"""

import itertools
import math
from collections.abc import Callable, Sequence

from pipelines.charts.rows import top_of
from pipelines.charts.series import Series
from pipelines.charts.shapes import FIELDS, placed, px, signal_shape
from pipelines.charts.style import BAND, BLUE, EDGE, LINE, NORM, SLATE
from pipelines.wording import formats
from pipelines.wording.figures import OK, Figure, interval_of, latest, status_word, words_of
from pipelines.wording.language import Words

WIDTH, HEIGHT = 240, 88
_MARGIN, _FOOT = 7, 10
_MARK = 11.0
Place = Callable[[int, float], tuple[float, float]]


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
    step = (WIDTH - 2 * _MARGIN) / max(len(series.figures) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        height = min(max(value / top, 0.0), 1.0) * (HEIGHT - _MARGIN - _FOOT)
        return _MARGIN + place * step, HEIGHT - _FOOT - height

    frame = "".join(
        f'<path d="M0 {px(at(0, value)[1])}H{WIDTH}" stroke="{colour}" stroke-width="1"/>'
        for value, colour in ((top, LINE), (0.0, EDGE))
    )
    drawn = [*_bands(series, at, top), *_limits(series, at, top), *_norms(series, at, step)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{frame}{''.join([*drawn, *_course(series, at), *_gaps(series, at)])}</svg>"
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


def _bands(series: Series, at: Place, top: float) -> list[str]:
    """Return the intervals, one field for each stretch without a gap."""
    each = []
    for stretch in _stretches(series.figures):
        known = [(place, figure) for place, figure in stretch if figure.has_interval]
        if not known:
            continue
        upper = [
            at(place, top if figure.upper is None else figure.upper) for place, figure in known
        ]
        lower = [at(place, figure.lower or 0.0) for place, figure in known]
        each.append(f'<polygon points="{_path([*upper, *reversed(lower)])}" fill="{BAND}"/>')
        if len(known) == 1:
            (x, y), (_, foot) = upper[0], lower[0]
            each[-1] = f'<path d="M{px(x)} {px(y)}V{px(foot)}" stroke="{BAND}" stroke-width="6"/>'
    return each


def _limits(series: Series, at: Place, top: float) -> list[str]:
    """Return centre and limits where the series has them; what lies off the scale is not drawn."""
    styles = (("centre", ""), ("lower", ' stroke-dasharray="5 3"'),
              ("upper", ' stroke-dasharray="5 3"'))  # fmt: skip
    each = []
    for name, dash in styles:
        placed_values = [
            (place, getattr(limits, name))
            for place, figure in enumerate(series.figures)
            if (limits := series.limits.get(figure.period)) is not None
        ]
        points = [
            at(place, value)
            for place, value in placed_values
            if value is not None and 0.0 <= value <= top
        ]
        if len(points) > 1:
            each.append(_line(points, SLATE, 0.9, dash))
    return each


def _norms(series: Series, at: Place, step: float) -> list[str]:
    """Return the norm of each period as a dash."""
    return [
        f'<path d="M{px(x - step / 2)} {px(y)}h{px(step)}" stroke="{NORM}" '
        'stroke-width="1.2" stroke-dasharray="3 2"/>'
        for place, figure in enumerate(series.figures)
        if (norm := series.norms.get(figure.period)) is not None
        for x, y in [at(place, norm)]
    ]


def _course(series: Series, at: Place) -> list[str]:
    """Return the line, the points that stand out by their shape, and the newest point."""
    each, newest = [], latest(series.figures)
    for stretch in _stretches(series.figures):
        points = [at(place, figure.value or 0.0) for place, figure in stretch]
        each.append(_line(points, BLUE, 1.6))
    for place, figure in enumerate(series.figures):
        if figure.status != OK or figure.value is None:
            continue
        x, y = at(place, figure.value)
        limits = series.limits.get(figure.period)
        if limits is not None and limits.rule != "none" and limits.variation in FIELDS:
            each.append(placed(signal_shape(limits.variation), x, y, _MARK))
        elif figure is newest:
            each.append(f'<circle cx="{px(x)}" cy="{px(y)}" r="3.2" fill="{BLUE}"/>')
    return each


def _gaps(series: Series, at: Place) -> list[str]:
    """Return a mark at the foot for every period without a figure."""
    return [
        f'<path d="M{px(at(place, 0.0)[0])} {HEIGHT - 4}h.01" stroke="{EDGE}" '
        'stroke-width="4" stroke-linecap="round"/>'
        for place, figure in enumerate(series.figures)
        if figure.status != OK
    ]


def _stretches(figures: Sequence[Figure]) -> list[list[tuple[int, Figure]]]:
    """Return the figures with their places, in stretches without a gap."""
    grouped = itertools.groupby(enumerate(figures), key=lambda placed: placed[1].status == OK)
    return [list(stretch) for is_known, stretch in grouped if is_known]


def _line(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "") -> str:
    return (
        f'<polyline points="{_path(points)}" fill="none" stroke="{colour}" '
        f'stroke-width="{width}"{dash} stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{px(x)},{px(y)}" for x, y in points)
