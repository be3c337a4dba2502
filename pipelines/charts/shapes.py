"""Shapes that carry a meaning together with a colour: the same in drawings, icons and charts.

Here: their drawing, on a field of 20 by 20 (`{c}` is filled in with the colour).
Not here: the words that stand beside them, and where they stand.
"""

from collections.abc import Mapping

from pipelines.charts.style import BLUE, ORANGE, PAPER, SLATE

# Improvement is round, concern has corners, a change that is neither is a square.
FIELDS: Mapping[str, str] = {
    "improvement": '<circle cx="10" cy="10" r="9" fill="{c}"/>',
    "concern": '<path d="M10 0 20 10 10 20 0 10Z" fill="{c}"/>',
    "neutral": '<rect x="1.5" y="1.5" width="17" height="17" rx="2" fill="{c}"/>',
}
COLOURS: Mapping[str, str] = {"improvement": BLUE, "concern": ORANGE, "neutral": SLATE}
_ARROWS = {"up": "M10 4.5v11M6 8.5l4-4 4 4", "down": "M10 15.5v-11M6 11.5l4 4 4-4"}
# What waits, as a pile; data that are not fit, as a box crossed out.
PILE = (
    '<path d="M1 17.5h18M3 11.5h14M5.5 5.5h9" stroke="{c}" stroke-width="4" stroke-linecap="butt"/>'
)
CROSSED = (
    '<rect x="2" y="2" width="16" height="16" fill="none" stroke="{c}" stroke-width="2.6"/>'
    '<path d="M5 5l10 10M15 5 5 15" stroke="{c}" stroke-width="2.6"/>'
)


def signal_shape(kind: str, moved: str = "") -> str:
    """Return the shape of a signal: `improvement`, `concern` or `neutral`.

    Args:
        kind: What it means.
        moved: `up` or `down` where the way it moved is shown in it.
    """
    arrow = (
        f'<path d="{_ARROWS[moved]}" fill="none" stroke="{PAPER}" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
        if moved in _ARROWS
        else ""
    )
    return FIELDS[kind].format(c=COLOURS[kind]) + arrow


def placed(shape: str, x: float, y: float, size: float) -> str:
    """Return a shape of the field of 20 by 20, with its middle at a point.

    Args:
        shape: The shape, coloured.
        x: The point, in pixels from the left.
        y: And from above.
        size: How wide and high it becomes.
    """
    at = f"translate({px(x - size / 2)} {px(y - size / 2)}) scale({size / 20:.3f})"
    return f'<g transform="{at}">{shape}</g>'


def px(value: float) -> str:
    """Write a number of pixels to a hundredth, without zeros that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
