"""The period picker: length of the periods, and how far back.

Here: which periods are shown. Not here: the figures of those periods.
"""

from dataclasses import dataclass

from dashboard.components.choice import KEPT, choose
from pipelines.as_shown import AS_SHOWN
from pipelines.charts.published import RECENT
from pipelines.wording.figures import Figure
from pipelines.wording.language import Words

# How they are called in an address.
GRAIN, RANGE = KEPT
# In this order, whichever of them an audience's file holds.
OFFERED_GRAINS = ("quarter", "month", "year", "rolling_12m", AS_SHOWN)


@dataclass(frozen=True)
class Periods:
    """Chosen periods: their length, and the number of newest ones to show (None: all)."""

    grain: str
    newest: int | None

    def cut(self, series: list[Figure]) -> list[Figure]:
        """Return the newest of a series in order of period."""
        return series if self.newest is None else series[-self.newest :]


def grains_in(published: set[str]) -> list[str]:
    """Return the period lengths that were published, in their fixed order."""
    return [grain for grain in OFFERED_GRAINS if grain in published]


def choose_grain(published: set[str], words: Words) -> str:
    """Let the reader choose the length of the periods; at least one must be published.

    Where no quarter is told, the finest of each year comes first: the newest figure, of a half-year
    as in the tiles, is in no series of years.
    """
    return choose(
        GRAIN,
        words.text("periods.grain"),
        grains_in(published),
        lambda grain: words.text(f"grain.{grain}"),
        default=None if "quarter" in published else AS_SHOWN,
    )


def choose_range(grain: str, words: Words) -> Periods:
    """Let the reader choose how far back to look."""
    recent = RECENT[grain]
    chosen = choose(
        RANGE,
        words.text("periods.range"),
        ["recent", "all"],
        lambda choice: words.text(f"range.{choice}", n=recent),
    )
    return Periods(grain, None if chosen == "all" else recent)
