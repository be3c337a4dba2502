"""A shelf of releases of the tiny advisory file, as roles put them there.

Here: what tests of pages and walks in a browser share. Not here: the fixtures (`conftest`), and
what a release is (`tests.releases`).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from pipelines.publication.figures import Figures
from pipelines.publication.publish import promote
from pipelines.releases.build import Build
from pipelines.releases.content import read_tables
from pipelines.releases.desk import Desk
from pipelines.releases.shelf import Comment, Release
from pipelines.settings import Settings
from tests.dashboard.published_fixture import write_tiny

AUTUMN, SPRING = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2027, 3, 1, 9, tzinfo=UTC)
INDICATOR = "triage_lead_time"


class Shelf:
    """A home in which roles draft, approve and publish releases of the tiny advisory file."""

    def __init__(self, home: Path) -> None:
        self.settings = replace(Settings(), home=home)
        self.candidate = write_tiny(home / "published" / "advisory", "advisory")
        self.folder = self.settings.releases_dir
        self.tables = read_tables(self.candidate)

    def correct(self, period: str, value: float, denominator: int) -> None:
        """Let the next build say otherwise of how long triage took in a period."""
        result = self.tables["result"]
        figure = {
            "indicator": INDICATOR, "statistic": "median", "view": "cohort", "period": period,
        }  # fmt: skip
        is_told = (result[list(figure)] == pd.Series(figure)).all(axis=1)
        assert is_told.sum() == 1
        corrected = result.copy()
        corrected.loc[is_told, ["value", "denominator"]] = value, denominator
        self.tables = {**self.tables, "result": corrected}

    def publish(self, at: datetime, *, comment: Comment | None = None, **choices: str) -> Release:
        """Draft, comment, submit, approve and publish, a minute apart."""
        clock = (at + timedelta(minutes=minute) for minute in range(9))
        made = self._desk("analist", clock).draft(self._build(), **choices)  # type: ignore[arg-type]
        if comment:
            self._desk("analist", clock).comment(made.id, comment)
        self._desk("analist", clock).submit(made.id)
        self._desk("methodoloog", clock).approve(made.id)
        return self._desk("methodoloog", clock).publish(made.id)

    def draft(self, at: datetime) -> Release:
        """Draft one that nobody has approved."""
        return self._desk("analist", iter([at])).draft(self._build())

    def build_again(self, times: int) -> None:
        """Publish later builds, until the file that was released is kept no longer."""
        for number in range(times):
            name = f"later_{number}"
            write_tiny(self.candidate.parent, "advisory", name)
            promote(self.settings, "advisory", name)

    def withdraw(self, release: Release, reason: str) -> None:
        """Withdraw it, the day after spring's."""
        self._desk("methodoloog", iter([SPRING + timedelta(days=1)])).withdraw(release.id, reason)

    def _desk(self, by: str, clock: Iterator[datetime]) -> Desk:
        return Desk(self.settings, by, now=next(clock))

    def _build(self) -> Build:
        shown = self.tables["result"]
        return Build(
            candidate=self.candidate,
            publication_id="tiny",
            reference_date=date(2026, 10, 31),
            timezone=ZoneInfo("Europe/Amsterdam"),
            protected=lambda _before, _revises: Figures(shown),
            indicators=self.tables["indicator"],
            organisations=self.tables["organisation"],
            growing_since={},
            judged_after={},
            rests_on={},
            breaks=pd.DataFrame(columns=["record_key", "day", "handoff_id", "indicator", "note"]),
        )
