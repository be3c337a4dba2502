"""Dated marks on a chart: what was decided or noted, by number, with the words beneath.

Here: which period a day falls in, and how a mark is drawn. Not here: which marks a chart has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.charts.grammar import WORD, Spec, at, at_foot, field, haloed, layer, tooltip
from pipelines.charts.style import SOFT
from pipelines.periods import grain_of, period_of
from pipelines.wording import formats
from pipelines.wording.language import Words

# Above the field, where no figure can lie beneath a number, however narrow the screen.
_TOP = -14
ROOM = 22
"""Pixels that marks need above the field."""


@dataclass(frozen=True)
class Mark:
    """One dated mark.

    Attributes:
        number: Number by which the list beneath the chart names it.
        day: Day it is about.
        text: What it says, for the tooltip and the description.
    """

    number: int
    day: date
    text: str


def mark_of(number: int, day: date, kind: str, text: str, words: Words) -> Mark:
    """Return the mark of a decision or note.

    Args:
        number: Its number at the chart.
        day: The day it was taken on.
        kind: Code of its kind.
        text: What it says.
        words: The language.
    """
    said = f"{formats.day(day, words)}, {words.name('decisions.kind', kind)}: {text}"
    return Mark(number, day, said)


def mark_columns(
    marks: Sequence[Mark], periods: Sequence[str], period: str
) -> dict[str, str | bool]:
    """Return what the mark layer draws at one period.

    A mark after the last period stands at the last: the series does not reach further yet. One
    before the first period is not drawn.
    """
    here = [mark for mark in marks if _period_at(mark.day, periods) == period]
    return {
        "has_mark": bool(here),
        "mark_label": ", ".join(str(mark.number) for mark in here),
        "mark_text": " · ".join(mark.text for mark in here),
    }


def mark_layers(x: Spec, title: str) -> list[Spec]:
    """Return a dotted line, a diamond and the number at every period with a mark."""
    marked, top = "datum.has_mark", at(_TOP)
    dotted = {"color": SOFT, "strokeWidth": 1, "strokeDash": [1, 3]}
    diamond = {"shape": "diamond", "filled": True, "color": SOFT, "size": 90, "opacity": 1}
    style = {**WORD, "align": "left", "baseline": "middle", "dx": 8}
    return [
        layer("rule", dotted, marked, x=x, y=at(_TOP + 6), y2=at_foot()),
        layer("point", diamond, marked, x=x, y=top, tooltip=tooltip(mark_text=title)),
        *haloed(SOFT, style, marked, x=x, y=top, text=field("mark_label")),
    ]


def _period_at(day: date, periods: Sequence[str]) -> str | None:
    """The period of a list in which a day falls; the last one for a later day."""
    if not periods:
        return None
    code = period_of(day, grain_of(periods[-1]))
    return min(code, periods[-1]) if code >= periods[0] else None
