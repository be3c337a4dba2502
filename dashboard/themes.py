"""What is said of a theme: whether it emerges or fades, and how far its codes can be relied on.

Here: pure functions on published rows of `theme_series`, `theme_course` and `theme_agreement`.
Not here: reading rows (`queries`) and their look, beyond shape, colour and word of a badge.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.components import badge
from dashboard.components.markup import escape
from pipelines.wording import formats, signals
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, text_of

# Neither better nor worse: a theme that emerges says where to look, not who did badly.
_SHAPES = {"up": "up", "down": "down", "same": "level"}
_VERDICTS = {
    "reliable": ("disc", badge.BLUE),
    "not_reliable": ("diamond", badge.ORANGE),
    "undetermined": ("ring", badge.SLATE),
    "not_fit": ("crossed", badge.SLATE),
}


def course(verdict: Mapping[str, Any], signal: Row | None, words: Words) -> str:
    """Return whether a theme emerges or fades, as shape and word.

    It does when it stands on the list for discussion, the way the row it is spoken of by moved.
    What only its chart signals is no change the list knows of.

    Args:
        verdict: Its row of `theme_course`; empty where the file has none.
        signal: The row of `signal` it is spoken of by; its reason is shown on pointing.
        words: The reader's language.
    """
    basis, moved = text_of(verdict, "basis") or "none", text_of(verdict, "moved")
    if signal and basis != "not_fit":
        if signals.is_listed(signal):
            basis, moved = "signal_rules", text_of(signal, "moved")
        elif signals.is_drawn_only(signal):
            return f'<span class="km-soft">{escape(words.text("signal.drawn_only"))}</span>'
    key = f"theme.course.{basis}" + (f".{moved}" if moved else "")
    why = signals.reason(signal, words) if signal else ""
    shape = "crossed" if basis == "not_fit" else _SHAPES.get(moved, "ring")
    return badge.marked(shape, badge.SLATE, words.text(key), why)


def expectation(verdicts: pd.DataFrame, words: Words) -> str:
    """Return how many series move, and how many would if nothing had changed.

    Args:
        verdicts: The table `theme_course`.
        words: The reader's language.

    Returns:
        A sentence; empty where nothing was judged, or the publication is from before it said so.
    """
    judged = verdicts.dropna(subset=["by_chance"]) if "by_chance" in verdicts else verdicts.head(0)
    if judged.empty:
        return ""
    return words.text(
        "theme.expectation",
        n=len(judged),
        moved=int(judged["moved"].isin(["up", "down"]).sum()),
        chance=formats.number(float(judged["by_chance"].sum()), words, 1),
    )


def reliability(agreement: Mapping[str, Any], words: Words) -> str:
    """Return the verdict on the coding of a theme, as shape and word."""
    verdict = text_of(agreement, "verdict") or "undetermined"
    shape, colour = _VERDICTS[verdict]
    return badge.marked(shape, colour, words.text(f"theme.verdict.{verdict}"))


def alpha(agreement: Mapping[str, Any], words: Words) -> str:
    """Say alpha with its interval and base, and the norm it is held against."""
    if text_of(agreement, "verdict") == "not_fit":
        return words.text("theme.alpha.not_fit")
    value = agreement.get("alpha")
    if not formats.is_number(value):
        return words.text("theme.alpha.none")

    def number(name: str) -> str:
        cell = agreement.get(name)
        return formats.number(float(str(cell)), words, 2) if formats.is_number(cell) else "–"

    return words.text(
        "theme.alpha",
        alpha=number("alpha"),
        lower=number("lower"),
        upper=number("upper"),
        n=formats.number(float(agreement["n_units"]), words),
        minimum=formats.number(float(agreement["minimum_alpha"]), words, 3),
    )


def breaks(series: Mapping[str, Any], words: Words) -> dict[date, str]:
    """Return the days on which other themes began to count in a series, with a word for each."""
    days = [one for one in text_of(series, "breaks").split("|") if one]
    return {date.fromisoformat(day): words.text("theme.break") for day in days}


def span(series: Mapping[str, Any], words: Words) -> str:
    """Say from when to when a series can be found, where that is not always."""
    started, ended = series["started_on"], series["ended_on"]
    first = formats.day(pd.Timestamp(started).date(), words)
    if ended is None or pd.isna(ended):
        return words.text("theme.span.from", start=first)
    last = formats.day(pd.Timestamp(ended).date(), words)
    return words.text("theme.span.between", start=first, end=last)
