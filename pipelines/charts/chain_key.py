"""The key of a drawing of the chain: a sample and words of each mark that is drawn, and no other.

Here: its samples and texts, in lines as wide as the drawing.
Not here: the marks themselves (`chain_marks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.charts.chain_layout import Arrow, Box, Label, Layout
from pipelines.charts.chain_marks import THIN, arrow_line, head_mark, start_mark
from pipelines.charts.chain_volume import THICKNESSES, Classes
from pipelines.charts.lettering import width_of
from pipelines.charts.shapes import COLOURS, CROSSED, PILE, placed, px, signal_shape
from pipelines.charts.style import SLATE
from pipelines.wording import formats
from pipelines.wording.language import Words

_PLAIN = Arrow("", "", "", "", (), (), volume=0.0)
_KEY_SIZE, _KEY_LINE, _KEY_SAMPLE, _KEY_GAP = 12.0, 22.0, 30.0, 22.0


@dataclass(frozen=True)
class Key:
    """The key of a drawing: its size, its samples as SVG elements, and its texts."""

    width: float
    height: float
    marks: str
    labels: Sequence[Label]


def key_of(
    arrows: Sequence[Arrow], classes: Classes, words: Words, layout: Layout, width: float
) -> Key:
    """Return the key beneath the lanes: of what is drawn, and of nothing else."""
    x, y, right = 0.0, layout.height + 14.0, 0.0
    marks: list[str] = []
    labels: list[Label] = []
    for name, sample, text in _entries(arrows, classes, words):
        room = width_of(text, _KEY_SIZE) + 4
        if x and x + _KEY_SAMPLE + room > width:
            x, y = 0.0, y + _KEY_LINE
        middle = y + _KEY_LINE / 2
        marks.append(f'<g transform="translate({px(x)} {px(middle)})">{sample}</g>')
        box = Box(x + _KEY_SAMPLE, y, room, _KEY_LINE)
        labels.append(Label("key", name, box, (text,), _KEY_SIZE))
        right = max(right, box.right)
        x = box.right + _KEY_GAP
    return Key(right, y + _KEY_LINE + 2, f'<g data-key="">{"".join(marks)}</g>', labels)


def _entries(arrows: Sequence[Arrow], classes: Classes, words: Words) -> list[tuple[str, str, str]]:
    """Return name, sample and words of each entry of the key."""
    known = {classes.place(arrow.volume) for arrow in arrows if arrow.volume is not None}
    hidden = any(arrow.is_withheld for arrow in arrows)
    unknown = any(arrow.volume is None and not arrow.is_withheld for arrow in arrows)
    passes_on = any(set(arrow.senders) != set(arrow.receivers) for arrow in arrows)
    pile, crossed = (shape.format(c=SLATE) for shape in (PILE, CROSSED))
    way = (
        arrow_line("M4 -7V1", _PLAIN, 2.4)
        + start_mark(4, -7, _PLAIN, 2.4)
        + head_mark(4, 8, 1, _PLAIN, 2.4)
    )
    entries = [
        *([("way", f'<g transform="translate(10 0)">{way}</g>', "")] if passes_on else []),
        *(
            (f"volume_{place}", _dash(_PLAIN, THICKNESSES[place]),
             _volume_text(place, classes, words))
            for place in sorted(known)
        ),
        *([("withheld", _dash(replace(_PLAIN, is_withheld=True)), "")] if hidden else []),
        *([("unknown", _dash(replace(_PLAIN, volume=None)), "")] if unknown else []),
        *(
            (kind, placed(signal_shape(kind), 14, 0, 13), words.text(f"signal.variation.{kind}"))
            for kind in COLOURS
            if any(arrow.variation == kind for arrow in arrows)
        ),
        *([("backlog", placed(pile, 14, 0, 12), "")] if any(a.is_backlog for a in arrows) else []),
        *([("unfit", placed(crossed, 14, 0, 12), "")] if any(a.is_unfit for a in arrows) else []),
    ]  # fmt: skip
    return [(name, sample, text or words.text(f"chain.key.{name}"))
            for name, sample, text in entries]  # fmt: skip


def _dash(arrow: Arrow, thickness: float = THIN) -> str:
    return arrow_line("M2 0H24", arrow, thickness)


def _volume_text(place: int, classes: Classes, words: Words) -> str:
    edges = classes.edges
    if not edges or place == len(edges):
        least = formats.number(edges[-1] if edges else 0, words)
        return words.text("chain.key.volume_most", least=least)
    most = formats.number(edges[place] - 1, words)
    if place == 0:
        return words.text("chain.key.volume_least", most=most)
    least = formats.number(edges[place - 1], words)
    return words.text("chain.key.volume", least=least, most=most)
