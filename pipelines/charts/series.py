"""What one series chart shows.

Here: the series, and its way of counting.
Not here: how it is drawn (`drawing`) and said (`words`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipelines.charts.limit_layers import Limits
from pipelines.charts.mark_layers import Mark
from pipelines.periods import place_in_period
from pipelines.wording import formats
from pipelines.wording.figures import Figure
from pipelines.wording.language import Words


@dataclass(frozen=True)
class Series:
    """What one chart shows.

    Attributes:
        key: Unique on the page; name of the download.
        title: What is measured, such as `Mediaan, cohort`.
        figures: Figures in order of period.
        norms: Norm value per period; a period without norm is absent.
        limits: Limits per period, where the series has them.
        verdict: What the limits say of the newest figure, in words.
        breaks: Periods at whose beginning what is counted changed, with the word at each line.
        marks: Decisions and notes, by day.
        rounded: That its figures were rounded before they were published; empty where not.
        followed_until: Last day of which the deliveries tell, where the reference date is later.
    """

    key: str
    title: str
    figures: Sequence[Figure]
    norms: Mapping[str, float] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)
    verdict: str = ""
    breaks: Mapping[str, str] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    followed_until: date | None = None
    rounded: str = ""

    @property
    def can_change(self) -> bool:
        """Whether one of the figures can still change."""
        return any(figure.can_change for figure in self.figures)

    @property
    def unit(self) -> str:
        """Unit of all figures."""
        return self.figures[0].unit if self.figures else ""


def followed_place(series: Series) -> tuple[str, float]:
    """Period in which the deliveries end, and how much of it was over; no period where none is."""
    if series.followed_until is None:
        return "", 0.0
    for figure in series.figures:
        place = place_in_period(series.followed_until, figure.period)
        if place is not None:
            return figure.period, place
    return "", 0.0


def followed_word(series: Series, words: Words) -> str:
    """Say until when the deliveries tell; empty where they go on to the end."""
    day = series.followed_until
    return "" if day is None else words.text("followed.chart", day=formats.day(day, words))


def count_text(value: float | None, words: Words) -> str:
    """Write a number of cases; empty where there is none."""
    return "" if value is None else formats.number(value, words)
