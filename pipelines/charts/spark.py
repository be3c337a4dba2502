"""A course in a few pixels, without axes: what every small drawing of a series is made of.

Here: band, lines, norms, gaps as gaps, points that stand out by their shape, and the newest point.
Not here: which series and scale it is of (`signal_spark`, `multiples`, the pages' sparklines), and
what is said beside it.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.charts.shapes import FIELDS, placed, px, signal_shape
from pipelines.charts.style import EDGE, NORM

At = tuple[float, float]


@dataclass(frozen=True)
class Point:
    """One period of a course.

    Attributes:
        value: Its figure; None leaves a gap, marked at the foot.
        band: Lower and upper end of what surrounds it; an end that is None lies off the scale.
        lines: Values of the lines drawn through the periods, in a fixed order.
        norm: Its norm.
        kind: What a point that stands out means; empty for an ordinary one.
    """

    value: float | None
    band: tuple[float | None, float | None] | None = None
    lines: tuple[float | None, ...] = ()
    norm: float | None = None
    kind: str = ""


@dataclass(frozen=True)
class Field:
    """What is drawn upon, and how it looks.

    Attributes:
        width: In pixels.
        height: In pixels.
        low: Value at the foot.
        high: Value at the head.
        margins: Pixels beside, above and below the course.
        line: Colour and width of the course.
        band: Attributes of the band.
        lines: Attributes of the lines.
        mark: Size of a point that stands out.
        newest: Size of the newest point.
    """

    width: int
    height: int
    low: float
    high: float
    margins: tuple[float, float, float]
    line: tuple[str, float]
    band: str
    lines: Sequence[str] = ()
    mark: float = 7.0
    newest: float = 5.6

    def at(self, place: int, value: float, n: int) -> At:
        """Return where a value of one of `n` periods lies; off the scale it lies at its end."""
        side, head, foot = self.margins
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        up = min(max(share, 0.0), 1.0) * (self.height - head - foot)
        return side + place * (self.width - 2 * side) / max(n - 1, 1), self.height - foot - up


def spark(points: Sequence[Point], field: Field, frame: str = "") -> str:
    """Return the drawing of a course.

    Args:
        points: Its periods, in order.
        field: What it is drawn upon.
        frame: What is drawn beneath it, as SVG.
    """

    def at(place: int, value: float) -> At:
        return field.at(place, value, len(points))

    drawn = [*_bands(points, field, at), *_lines(points, field, at), *_norms(points, at, field)]
    drawn += _course(points, field, at)
    drawn += [
        f'<path d="M{px(at(place, field.low)[0])} {px(field.height - 2.5)}h.01" stroke="{EDGE}" '
        'stroke-width="3" stroke-linecap="round"/>'
        for place, point in enumerate(points)
        if point.value is None
    ]
    box = f"0 0 {field.width} {field.height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{frame}{"".join(drawn)}</svg>'


_Place = Callable[[int, float], At]


def _bands(points: Sequence[Point], field: Field, at: _Place) -> list[str]:
    """Return the band, a ring for each stretch that has one; of one period it is an upright bar."""
    drawn = []
    for stretch in _stretches(points, lambda point: point.band is not None):
        ends = [(place, *point.band) for place, point in stretch if point.band is not None]
        upper = [at(place, field.high if high is None else high) for place, _, high in ends]
        lower = [at(place, field.low if low is None else low) for place, low, _ in ends]
        if len(ends) == 1:
            (x, head), (_, foot) = upper[0], lower[0]
            upper, lower = [(x - 3, head), (x + 3, head)], [(x - 3, foot), (x + 3, foot)]
        drawn.append(f'<polygon points="{_path([*upper, *reversed(lower)])}" {field.band}/>')
    return drawn


def _lines(points: Sequence[Point], field: Field, at: _Place) -> list[str]:
    """Return the lines through all periods; what lies off the scale is not drawn."""
    drawn = []
    for number, look in enumerate(field.lines):
        known = [
            at(place, value)
            for place, point in enumerate(points)
            if number < len(point.lines)
            and (value := point.lines[number]) is not None
            and field.low <= value <= field.high
        ]
        if len(known) > 1:
            drawn.append(_polyline(known, look))
    return drawn


def _norms(points: Sequence[Point], at: _Place, field: Field) -> list[str]:
    """Return the norm of each period as a dash."""
    step = (field.width - 2 * field.margins[0]) / max(len(points) - 1, 1)
    return [
        f'<path d="M{px(x - step / 2)} {px(y)}h{px(step)}" stroke="{NORM}" '
        'stroke-width="1.2" stroke-dasharray="3 2"/>'
        for place, point in enumerate(points)
        if point.norm is not None
        for x, y in [at(place, point.norm)]
    ]


def _course(points: Sequence[Point], field: Field, at: _Place) -> list[str]:
    """Return the line, the points that stand out by their shape, and the newest point."""
    colour, width = field.line
    known = [(place, point.value) for place, point in enumerate(points) if point.value is not None]
    drawn = [
        _polyline(
            [at(place, point.value or 0.0) for place, point in stretch],
            f'stroke="{colour}" stroke-width="{width}"',
        )
        for stretch in _stretches(points, lambda point: point.value is not None)
    ]
    for place, value in known:
        x, y = at(place, value)
        if points[place].kind in FIELDS:
            drawn.append(placed(signal_shape(points[place].kind), x, y, field.mark))
        elif place == known[-1][0]:
            radius = px(field.newest / 2)
            drawn.append(f'<circle cx="{px(x)}" cy="{px(y)}" r="{radius}" fill="{colour}"/>')
    return drawn


def _stretches(
    points: Sequence[Point], is_in: Callable[[Point], bool]
) -> list[list[tuple[int, Point]]]:
    """Return the points that are in, with their places, in stretches without a gap."""
    grouped = itertools.groupby(enumerate(points), key=lambda placed: is_in(placed[1]))
    return [list(stretch) for is_known, stretch in grouped if is_known]


def _polyline(points: Sequence[At], look: str) -> str:
    return (
        f'<polyline points="{_path(points)}" fill="none" {look} '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _path(points: Sequence[At]) -> str:
    return " ".join(f"{px(x)},{px(y)}" for x, y in points)
