"""The chain as a picture: organisations as places, hand-offs as arrows in the order of the chain.

Here: the drawing, for a page and for paper. An arrow is as thick as its volume, by class; it has
colour and shape by signal; marks beneath its code say that more waits than comes in, and that its
data are not fit. Never a colour alone, and nothing is ranked.
Not here: where everything stands (`chain_layout`), what a hand-off is like
(`wording.handoff_lines`), and which addresses a page links to.

How it is made::

    lines = handoff_lines(handoffs=…, indicators=…, results=…, found=…, qualities=…)
    drawing = draw_chain(lines, organisations, members, words, width=1096)
    as_svg(drawing, "De keten …")          # paper: marks and texts in one SVG
    drawing.marks, drawing.labels, drawing.spots   # page: marks as SVG, texts and links over them
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from pipelines.charts.chain_key import key_of
from pipelines.charts.chain_layout import LEADING, Arrow, Box, Label, Place, lay_out
from pipelines.charts.chain_marks import band_marks
from pipelines.charts.chain_volume import Classes, classes_of
from pipelines.charts.shapes import px
from pipelines.charts.style import FONT, INK, on_paper
from pipelines.wording import formats
from pipelines.wording.handoff_lines import HandoffLine, sentence
from pipelines.wording.language import Words
from pipelines.wording.names import phase_name
from pipelines.wording.rows import records, text_of


@dataclass(frozen=True)
class Spot:
    """What can be clicked: a hand-off in its column, or the heading of a phase.

    Attributes:
        kind: `handoff` or `phase`.
        of: Its code.
        box: Its place.
        name: What it is called.
        sentence: What is to be said of it.
    """

    kind: str
    of: str
    box: Box
    name: str
    sentence: str


@dataclass(frozen=True)
class Drawing:
    """A drawing in its parts, in pixels.

    Attributes:
        width: Its width.
        height: Its height.
        marks: Everything but texts, as SVG elements.
        labels: Its texts.
        spots: What can be clicked, in the order of the chain.
    """

    width: float
    height: float
    marks: str
    labels: Sequence[Label]
    spots: Sequence[Spot]


def draw_chain(
    lines: Sequence[HandoffLine],
    organisations: pd.DataFrame,
    members: pd.DataFrame,
    words: Words,
    *,
    width: float,
    classes: Classes | None = None,
) -> Drawing:
    """Return the drawing of hand-offs.

    Args:
        lines: The hand-offs in the order of the chain: all, or those of a phase.
        organisations: Rows of `organisation` in their fixed order.
        members: Rows of `dimension_member`, which may name the phases.
        words: The reader's language.
        width: The room there is, in pixels; where the chain does not fit in it side by side, its
            phases stand one under the other.
        classes: Classes of volume of the whole chain, where a part of it is drawn.
    """
    places = [
        Place(str(row["organisation"]), words.label(row) or str(row["organisation"]))
        for row in records(organisations)
    ]
    names = {
        phase: formats.sentence(phase_name(phase, members, words))
        for phase in {line.phase for line in lines}
    }
    arrows = [_arrow(line, names[line.phase], words) for line in lines]
    return draw(arrows, places, words, width=width, classes=classes)


def draw(
    arrows: Sequence[Arrow],
    places: Sequence[Place],
    words: Words,
    *,
    width: float,
    classes: Classes | None = None,
) -> Drawing:
    """Return the drawing of arrows between places, with its key beneath."""
    layout = lay_out(arrows, places, width)
    classes = classes or classes_of(arrow.volume for arrow in arrows)
    marks = [band_marks(band, classes) for band in layout.bands]
    key = key_of(arrows, classes, words, layout, max(layout.width, min(width, 720.0)))
    spots = [
        *(
            Spot("phase", phase, box, name, "")
            for band in layout.bands
            for phase, box in band.phases.items()
            for name in [next(a.phase_name for a in arrows if a.phase == phase)]
        ),
        *(
            Spot("handoff", column.arrow.code, column.box, column.arrow.name, column.arrow.sentence)
            for band in layout.bands
            for column in band.columns
        ),
    ]
    return Drawing(
        max(layout.width, key.width), key.height, "".join([*marks, key.marks]),
        [*layout.labels, *key.labels], spots,
    )  # fmt: skip


def as_svg(drawing: Drawing, title: str) -> str:
    """Return a drawing as one SVG, texts included, in the colours of paper.

    Args:
        drawing: The drawing.
        title: What it shows, for who does not see it.
    """
    spoken = "".join(
        f'<rect x="{px(spot.box.x)}" y="{px(spot.box.y)}" width="{px(spot.box.width)}" '
        f'height="{px(spot.box.height)}" fill="none" pointer-events="all">'
        f"<title>{escape(spot.sentence)}</title></rect>"
        for spot in drawing.spots
        if spot.sentence
    )
    texts = "".join(map(_text, drawing.labels))
    return on_paper(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{px(drawing.width)}" '
        f'height="{px(drawing.height)}" {_view_box(drawing)} role="img">'
        f"<title>{escape(title)}</title>{drawing.marks}{texts}{spoken}</svg>"
    )


def marks_svg(drawing: Drawing) -> str:
    """Return the marks alone as SVG; the texts are set over them."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {_view_box(drawing)}>{drawing.marks}</svg>'


def _view_box(drawing: Drawing) -> str:
    return f'viewBox="0 0 {px(drawing.width)} {px(drawing.height)}"'


def _arrow(line: HandoffLine, phase: str, words: Words) -> Arrow:
    senders, receivers = (
        tuple(text_of(line.handoff, f"{end}_organisation").split("|")) for end in ("from", "to")
    )
    moved = text_of(line.signal, "moved") if line.signal is not None else ""
    return Arrow(
        code=line.code,
        name=words.label(line.handoff),
        phase=line.phase,
        phase_name=phase,
        senders=senders,
        receivers=receivers,
        volume=None if line.is_withheld else line.volume,
        is_withheld=line.is_withheld,
        variation=line.variation,
        moved=moved if line.variation else "",
        is_backlog=line.is_backlog,
        is_unfit=not line.is_fit,
        sentence=sentence(line, words),
    )


def _text(label: Label) -> str:
    """Return a text as SVG; one that is read upwards is turned about the middle of its box."""
    x, y = label.box.middle
    leading = label.size * (1.0 if label.is_upright else LEADING)
    weight = ' font-weight="600"' if label.is_bold else ""
    anchor, at = _anchor(label)
    turned = f' transform="rotate(-90 {px(x)} {px(y)})"' if label.is_upright else ""
    start = y - leading * (len(label.lines) - 1) / 2 + label.size * 0.35
    if label.kind == "phase":
        start = label.box.y + label.size
    if label.kind == "name" and not label.is_upright:
        start = label.box.bottom - 4 - leading * (len(label.lines) - 1)
    lines = "".join(
        f'<tspan x="{px(at)}" y="{px(start + place * leading)}">{escape(line)}</tspan>'
        for place, line in enumerate(label.lines)
    )
    return (
        f'<text data-kind="{label.kind}" data-of="{escape(label.of)}" font-family="{FONT}" '
        f'font-size="{label.size}" fill="{INK}" text-anchor="{anchor}"{weight}{turned}>'
        f"{lines}</text>"
    )


def _anchor(label: Label) -> tuple[str, float]:
    x = label.box.middle[0]
    if label.is_upright:
        # Before it is turned, the box lies on its side around the same middle; it begins below.
        return "start", x - label.box.height / 2 + 3
    if label.kind in {"place", "key"}:
        return "start", label.box.x
    if label.kind == "phase":
        return "start", label.box.x + 4
    return "middle", x
