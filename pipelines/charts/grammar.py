"""What charts are written in: layers and channels as the grammar of Vega-Lite has them.

Here: the parts that layers share in writing, and the look that charts share.
Not here: which layers a chart has (`drawing`, `curves`), and colours (`style`). Nothing is checked
or copied as it is made; that every chart is a valid one is held by the tests.
"""

from collections.abc import Mapping
from typing import Any

from pipelines.charts.style import FONT, PAPER, SOFT
from pipelines.wording import formats
from pipelines.wording.language import Words

Spec = dict[str, Any]
"""A chart or a part of one, as JSON has it. Layers share their parts, so nobody changes one."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
WORD: Spec = {"fontSize": 12, "fontWeight": 600}
"""Type of a word in the field."""


def layer(mark: str, style: Mapping[str, Any], *filters: str, **channels: Any) -> Spec:
    """Return a layer.

    Args:
        mark: What is drawn for a row, such as `rule`.
        style: How all of them look.
        filters: Which rows are drawn; without any, all.
        channels: What is read from each row, and where it stands.
    """
    made: Spec = {"mark": {"type": mark, **style}, "encoding": channels}
    if filters:
        made["transform"] = [{"filter": condition} for condition in filters]
    return made


def haloed(colour: str, style: Mapping[str, Any], *filters: str, **channels: Any) -> list[Spec]:
    """Return words over a halo of paper, so that no line beneath strikes them.

    Args:
        colour: Colour of the words.
        style: Their size, alignment and distance.
        filters: As `layer` takes them.
        channels: As `layer` takes them.
    """
    halo = {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return [
        layer("text", {**style, **over}, *filters, **channels) for over in (halo, {"color": colour})
    ]


def field(name: str, kind: str = "nominal", **more: Any) -> Spec:
    """Return a channel that is read from a column."""
    return {"field": name, "type": kind, **more}


def at(place: float) -> Spec:
    """Return a channel that is the same for all rows, in pixels."""
    return {"value": place}


def at_foot(below: float = 0) -> Spec:
    """Return the same at the foot of the field however high that is, or so many pixels below it."""
    return {"value": {"expr": f"height + {below:g}"}} if below else {"value": "height"}


def tooltip(**titles: str) -> list[Spec]:
    """Return what is said on pointing: columns with their titles."""
    return [field(name, title=title) for name, title in titles.items()]


def look(words: Words) -> Spec:
    """Return the look that all charts share: type, ground, number signs, no frame.

    A chart is told to nobody as a picture of a thousand marks: whoever shows it says in words what
    it shows.
    """
    decimal, thousands = formats.signs(words)
    numbers = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["€", ""]}
    return {
        "$schema": SCHEMA,
        "config": {
            "font": FONT,
            "background": PAPER,
            "locale": {"number": numbers},
            "aria": False,
            "view": {"stroke": None},
            "axis": {
                "labelFont": FONT,
                "titleFont": FONT,
                "labelColor": SOFT,
                "titleColor": SOFT,
                "aria": False,
            },
            "mark": {"aria": False},
            "text": {"font": FONT},
        },
        # As marks in the page, however many: a canvas knows no names of colours.
        "usermeta": {"embedOptions": {"renderer": "svg"}},
    }
