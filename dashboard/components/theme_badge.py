"""A badge for a theme: whether it emerges or fades, and how far its coding can be relied on.

Here: shape and colour. Not here: what is said (`pipelines.wording.themes`).
"""

from collections.abc import Mapping
from typing import Any

from dashboard.components import badge
from dashboard.components.markup import escape
from pipelines.charts.style import BLUE, ORANGE, SLATE
from pipelines.wording import signals, themes
from pipelines.wording.language import Words
from pipelines.wording.rows import Row

# Neither better nor worse: a theme that emerges says where to look, not who did badly.
_SHAPES = {"up": "up", "down": "down", "same": "level"}
_VERDICTS = {
    "reliable": ("disc", BLUE),
    "not_reliable": ("diamond", ORANGE),
    "undetermined": ("ring", SLATE),
    "not_fit": ("crossed", SLATE),
}


def course(verdict: Mapping[str, Any], signal: Row | None, words: Words) -> str:
    """Return whether a theme emerges or fades, as shape and word; the reason on pointing.

    Args:
        verdict: Its row of `theme_course`; empty where the file has none.
        signal: The row of `signal` it is spoken of by.
        words: The reader's language.
    """
    found = themes.course(verdict, signal)
    if found.basis == themes.DRAWN_ONLY:
        return f'<span class="km-soft">{escape(found.said(words))}</span>'
    why = signals.reason(signal, words) if signal else ""
    shape = "crossed" if found.basis == themes.NOT_FIT else _SHAPES.get(found.moved, "ring")
    return badge.marked(shape, SLATE, found.said(words), why)


def reliability(agreement: Mapping[str, Any], words: Words) -> str:
    """Return the verdict on the coding of a theme, as shape and word."""
    verdict = themes.verdict_of(agreement)
    shape, colour = _VERDICTS[verdict]
    return badge.marked(shape, colour, words.text(f"theme.verdict.{verdict}"))
