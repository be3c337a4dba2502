"""Badges: a shape and a word, never a colour alone.

Here: the quality of the data under a figure, the movement of a figure, the status of a delivery.
Not here: what they are based on.
"""

from dashboard.components.markup import escape, picture
from pipelines.charts.style import BLUE, ORANGE, SLATE
from pipelines.wording.figures import Movement
from pipelines.wording.language import Words

# Drawn on a field of 12 by 12, in the colour of `stroke` and `fill`.
_SHAPES = {
    "disc": '<circle cx="6" cy="6" r="4.6" fill="{c}"/>',
    "diamond": '<path d="M6 .7 11.3 6 6 11.3.7 6Z" fill="{c}"/>',
    "block": '<rect x="1.8" y="1.8" width="8.4" height="8.4" fill="{c}"/>',
    "crossed": (
        '<rect x="1.2" y="1.2" width="9.6" height="9.6" fill="none" stroke="{c}" '
        'stroke-width="1.6"/><path d="M3 3l6 6M9 3 3 9" stroke="{c}" stroke-width="1.6"/>'
    ),
    "up": '<path d="M6 1.4 11.2 10.6H.8Z" fill="{c}"/>',
    "down": '<path d="M6 10.6.8 1.4h10.4Z" fill="{c}"/>',
    "level": '<path d="M1 4h10M1 8h10" stroke="{c}" stroke-width="2"/>',
    "ring": '<circle cx="6" cy="6" r="4.2" fill="none" stroke="{c}" stroke-width="1.5"/>',
    "half": (
        '<circle cx="6" cy="6" r="4.4" fill="none" stroke="{c}" stroke-width="1.5"/>'
        '<path d="M6 1.6a4.4 4.4 0 0 1 0 8.8Z" fill="{c}"/>'
    ),
    "dashed": (
        '<circle cx="6" cy="6" r="4.4" fill="none" stroke="{c}" stroke-width="1.5" '
        'stroke-dasharray="2.4 2"/>'
    ),
}
_QUALITY = {"good": ("disc", BLUE), "caution": ("diamond", ORANGE), "not_fit": ("crossed", SLATE)}
_MOVEMENT = {"lower": "down", "higher": "up", "same": "level", "no_interval": "ring"}
_DELIVERY = {
    "on_time": ("disc", BLUE),
    "late": ("half", ORANGE),
    "missing": ("dashed", SLATE),
    "refused": ("crossed", ORANGE),
    "held": ("diamond", ORANGE),
    "damaged": ("ring", ORANGE),
}
_SEVERITIES = {
    "critical": ("diamond", ORANGE),
    "quarantine": ("dashed", ORANGE),
    "warning": ("half", ORANGE),
    "info": ("ring", SLATE),
}


def shape(name: str, colour: str) -> str:
    """Return a small shape as decoration; the word stands beside it."""
    drawing = _SHAPES[name].format(c=colour)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12">{drawing}</svg>'
    return picture(svg, "", "km-shape", 12, 12)


def marked(name: str, colour: str, word: str, title: str = "") -> str:
    """Return a shape with its word."""
    hint = f' title="{escape(title)}"' if title else ""
    return f'<span class="km-badge"{hint}>{shape(name, colour)}{escape(word)}</span>'


def quality(badge: str | None, sentence: str, words: Words) -> str:
    """Return the badge for the quality of the data, with its sentence as explanation."""
    if badge not in _QUALITY:
        return marked("ring", SLATE, words.text("quality.unknown"))
    name, colour = _QUALITY[badge]
    return marked(name, colour, words.text(f"quality.{badge}"), sentence)


def movement(moved: Movement, unit_is_time: bool, words: Words) -> str:
    """Return the movement against a year earlier: blue when favourable, orange when not."""
    name = _MOVEMENT.get(moved.kind, "ring")
    colour = {True: BLUE, False: ORANGE, None: SLATE}[moved.is_favourable]
    kind = "time" if unit_is_time else "level"
    return marked(name, colour, words.text(f"movement.{kind}.{moved.kind}"))


def movement_since(moved: Movement, unit_is_time: bool, words: Words) -> str:
    """Return the movement with what it is compared with: `korter dan een jaar eerder`."""
    kind = "moved" if moved.kind in {"lower", "higher"} else "other"
    since = escape(words.text(f"movement.since.{kind}"))
    return f'{movement(moved, unit_is_time, words)} <span class="km-soft">{since}</span>'


def delivery(status: str, words: Words) -> str:
    """Return the status of a delivery."""
    name, colour = _DELIVERY.get(status, ("ring", SLATE))
    return marked(name, colour, words.name("delivery", status))


def delivery_shape(status: str) -> str:
    """Return the shape of a delivery's status; its word must stand beside it."""
    return shape(*_DELIVERY.get(status, ("ring", SLATE)))


def severity(level: str, words: Words) -> str:
    """Return the severity of a finding."""
    name, colour = _SEVERITIES.get(level, ("ring", SLATE))
    return marked(name, colour, words.name("severity", level))
