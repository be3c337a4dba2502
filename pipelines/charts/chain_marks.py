"""The marks of a drawing of the chain: lanes with the boxes of their places, and arrows over them.

Here: SVG elements, for a band and for one arrow; an arrow has a mark at each sender and a head at
each receiver.
Not here: texts (`chain`), the key (`chain_key`), and where everything stands (`chain_layout`).
"""

from collections.abc import Sequence
from html import escape

from pipelines.charts.chain_layout import Arrow, Band, Column
from pipelines.charts.chain_volume import Classes
from pipelines.charts.shapes import COLOURS, CROSSED, PILE, placed, px, signal_shape
from pipelines.charts.style import EDGE, INK, LINE, PAPER, SLATE, SOFT, WASH

# Of an arrow whose volume is not known.
THIN = 1.4
_NOT_FIT, _NOT_PUBLISHED = "5 3", "1.5 3.5"


def band_marks(band: Band, classes: Classes) -> str:
    """Return lanes with the boxes of their places, edges of phases, and the arrows over them."""
    first = band.columns[0].box
    lanes = "".join(
        f'<rect x="0" y="{px(box.y)}" width="{px(band.box.right)}" height="{px(box.height)}" '
        f'fill="{WASH}"/>'
        f'<rect x="{px(box.x + 0.5)}" y="{px(box.y + 0.5)}" width="{px(box.width - 1)}" '
        f'height="{px(box.height - 1)}" rx="4" fill="{PAPER}" stroke="{EDGE}"/>'
        f'<path d="M{px(box.right)} {px(band.lanes[code])}H{px(band.box.right)}" '
        f'stroke="{LINE}"/>'
        for code, box in band.places.items()
    )
    edges = "".join(
        f'<path d="M{_crisp(x)} {px(band.box.y)}V{px(band.box.bottom)}" stroke="{EDGE}" '
        'stroke-dasharray="2 3"/>'
        for x in band.phase_edges
    )
    headings = "".join(
        f'<path d="M{px(box.x + 3)} {px(box.bottom - 1)}H{px(box.right - 3)}" stroke="{INK}" '
        'stroke-width="1.5"/>'
        for box in band.phases.values()
    )
    between = "".join(
        f'<path d="M{_crisp(column.box.x)} {px(first.y)}V{px(column.marks_y)}" stroke="{LINE}"/>'
        for column in band.columns[1:]
        if column.box.x not in band.phase_edges
    )
    arrows = "".join(_handoff(column, band, classes) for column in band.columns)
    return lanes + edges + headings + between + arrows


def _handoff(column: Column, band: Band, classes: Classes) -> str:
    """Return one hand-off: its marks, the line that leads down from its code, its arrow."""
    arrow = column.arrow
    senders = sorted(band.lanes[code] for code in set(arrow.senders))
    receivers = sorted(band.lanes[code] for code in set(arrow.receivers))
    thickness = _thickness(arrow, classes)
    top = min(*senders, *receivers)
    lead = (
        f'<path d="M{px(column.x)} {px(column.marks_y + 8)}V{px(top)}" stroke="{SOFT}" '
        'stroke-width=".6" stroke-dasharray="1 3"/>'
    )
    drawn = (
        _loop(column, senders[0], thickness)
        if senders == receivers and len(senders) == 1
        else _straight(column.x, senders, receivers, arrow, thickness)
    )
    return (
        f'<g data-handoff="{escape(arrow.code)}" data-thickness="{px(thickness)}">'
        f"{lead}{_marks(arrow, column.x, column.marks_y)}{drawn}</g>"
    )


