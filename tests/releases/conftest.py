"""A build small enough to read, and the desks of three roles over a folder of releases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import pytest

from pipelines.publication.figures import Figures
from pipelines.releases.build import Build
from pipelines.releases.desk import Desk
from pipelines.releases.shelf import Release, find, shelf
from pipelines.settings import Settings
from tests.releases.audited_once import examined_once

ANALYST, METHODOLOGIST, HEAD = "analist", "methodoloog", "hoofd kenniscentrum"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)

# One count and one share of it, quarter by quarter.
FIGURES = """
2026-Q1  40  30
2026-Q2  50  35
2026-Q3  45  30
"""


def figures(quarters: str, **changes: object) -> pd.DataFrame:
    """Rows of the long contract: how many came, and of how many a judgment was in time.

    Args:
        quarters: Lines `quarter number in_time`, a dash for a withheld figure.
        changes: Columns with another value on every row.
    """
    rows = []
    for quarter, *numbers in map(str.split, quarters.strip().splitlines()):
        count, in_time = (np.nan if number == "-" else float(number) for number in numbers)
        own = {"period": quarter, "status": "suppressed" if np.isnan(count) else "ok"}
        rows.append({**own, "indicator": "inflow", "statistic": "count", "view": "completed",
                     "unit": "persons", "numerator": np.nan, "denominator": np.nan,
                     "value": count})  # fmt: skip
        rows.append({**own, "indicator": "in_time_share", "statistic": "share", "view": "cohort",
                     "unit": "share", "numerator": in_time, "denominator": count,
                     "value": in_time / count})  # fmt: skip
    same = {"version": "1", "clock": "gross", "side": "sender", "period_grain": "quarter",
            "dimension": "national", "member": "national", "lower": np.nan, "upper": np.nan,
            "provisional_lower": np.nan, "provisional_upper": np.nan, "n_at_risk": np.nan,
            "reference_date": "2026-10-31",
            "known_at": pd.Timestamp("2026-11-20 12:00", tz="UTC")}  # fmt: skip
    return pd.DataFrame(rows).assign(**(same | changes))


INDICATORS = pd.DataFrame(
    [
        {"indicator": "inflow", "kind": "flow", "unit": "persons", "label_nl": "Instroom",
         "horizon": np.nan},
        {"indicator": "in_time_share", "kind": "share", "unit": "share",
         "label_nl": "Oordeel op tijd", "horizon": np.nan},
    ]
).assign(version="1", valid_from=date(2026, 1, 1), followed_until=date(2026, 10, 31),
         numerator_nl="Oordelen binnen de norm", denominator_nl="Alle oordelen")  # fmt: skip
ORGANISATIONS = pd.DataFrame(
    [("om", "Openbaar Ministerie", "Prosecution"), ("nctv", "NCTV", "NCTV")],
    columns=["organisation", "label_nl", "label_en"],
)
BREAKS = pd.DataFrame(
    [("r1", date(2026, 4, 1), None, "inflow", "")],
    columns=["record_key", "day", "handoff_id", "indicator", "note"],
)


def a_build(
    folder: Path,
    quarters: str = FIGURES,
    *,
    reference_date: date = date(2026, 10, 31),
    **changes: object,
) -> Build:
    """A build that shows some quarters."""
    shown = figures(quarters, **changes)
    path = folder / f"candidate_{len(list(folder.iterdir()))}.duckdb"
    publication = pd.DataFrame(
        [{"publication_id": path.stem, "audience": "advisory", "chain_label_nl": "Keten",
          "reference_date": reference_date, "content_hash": "", "is_synthetic": True,
          "previous_publication_id": "", "threshold": 10,
          "rounding_base": 5}]
    )  # fmt: skip
    tables = {"publication": publication, "result": shown, "indicator": INDICATORS,
              "organisation": ORGANISATIONS}  # fmt: skip
    with duckdb.connect(str(path)) as connection:
        for name, frame in tables.items():
            connection.register("frame", frame)
            connection.execute(f"create table {name} as from frame")
            connection.unregister("frame")
    return Build(
        candidate=path,
        publication_id=path.stem,
        reference_date=reference_date,
        timezone=ZoneInfo("Europe/Amsterdam"),
        protected=lambda _before, _revises: Figures(shown),
        indicators=INDICATORS.assign(followed_until=reference_date),
        organisations=ORGANISATIONS,
        growing_since={},
        judged_after={},
        rests_on={"inflow": frozenset({"om"}), "in_time_share": frozenset({"om", "nctv"})},
        breaks=BREAKS,
    )


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Build]:
    return partial(a_build, tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), home=tmp_path / "home")


class Days:
    """The desk of a role on a day; each call is a minute later than the one before."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.minutes = settings, 0

    def desk(self, by: str, day: datetime = MONDAY) -> Desk:
        self.minutes += 1
        return Desk(self.settings, by, now=day + timedelta(minutes=self.minutes))

    def release(self, release_id: str) -> Release:
        return find(shelf(self.settings), release_id)

    def published(self, build: Build, day: datetime = MONDAY, **choices: object) -> Release:
        """A release of a build, drafted, submitted, approved and published."""
        made = self.desk(ANALYST, day).draft(build, **choices)  # type: ignore[arg-type]
        self.desk(ANALYST, day).submit(made.id)
        self.desk(METHODOLOGIST, day).approve(made.id)
        return self.desk(METHODOLOGIST, day).publish(made.id)


@pytest.fixture
def days(settings: Settings) -> Days:
    return Days(settings)


@pytest.fixture(autouse=True)
def _audited_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.releases.audited.examine", examined_once)
