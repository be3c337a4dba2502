"""The course of a charted series in the width of a word, with its limits and the points they flag.

Here: the drawing, as SVG, and its words.
Not here: which series, and any limit or rule (published); sparklines of figures without limits
(`dashboard.components.sparkline`).

What stands out differs in shape as well as colour, as in the large chart: a disc for an
improvement, a diamond for a concern, a square for a change without direction.
"""

from collections.abc import Callable, Mapping, Sequence

from pipelines.charts.shapes import FIELDS, placed, signal_shape
from pipelines.charts.style import BLUE_MID, EDGE, LINE
from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, text_of
from pipelines.wording.signals import unit_of

WIDTH, HEIGHT = 112, 34
# The newest points: of quarters three years, of months as long as a year and a half.
SHOWN = 18
_MARGIN = 5
_MARK, _LAST = 7.0, f'<circle cx="10" cy="10" r="7" fill="{BLUE_MID}"/>'


def signal_spark(points: Sequence[Row]) -> str:
    """Return the drawing of a series, each on its own scale.

    Args:
        points: Rows of `signal_point` of one series, in order.
    """
    shown = points[-SHOWN:]
    numbers = [
        float(row[name])
        for row in shown
        for name in ("value", "lower", "upper")
        if formats.is_number(row[name])
    ]
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    step = (WIDTH - 2 * _MARGIN) / max(len(shown) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        y = HEIGHT - _MARGIN - (value - low) / span * (HEIGHT - 2 * _MARGIN)
        return _MARGIN + place * step, y

    def course(name: str) -> list[tuple[float, float]]:
        return [
            at(place, float(row[name]))
            for place, row in enumerate(shown)
            if formats.is_number(row[name])
        ]

    values = course("value")
    ring = [*course("upper"), *reversed(course("lower"))]
    parts = [
        f'<polygon points="{_path(ring)}" fill="{LINE}" fill-opacity=".5"/>',
        _polyline(course("centre"), EDGE, 0.8, dash=' stroke-dasharray="3 2"'),
        *(_polyline(run, BLUE_MID, 1.4) for run in _runs(shown, at)),
        *(
            f'<path d="M{at(place, low)[0]:.1f} {HEIGHT - 2.5}h.01" stroke="{EDGE}" '
            'stroke-width="3" stroke-linecap="round"/>'
            for place, row in enumerate(shown)
            if not formats.is_number(row["value"])
        ),
    ]
    known = [row for row in shown if formats.is_number(row["value"])]
    for (x, y), row in zip(values, known, strict=True):
        kind = text_of(row, "variation")
        if row["rule"] != "none" and kind in FIELDS:
            parts.append(placed(signal_shape(kind), x, y, _MARK))
        elif row is known[-1]:
            parts.append(placed(_LAST, x, y, _MARK))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(parts)}</svg>"
    )


def spark_words(
    signal: Row, points: Sequence[Row], n_cases: Mapping[str, float], words: Words
) -> str:
    """Say the same in words, with the number of cases under the first and last point.

    Args:
        signal: The row of `signal` the points belong to.
        points: Rows of `signal_point`, in order.
        n_cases: Cases by period, where they are no figure themselves.
        words: The language.
    """
    shown = [row for row in points[-SHOWN:] if formats.is_number(row["value"])]

    def said(row: Row) -> str:
        period = str(row["period"])
        value = formats.with_unit(float(row["value"]), unit_of(signal), words)
        cases = n_cases.get(period)
        n = "" if cases is None else f" ({words.text('agenda.n', n=formats.number(cases, words))})"
        return words.text("spark.point", period=formats.period(period, words), value=f"{value}{n}")

    n_flagged = sum(row["rule"] != "none" for row in shown)
    return words.text("spark.signal", first=said(shown[0]), last=said(shown[-1]), n=n_flagged)


def _runs(
    shown: Sequence[Row], at: Callable[[int, float], tuple[float, float]]
) -> list[list[tuple[float, float]]]:
    """The stretches without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place, row in enumerate(shown):
        if formats.is_number(row["value"]):
            runs[-1].append(at(place, float(row["value"])))
        else:
            runs.append([])
    return [run for run in runs if run]


def _polyline(
    points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = ""
) -> str:
    return (
        f'<polyline points="{_path(points)}" fill="none" stroke="{colour}" '
        f'stroke-width="{width}"{dash} stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
