"""The drawing of the chain on a page: marks as a picture, texts and links over them.

Here: how a drawing becomes HTML. The server's pages let no SVG through but as an image, and an
image knows no links and none of the page's fonts: so its texts are texts of the page, each in its
box, and each hand-off is a link over its column, with what is to be said of it.
Not here: what is drawn (`pipelines.charts.chain`), and where a link leads.
"""

from collections.abc import Callable

from dashboard.components.markup import escape, hidden, picture
from pipelines.charts.chain import Drawing, Spot, marks_svg
from pipelines.charts.chain_layout import Box, Label

Address = Callable[[Spot], str]


def chain_picture(drawing: Drawing, address: Address, spoken: str, class_: str = "") -> str:
    """Return a drawing as HTML.

    Args:
        drawing: The drawing.
        address: Where what can be clicked leads; empty for nowhere.
        spoken: What it is, and where the same stands in words, for who does not see it.
        class_: Further class names.
    """
    size = f"width:{drawing.width:.0f}px;height:{drawing.height:.0f}px"
    marks = picture(
        marks_svg(drawing), "", "km-chain-marks", round(drawing.width), round(drawing.height)
    )
    texts = "".join(map(_text, drawing.labels))
    links = "".join(_link(spot, address(spot)) for spot in drawing.spots)
    return (
        f'<div class="km-chain {class_}" role="group" aria-label="{escape(spoken)}">'
        f'<div class="km-chain-field" style="{size}">{marks}{texts}{links}</div></div>'
    )


def _text(label: Label) -> str:
    """Return a text in its box; who listens hears the links instead."""
    upright = " km-chain-upright" if label.is_upright else ""
    lines = "".join(f"<span>{escape(line)}</span>" for line in label.lines)
    style = f"{_place(label.box)};font-size:{label.size}px"
    return (
        f'<span class="km-chain-text km-chain-{label.kind}{upright}" aria-hidden="true" '
        f'style="{style}">{lines}</span>'
    )


def _link(spot: Spot, href: str) -> str:
    if not href:
        return ""
    name = f"{spot.of} {spot.name}" if spot.kind == "handoff" else spot.name
    title = f' title="{escape(spot.sentence)}"' if spot.sentence else ""
    return (
        f'<a class="km-chain-link" href="{escape(href)}"{title} style="{_place(spot.box)}">'
        f"{hidden(name)}</a>"
    )


def _place(box: Box) -> str:
    return f"left:{box.x:.1f}px;top:{box.y:.1f}px;width:{box.width:.1f}px;height:{box.height:.1f}px"
