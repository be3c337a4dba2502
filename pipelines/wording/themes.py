"""What is said of a theme: whether it emerges or fades, and how far its codes can be relied on.

Here: pure functions on published rows of `theme_series`, `theme_course` and `theme_agreement`.
Not here: reading rows, and how they look (`dashboard.components.theme_badge`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from pipelines.wording import formats, signals
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, text_of

DRAWN_ONLY, NOT_FIT = "drawn_only", "not_fit"


@dataclass(frozen=True)
class Course:
    """Whether a theme emerges or fades.

    Attributes:
        basis: On what that rests: `signal_rules`, `years`, `not_fit`, `none`, or `drawn_only` for
            what its chart signals and the list does not know of.
        moved: `up`, `down`, `same`; empty where nothing can be said.
    """

    basis: str
    moved: str = ""

    def said(self, words: Words) -> str:
        """Return it in words."""
        if self.basis == DRAWN_ONLY:
            return words.text("signal.drawn_only")
        return words.text(f"theme.course.{self.basis}" + (f".{self.moved}" if self.moved else ""))


def course(verdict: Mapping[str, Any], signal: Row | None) -> Course:
    """Return whether a theme emerges or fades.

    It does when it stands on the list for discussion, the way the row it is spoken of by moved.
    What only its chart signals is no change the list knows of.

    Args:
        verdict: Its row of `theme_course`; empty where the file has none.
        signal: The row of `signal` it is spoken of by.
    """
    own = Course(text_of(verdict, "basis") or "none", text_of(verdict, "moved"))
    if signal is None or own.basis == NOT_FIT:
        return own
    if signals.is_listed(signal):
        return Course("signal_rules", text_of(signal, "moved"))
    return Course(DRAWN_ONLY) if signals.is_drawn_only(signal) else own


def verdict_of(agreement: Mapping[str, Any]) -> str:
    """Return the code of the verdict on the coding of a theme."""
    return text_of(agreement, "verdict") or "undetermined"


def expectation(verdicts: pd.DataFrame, words: Words) -> str:
    """Return how many series move, and how many would if nothing had changed.

    Args:
        verdicts: The table `theme_course`.
        words: The reader's language.

    Returns:
        A sentence; empty where nothing was judged.
    """
    judged = verdicts.dropna(subset=["by_chance"])
    if judged.empty:
        return ""
    return words.text(
        "theme.expectation",
        n=len(judged),
        moved=int(judged["moved"].isin(["up", "down"]).sum()),
        chance=formats.number(float(judged["by_chance"].sum()), words, 1),
    )


def coding_norm(agreement: Mapping[str, Any], words: Words) -> str:
    """Say the least alpha the verdict on the coding is held against, or why there is no verdict."""
    verdict = verdict_of(agreement)
    if verdict in {NOT_FIT, "undetermined"}:
        return words.text(f"theme.alpha.{verdict}")
    minimum = formats.number(float(agreement["minimum_alpha"]), words, 3)
    return words.text("theme.alpha", minimum=minimum)


def breaks(series: Mapping[str, Any], words: Words) -> dict[date, str]:
    """Return the days on which other themes began to count in a series, with a word for each."""
    days = filter(None, text_of(series, "breaks").split("|"))
    return {date.fromisoformat(day): words.text("theme.break") for day in days}


def span(series: Mapping[str, Any], words: Words) -> str:
    """Say from when to when a series can be found, where that is not always."""
    started, ended = series["started_on"], series["ended_on"]
    first = formats.day(pd.Timestamp(started).date(), words)
    if ended is None or pd.isna(ended):
        return words.text("theme.span.from", start=first)
    last = formats.day(pd.Timestamp(ended).date(), words)
    return words.text("theme.span.between", start=first, end=last)
