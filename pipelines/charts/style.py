"""Colours, type and height of everything that is drawn: pages, charts, pictures and paper.

Here: the one palette, light and dark, and how each medium gets it.
Not here: what is drawn.

A drawing names a colour (`INK` is `var(--km-ink)`) and does not know in which theme it is read. A
page fills the names in by its style sheet; a picture carried in a page as an image takes both sets
along (`with_both_themes`); paper and files have the light one (`on_paper`).
"""

import re
from collections.abc import Mapping
from pathlib import Path

THEMES = ("light", "dark")
# Text: ink, soft, blue and orange, on paper, wash and the bands. What only divides: line. What must
# be seen to understand a drawing, at three to one beside its ground: edge, the middle tones, focus.
PALETTE: Mapping[str, Mapping[str, str]] = {
    "paper": {"light": "#ffffff", "dark": "#12181f"},
    "wash": {"light": "#f5f3ee", "dark": "#1c242d"},
    "line": {"light": "#dbd8d0", "dark": "#323d49"},
    "edge": {"light": "#7f868d", "dark": "#7b8793"},
    "ink": {"light": "#1d2b39", "dark": "#e8ebee"},
    "soft": {"light": "#56636f", "dark": "#aab5bf"},
    "blue": {"light": "#154273", "dark": "#9dc4ec"},
    "blue-mid": {"light": "#5b86b3", "dark": "#5f8fc2"},
    "blue-band": {"light": "#d3e1ee", "dark": "#1f3b57"},
    "orange": {"light": "#a8480a", "dark": "#f2a65e"},
    "orange-mid": {"light": "#c96a22", "dark": "#c9763a"},
    "orange-band": {"light": "#fbead9", "dark": "#41290f"},
    "focus": {"light": "#b8590a", "dark": "#ffb765"},
}


def _named(name: str) -> str:
    return f"var(--km-{name})"


PAPER, WASH, LINE, EDGE = (_named(name) for name in ("paper", "wash", "line", "edge"))
INK, SOFT = _named("ink"), _named("soft")
# Improvement is blue, concern orange, what is neither slate; never without a shape and a word.
BLUE, ORANGE, SLATE = _named("blue"), _named("orange"), SOFT
BLUE_MID = _named("blue-mid")
BAND, NORM = _named("blue-band"), ORANGE
# Quoted what ends in a digit: without quotes CSS refuses the whole list, and a serif takes over.
FONT = "Source Sans, 'Source Sans 3', Source Sans Pro, Segoe UI, Helvetica Neue, Arial, sans-serif"
HEIGHT = 250
# The same type for who draws without a browser: on paper and in files.
FONTS = Path(__file__).with_name("fonts")

_NAME = re.compile(r"var\(--km-([a-z-]+)\)")


def variables(theme: str) -> str:
    """Return the palette of `light` or `dark` as declarations of a style sheet."""
    return "".join(f"--km-{name}:{colours[theme]};" for name, colours in PALETTE.items())


def on_paper(drawing: str) -> str:
    """Return a drawing, as SVG or as the JSON of a chart, in the colours of paper."""
    return _NAME.sub(lambda found: PALETTE[found[1]]["light"], drawing)


def with_both_themes(svg: str) -> str:
    """Return an SVG that carries its colours along, for a page that shows it as an image.

    An image sees nothing of the style sheet around it, but it is told whether that page is dark.
    """
    used = sorted(set(_NAME.findall(svg)))
    if not used:
        return svg
    light, dark = (
        "".join(f"--km-{name}:{PALETTE[name][theme]};" for name in used) for theme in THEMES
    )
    style = f"<style>:root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    start = svg.index(">") + 1
    return svg[:start] + style + svg[start:]
