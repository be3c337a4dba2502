"""What is said of a theme: whether it emerges or fades, and how far its codes can be relied on.

Here: pure functions on published rows of `theme_series`, `signal` and `theme_agreement`.
Not here: reading rows (`queries`) and their look, beyond shape, colour and word of a badge.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from dashboard import formats, signals
from dashboard.components import badge
from dashboard.figures import OK, Figure, movement
from dashboard.language import Words
from dashboard.rows import Row, text_of

# Neither better nor worse: a theme that emerges says where to look, not who did badly.
_COURSES = {
    "up": ("up", badge.SLATE, "theme.course.up"),
    "down": ("down", badge.SLATE, "theme.course.down"),
}
_YEARS = {"higher": "up", "lower": "down", "same": "level"}
_VERDICTS = {
    "reliable": ("disc", badge.BLUE),
    "not_reliable": ("diamond", badge.ORANGE),
    "undetermined": ("ring", badge.SLATE),
}


def course(signal: Row | None, years: Sequence[Figure], words: Words) -> str:
    """Return whether a theme emerges or fades, as shape and word.

    Args:
        signal: What the signal rules say of its quarters; None where the file has no signals.
        years: Its yearly figures. Where its quarters have no limits, too many being withheld, the
            last full year is set against the one before.
        words: The reader's language.
    """
    if not signal or signal.get("chart") == "none":
        why = signals.reason(signal, words) if signal else ""
        moved = movement([one for one in years if one.status == OK], "neutral").kind
        if moved not in _YEARS:
            return badge.marked("ring", badge.SLATE, words.text("theme.course.none"), why)
        return badge.marked(
            _YEARS[moved], badge.SLATE, words.text(f"theme.course.year.{moved}"), why
        )
    shape, colour, text = _COURSES.get(
        text_of(signal, "moved"), ("level", badge.SLATE, "theme.course.same")
    )
    return badge.marked(shape, colour, words.text(text), signals.reason(signal, words))


def reliability(agreement: Mapping[str, Any], words: Words) -> str:
    """Return the verdict on the coding of a theme, as shape and word."""
    verdict = text_of(agreement, "verdict") or "undetermined"
    shape, colour = _VERDICTS[verdict]
    return badge.marked(shape, colour, words.text(f"theme.verdict.{verdict}"))


def alpha(agreement: Mapping[str, Any], words: Words) -> str:
    """Say alpha with its interval and base, and the norm it is held against."""
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
