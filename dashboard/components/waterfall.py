"""Waterfall: from the old value to the new one, a step per part.

Here: a small drawing beside the words that say the same.
Not here: the parts, and the words.
"""

from collections.abc import Sequence
from itertools import pairwise

from dashboard.components.markup import picture
from pipelines.charts.style import BLUE, SLATE

_WIDTH, _HEIGHT, _EDGE = 132, 26, 3


def waterfall(amounts: Sequence[float]) -> str:
    """Return the drawing; decoration, since each part stands beside it with its sign.

    Args:
        amounts: The parts, in their order. A step to the right is an increase, filled; one to the
            left a decrease, open.
    """
    reached = [0.0]
    for amount in amounts:
        reached.append(reached[-1] + amount)
    low, high = min(reached), max(reached)
    if high <= low:
        return ""

    def x(value: float) -> float:
        return _EDGE + (value - low) / (high - low) * (_WIDTH - 2 * _EDGE)

    row = (_HEIGHT - 2) / len(amounts)
    shapes = []
    for at, (begin, end) in enumerate(pairwise(reached)):
        left, width = min(x(begin), x(end)), max(abs(x(end) - x(begin)), 1.5)
        fill = BLUE if end >= begin else "none"
        shapes.append(
            f'<rect x="{left:.1f}" y="{1 + at * row:.1f}" width="{width:.1f}" '
            f'height="{max(row - 2, 2):.1f}" fill="{fill}" stroke="{BLUE}" stroke-width="1"/>'
        )
    marks = "".join(
        f'<path d="M{x(value):.1f} 0V{_HEIGHT}" stroke="{SLATE}" stroke-width="1"{dash}/>'
        for value, dash in ((reached[0], ' stroke-dasharray="2 2"'), (reached[-1], ""))
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f"{marks}{''.join(shapes)}</svg>"
    )
    return picture(svg, "", "km-waterfall", _WIDTH, _HEIGHT)