def _straight(
    x: float, senders: Sequence[float], receivers: Sequence[float], arrow: Arrow, thickness: float
) -> str:
    """Return an upright arrow: a mark at every sender, a head at every receiver."""
    length = _head_length(thickness)
    heads = [(y, _way(y, senders)) for y in receivers]
    # The line ends inside the outermost heads, so that their points stay sharp.
    ends = [*senders, *(y - way * length * 0.6 for y, way in heads)]
    line = arrow_line(f"M{px(x)} {px(min(ends))}V{px(max(ends))}", arrow, thickness)
    return (
        line
        + "".join(start_mark(x, y, arrow, thickness) for y in senders)
        + "".join(head_mark(x, y, way, arrow, thickness) for y, way in heads)
    )


def _loop(column: Column, y: float, thickness: float) -> str:
    """Return the arrow of what an organisation hands on within itself: up and back to its lane."""
    arrow, radius = column.arrow, min(column.box.width * 0.25, 10.0)
    left, right, length = column.x - radius, column.x + radius, _head_length(thickness)
    arc = f"A{px(radius)} 8 0 0 1 {px(right)} {px(y - 3)}"
    return (
        arrow_line(
            f"M{px(left)} {px(y)}V{px(y - 3)}{arc}V{px(y + 5 - length * 0.6)}",
            arrow,
            thickness,
        )
        + start_mark(left, y, arrow, thickness)
        + head_mark(right, y + 5, 1, arrow, thickness)
    )


def _way(receiver: float, senders: Sequence[float]) -> int:
    """Return whether an arrow comes in from above (1) or from below (-1): from who is nearest."""
    others = [y for y in senders if y != receiver] or [receiver - 1]
    nearest = min(others, key=lambda y: abs(y - receiver))
    return 1 if nearest < receiver else -1


def arrow_line(path: str, arrow: Arrow, thickness: float) -> str:
    """Return the line of an arrow: whole, or dashed where its data or its volume are not known."""
    colour = _colour(arrow)
    if arrow.is_withheld:
        # Two thin lines: a number there is, and it is not told.
        return (
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="4.4"/>'
            f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="2"/>'
        )
    dashes = _NOT_FIT if arrow.is_unfit else _NOT_PUBLISHED if arrow.volume is None else ""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{thickness}"{dashed}/>'


def start_mark(x: float, y: float, arrow: Arrow, thickness: float) -> str:
    """Return the mark at a sender: the shape of a signal, else a dot."""
    if not arrow.variation:
        radius = thickness * 0.5 + 2.4
        return (
            f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(radius)}" fill="{_colour(arrow)}" '
            f'stroke="{PAPER}" stroke-width=".8"/>'
        )
    return placed(signal_shape(arrow.variation, arrow.moved), x, y, 17)


def head_mark(x: float, y: float, way: int, arrow: Arrow, thickness: float) -> str:
    """Return the head at a receiver, pointing down (`way` 1) or up (-1)."""
    half, length = thickness * 0.5 + 3.4, _head_length(thickness)
    base = y - way * length
    return (
        f'<path d="M{px(x)} {px(y)}L{px(x - half)} {px(base)}H{px(x + half)}Z" '
        f'fill="{_colour(arrow)}" stroke="{PAPER}" stroke-width=".7"/>'
    )


def _head_length(thickness: float) -> float:
    return 7.0 + thickness * 0.6


def _marks(arrow: Arrow, x: float, y: float) -> str:
    """Return what is said beneath the code: a pile that waits, data that are not fit."""
    shapes = [
        *([PILE.format(c=SLATE)] if arrow.is_backlog else []),
        *([CROSSED.format(c=SLATE)] if arrow.is_unfit else []),
    ]
    start = x - 6 * (len(shapes) - 1)
    return "".join(placed(shape, start + 12 * place, y, 11.5) for place, shape in enumerate(shapes))


def _colour(arrow: Arrow) -> str:
    return COLOURS.get(arrow.variation, SLATE)


def _thickness(arrow: Arrow, classes: Classes) -> float:
    return THIN if arrow.volume is None else classes.thickness(arrow.volume)


def _crisp(value: float) -> str:
    """Write where a hairline stands: on a whole row of points."""
    return f"{round(value)}.5"
