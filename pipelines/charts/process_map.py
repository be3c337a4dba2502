"""A directly-follows graph as a picture: milestones under each other, arcs beside them.

Here: the layout and the drawing. Milestones stand in the order in which cases mostly reach them, so
what goes on goes down. An arc to the next milestone is an arrow between the two; one that skips
some runs to the right of them, one that goes back to the left, each in a lane of its own: arcs in a
lane never meet, so no line crosses a text. The same graph always gives the same drawing.
Not here: the graph (`pipelines.workbench.process`), and its figures as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipelines.charts.lettering import width_of, wrapped
from pipelines.charts.style import BLUE, EDGE, FONT, INK, ORANGE, PAPER, SOFT, WASH

_BOX, _TALL, _GAP = 200.0, 56.0, 38.0
_LANE = 66.0
_MARGIN = 8.0
_THICKEST = 7.0
_TEXT, _SMALL = 12.0, 11.0
_ROW = _TALL + _GAP


@dataclass(frozen=True)
class Place:
    """A milestone: what it is called, and what is said beneath its name."""

    name: str
    note: str


@dataclass(frozen=True)
class Arrow:
    """An arc between two places, by their position.

    Attributes:
        source: Where it comes from.
        target: Where it goes to.
        weight: How thick it is, as a part of the thickest: 0 to 1.
        note: What is said of it, short.
    """

    source: int
    target: int
    weight: float
    note: str


@dataclass(frozen=True)
class Picture:
    """A drawing with its size in pixels."""

    svg: str
    width: int
    height: int


def draw_process(places: Sequence[Place], arrows: Sequence[Arrow]) -> Picture:
    """Return the drawing of a graph.

    Args:
        places: Milestones from top to bottom.
        arrows: Arcs; one from a place to itself is drawn at its right side.
    """
    beside = [arrow for arrow in arrows if arrow.target != arrow.source + 1]
    back = lanes([arrow for arrow in beside if arrow.target < arrow.source])
    forth = lanes([arrow for arrow in beside if arrow.target >= arrow.source])
    n_back, n_forth = (max(lane.values(), default=-1) + 1 for lane in (back, forth))
    left = _MARGIN + n_back * _LANE
    width = left + _BOX + max(n_forth * _LANE, 20.0) + _MARGIN
    height = 2 * _MARGIN + len(places) * _ROW - _GAP
    drawn = [_between(arrow, left) for arrow in arrows if arrow.target == arrow.source + 1]
    drawn += [_around(arrow, left, -lane - 1) for arrow, lane in back.items()]
    drawn += [_around(arrow, left + _BOX, lane + 1) for arrow, lane in forth.items()]
    # What is said of an arc lies over all lines.
    marks = [line for line, _ in drawn] + [note for _, note in drawn]
    boxes = [_box(place, left, number) for number, place in enumerate(places)]
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'font-family="{FONT}">{"".join([*marks, *boxes])}</svg>',
        round(width),
        round(height),
    )


def lanes(arrows: Sequence[Arrow]) -> dict[Arrow, int]:
    """Return the lane of each arc: short ones nearest, and no two in a lane share any height."""
    taken: list[list[Arrow]] = []
    found = {}
    for arrow in sorted(
        arrows, key=lambda arrow: (_span(arrow)[1] - _span(arrow)[0], _span(arrow))
    ):
        lane = next(
            (
                number
                for number, others in enumerate(taken)
                if all(_are_apart(arrow, other) for other in others)
            ),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append(arrow)
        found[arrow] = lane
    return found


def _span(arrow: Arrow) -> tuple[int, int]:
    return min(arrow.source, arrow.target), max(arrow.source, arrow.target)


def _are_apart(arrow: Arrow, other: Arrow) -> bool:
    (begin, end), (other_begin, other_end) = _span(arrow), _span(other)
    return end < other_begin or other_end < begin


def _middle(number: int) -> float:
    return _MARGIN + number * _ROW + _TALL / 2


def _box(place: Place, left: float, number: int) -> str:
    top = _middle(number) - _TALL / 2
    lines = wrapped(place.name, _BOX - 16, _TEXT, 2, is_bold=True)
    x = left + _BOX / 2
    first = top + 30 - 7 * len(lines)
    name = "".join(
        f'<tspan x="{x:.1f}" y="{first + 14 * line:.1f}">{escape(text)}</tspan>'
        for line, text in enumerate(lines)
    )
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{_BOX:.0f}" height="{_TALL:.0f}" rx="4" '
        f'fill="{WASH}" stroke="{EDGE}"/>'
        f'<text text-anchor="middle" font-size="{_TEXT:.0f}" font-weight="600" fill="{INK}">'
        f"{name}</text>"
        f'<text x="{x:.1f}" y="{first + 14 * len(lines) + 3:.1f}" text-anchor="middle" '
        f'font-size="{_SMALL:.0f}" fill="{SOFT}">{escape(place.note)}</text>'
    )


def _between(arrow: Arrow, left: float) -> tuple[str, str]:
    """An arrow down to the next milestone, and its note beside it."""
    x = left + _BOX / 2
    top, end = _middle(arrow.source) + _TALL / 2, _middle(arrow.target) - _TALL / 2
    return (
        f'<path d="M{x:.1f} {top:.1f}V{end - 7:.1f}" stroke="{BLUE}" fill="none" '
        f'stroke-width="{_thickness(arrow):.1f}"/>{_head(x, end, "down", BLUE)}',
        _note(arrow, x + 10, (top + end) / 2 + 1, "start"),
    )


def _around(arrow: Arrow, edge: float, lane: int) -> tuple[str, str]:
    """An arc out of a side, along its lane, and back to that side; and its note."""
    is_back = lane < 0
    colour = ORANGE if is_back else BLUE
    outward = -1 if is_back else 1
    x = edge + outward * (abs(lane) - 0.5) * _LANE
    # Out a little lower and in a little higher, so that two arcs at one milestone stay apart.
    begin, end = _middle(arrow.source) + 9, _middle(arrow.target) - 9
    dash = ' stroke-dasharray="6 3"' if is_back else ""
    return (
        f'<path d="M{edge:.1f} {begin:.1f}H{x:.1f}V{end:.1f}H{edge + 7 * outward:.1f}" fill="none" '
        f'stroke="{colour}" stroke-linejoin="round" stroke-width="{_thickness(arrow):.1f}"{dash}/>'
        + _head(edge, end, "right" if is_back else "left", colour),
        _note(arrow, x, (begin + end) / 2, "middle"),
    )


def _thickness(arrow: Arrow) -> float:
    return max(1.2, _THICKEST * arrow.weight)


def _head(x: float, y: float, way: str, colour: str) -> str:
    shapes = {
        "down": f"{x - 6:.1f},{y - 8:.1f} {x + 6:.1f},{y - 8:.1f} {x:.1f},{y:.1f}",
        "left": f"{x + 8:.1f},{y - 6:.1f} {x + 8:.1f},{y + 6:.1f} {x:.1f},{y:.1f}",
        "right": f"{x - 8:.1f},{y - 6:.1f} {x - 8:.1f},{y + 6:.1f} {x:.1f},{y:.1f}",
    }
    return f'<polygon points="{shapes[way]}" fill="{colour}"/>'


def _note(arrow: Arrow, x: float, y: float, anchor: str) -> str:
    """What is said of an arc, on a ground of its own so that a line beneath does not strike it."""
    style = f'text-anchor="{anchor}" font-size="{_SMALL:.0f}"'
    lines = arrow.note.split("\n")
    top = y - (len(lines) - 1) * 6.5 + 3.5
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{top + 13 * number:.1f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    widths = [width_of(line, _SMALL) + 4 for line in lines]
    ground = "".join(
        f'<line x1="{x - (width / 2 if anchor == "middle" else 2):.1f}" '
        f'x2="{x + (width / 2 if anchor == "middle" else width - 2):.1f}" '
        f'y1="{top + 13 * number - 4:.1f}" y2="{top + 13 * number - 4:.1f}" '
        f'stroke="{PAPER}" stroke-width="13"/>'
        for number, width in enumerate(widths)
    )
    return f'{ground}<text {style} fill="{INK}">{spans}</text>'
