"""Every hand-off in a line: newest figure, how many, what waits, signal, and fitness of the data.

Here: from published rows to lines in the order of the chain, for page, drawing and pack alike.
Not here: reading those rows, how a line looks, and any rule: signals and fitness are as published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from pipelines.wording import formats, signals
from pipelines.wording.courses import (
    PERIODS_PER_YEAR,
    figures_by,
    newest_course,
    series_by_indicator,
)
from pipelines.wording.figures import (
    OK,
    Figure,
    Movement,
    latest,
    movement,
    newest,
    with_interval,
)
from pipelines.wording.followed import followed_end
from pipelines.wording.language import Words
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, records, text_of

QUARTERS = 4
# What a line is made of; every other statistic may be left out of the rows.
STATISTICS = ("median", "share_within_norm", "open")
_SUPPRESSED = "suppressed"
# What a signal may mean; a course as usual means nothing.
_SPEAKING = frozenset({"improvement", "concern", "neutral"})


@dataclass(frozen=True)
class HandoffLine:
    """A hand-off with what is newest of it.

    Attributes:
        handoff: Its row of `handoff`.
        indicator: The register entry of its lead time; empty where it has none.
        grain: Length of the periods of its figures.
        course: Its median per period, in order.
        within_norm: Newest share within the norm.
        waiting: Newest number open at the end of a quarter.
        moved: The newest median against a year earlier.
        signal: The row of `signal` its indicator is spoken of by.
        quality: Its row of `quality`; empty where nothing is known.
        followed_until: Last day it is followed, where a late delivery ends it.
    """

    handoff: Row
    indicator: Row
    grain: str
    course: Sequence[Figure]
    within_norm: Figure | None
    waiting: Figure | None
    moved: Movement
    signal: Row | None
    quality: Row
    followed_until: date | None

    @property
    def code(self) -> str:
        """Id of the hand-off."""
        return str(self.handoff["handoff_id"])

    @property
    def phase(self) -> str:
        """The phase of the chain it belongs to."""
        return str(self.handoff["phase"])

    @property
    def badge(self) -> str | None:
        """Fitness of its data: `good`, `caution`, `not_fit`; None where it is not known."""
        return text_of(self.quality, "badge") or None

    @property
    def is_fit(self) -> bool:
        """Whether its data may be shown as a number at all."""
        return self.badge != "not_fit"

    @property
    def newest(self) -> Figure | None:
        """The newest median, else the newest period without one."""
        return newest(self.course)

    @property
    def is_withheld(self) -> bool:
        """Whether there is a number of cases that may not be told."""
        return self.newest is not None and self.newest.status == _SUPPRESSED

    @property
    def volume(self) -> float | None:
        """Cases handed on in a quarter, or on average in a quarter of a longer period."""
        if self.newest is None or self.newest.denominator is None:
            return None
        return self.newest.denominator * PERIODS_PER_YEAR[self.grain] / QUARTERS

    @property
    def variation(self) -> str:
        """What is up for discussion of it: `improvement`, `concern`, `neutral`; else empty."""
        if self.signal is None or not signals.is_listed(self.signal):
            return ""
        kind = text_of(self.signal, "variation")
        return kind if kind in _SPEAKING else ""

    @property
    def is_backlog(self) -> bool:
        """Whether more is open than begins in a quarter."""
        if self.waiting is None or self.waiting.value is None or self.volume is None:
            return False
        return self.waiting.value > self.volume


def handoff_lines(
    *,
    handoffs: pd.DataFrame,
    indicators: pd.DataFrame,
    results: pd.DataFrame,
    found: pd.DataFrame,
    qualities: pd.DataFrame,
) -> list[HandoffLine]:
    """Return a line for every hand-off, in the order given.

    Args:
        handoffs: Rows of `handoff` in the order of the chain.
        indicators: Rows of `indicator`, one of each.
        results: National figures in the long contract, in the units they are shown in: at least
            `STATISTICS` by every length of `PERIODS_PER_YEAR`.
        found: Rows of `signal`; none where the audience has no signals.
        qualities: Rows of `quality`.
    """
    lead_times = {
        str(row["handoff_id"]): row
        for row in reversed(records(indicators[indicators["kind"] == "lead_time"]))
    }
    badges = {str(row["indicator"]): row for row in reversed(records(qualities))}
    series = series_by_indicator(results)
    lines = []
    for handoff in records(handoffs):
        indicator = lead_times.get(str(handoff["handoff_id"]), {})
        identifier = text_of(indicator, "indicator")
        own, side = series.get(identifier, {}), text_of(handoff, "clock_side")
        grain, course = newest_course(own, "median", side=side)
        shares = figures_by(own, "share_within_norm", "cohort", grain, side)
        lines.append(
            HandoffLine(
                handoff,
                indicator,
                grain,
                course,
                newest(shares),
                latest(figures_by(own, "open", "open", "quarter", side)),
                movement(course, text_of(indicator, "direction")),
                signals.spoken_of(found, identifier, "quarter"),
                badges.get(identifier, {}),
                followed_end(indicator),
            )
        )
    return lines


def sentence(line: HandoffLine, words: Words) -> str:
    """Say in words what a line holds: who hands on to whom, figure, cases, signal, fitness."""
    between = [words.label(line.handoff, f"{end}_label") for end in ("from", "to")]
    key = "within" if between[0] == between[1] else "between"
    said = [
        words.text(
            f"handoff_line.{key}",
            code=line.code,
            name=words.label(line.handoff),
            sender=between[0],
            receiver=between[1],
        ),
        _figure_sentence(line, words),
    ]
    if line.variation and line.signal is not None:
        kind = words.text(f"signal.variation.{line.variation}")
        said.append(f"{formats.sentence(kind)}: {signals.reason(line.signal, words)}")
    said.append(backlog(line, words))
    if line.badge is not None:
        fitness = words.text(f"quality.{line.badge}")
        said.append(words.text("handoff_line.fitness", fitness=fitness))
    if not line.is_fit:
        said.append(quality_sentence(line.quality, words))
    return " ".join(filter(None, said))


def backlog(line: HandoffLine, words: Words) -> str:
    """Say how many wait where more is open than begins in a quarter; empty where not."""
    if not line.is_backlog or line.waiting is None or line.waiting.value is None:
        return ""
    n = formats.number(line.waiting.value, words)
    period = formats.period(line.waiting.period, words)
    return words.text("handoff_line.backlog", n=n, period=period)


def _figure_sentence(line: HandoffLine, words: Words) -> str:
    """Say the newest median with its period and cases, or why there is none."""
    newest = line.newest
    if not line.is_fit:
        return ""
    if newest is None:
        return formats.sentence(words.text("figure.none")) + "."
    period = formats.period(newest.period, words)
    figure = with_interval(newest, words)
    if newest.status != OK:
        return words.text("handoff_line.no_figure", period=period, status=figure)
    n = "" if newest.denominator is None else formats.number(newest.denominator, words)
    key = "handoff_line.figure" if n else "handoff_line.figure_alone"
    return words.text(key, period=period, figure=figure, n=n)
