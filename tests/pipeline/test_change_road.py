"""Change explained by the real command: publish, get a late file and a correction, publish again.

The chain is that of the public incident log, with a log of its own: two months, some 100 cases.
"""

import gzip
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from tests.made_once import made_once
from tests.publication.change_builds import events

pytestmark = pytest.mark.slow

CHAIN = Path(__file__).parents[1] / "chains" / "bpi2013"
REFERENCE_DATE = "2026-03-31"
# A home may have in its path what SQL and Jinja read as their own.
ODD = "o'd {{ x }} \" -- é"
PARTS = "part_definition + part_late + part_correction + part_merge + part_period"


def deliver(inbox: Path, peildatum: str, version: int, log: pd.DataFrame) -> None:
    """Write a delivery as the supplier would."""
    status = log["activity"].str.split("/", n=1, expand=True)
    rows = pd.DataFrame(
        {
            "case:concept:name": "1-7" + log["case"].str[-8:],
            "concept:name": status[0],
            "lifecycle:transition": status[1],
            "time:timestamp": log["moment"].dt.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "org:group": "G97",
            "org:role": "A2_1",
            "organization involved": "Org line A2",
            "organization country": "se",
            "impact": "Medium",
            "product": "PROD582",
        }
    )
    name = f"volvo_it_incidents_{peildatum}_v{version}.csv.gz"
    with gzip.open(inbox / name, "wt", encoding="utf-8", newline="") as target:
        rows.to_csv(target, index=False)


def command(*arguments: str, home: Path) -> Result:
    return CliRunner().invoke(
        app,
        [*arguments, "--chain", str(CHAIN)],
        env={"KWALITEITSMONITOR_HOME": str(home), "COLUMNS": "1000"},
    )


def first_three_months() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Events of January and February, and those of March."""
    log = events(np.random.default_rng(2), 100)
    log = log[log["moment"] < "2026-04-01"]
    is_march = log["moment"].dt.month == 3
    return log[~is_march], log[is_march]


def published_home(factory: pytest.TempPathFactory) -> Path:
    """A home in which March was delivered, built and published; to be copied."""

    def make(folder: Path) -> None:
        home = folder / ODD
        (home / "inbox").mkdir(parents=True)
        deliver(home / "inbox", REFERENCE_DATE, 1, first_three_months()[1])
        told = command("run", "--reference-date", REFERENCE_DATE, home=home)
        assert told.exit_code == 0, told.output

    return made_once(factory, "small", make) / ODD


@dataclass(frozen=True)
class Road:
    """Two publications of one chain; the second has a late file and a correction."""

    settings: Settings

    def rows(self, sql: str, audience: str = "researcher") -> list[tuple[Any, ...]]:
        return run_query(self.settings, audience, sql)[1]


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    home = tmp_path_factory.mktemp("change_road") / ODD
    shutil.copytree(published_home(tmp_path_factory), home)
    before, march = first_three_months()
    deliver(home / "inbox", "2026-02-28", 1, before)
    days_earlier = (np.random.default_rng(3).random(len(march)) < 0.3).astype(int)
    moved = march.assign(moment=march["moment"] - pd.to_timedelta(days_earlier, unit="D"))
    deliver(home / "inbox", REFERENCE_DATE, 2, moved)
    second = command("run", "--reference-date", REFERENCE_DATE, home=home)
    assert second.exit_code == 0, second.output
    yield Road(replace(Settings(), home=home, chain=CHAIN))


@pytest.mark.parametrize(
    ("audience", "late", "corrected"),
    [
        ("researcher", "volvo_it_incidents_2026-02-28_v1", "volvo_it_incidents_2026-03-31_v2"),
        # Whose deliveries they were, and not which.
        ("platform", "volvo", "volvo"),
    ],
)
def test_the_second_publication_explains_itself(road, audience, late, corrected):
    [(state, previous)] = road.rows(
        "select state, previous_publication_id from change_basis", audience
    )
    assert state == "explained"
    assert (road.settings.published_dir / audience / f"{previous}.duckdb").exists()
    factors = road.rows(
        "select factor, items from change_factor where is_changed order by position", audience
    )
    assert factors == [("late", late), ("correction", corrected)]


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_parts_add_up_to_the_difference_of_the_two_files(road, audience):
    """The two published files side by side, apart from what the second says of itself."""
    [(previous,)] = road.rows("select previous_publication_id from change_basis", audience)
    keys = ["indicator", "statistic", "view", "clock", "side", "unit", "period_grain", "period"]
    keys += ["dimension", "member"]
    query = "select * from result where status = 'ok'"
    folder = road.settings.published_dir / audience
    before = _figures(folder / f"{previous}.duckdb", query, keys)
    now = _figures(folder / (folder / "CURRENT").read_text("utf-8").strip(), query, keys)
    rows = road.rows(
        f"select {', '.join(keys)}, old_value, new_value, {PARTS}, coalesce(part_joint, 0) "
        f"from change where kind = 'number' and part_joint is null",
        audience,
    )
    assert rows
    for *key, old, new, parts, joint in rows:
        assert old + parts + joint == new
        assert float(old) == pytest.approx(before[tuple(key)], abs=1e-9)
        assert float(new) == pytest.approx(now[tuple(key)], abs=1e-9)
    told = {tuple(row[: len(keys)]) for row in rows}
    joint = {tuple(row) for row in road.rows(
        f"select {', '.join(keys)} from change where part_joint is not null", audience
    )}  # fmt: skip
    differ = {cell for cell in before.keys() & now.keys() if abs(before[cell] - now[cell]) > 1e-8}
    assert differ == told | joint


def test_each_factor_explains_something_and_the_others_nothing(road):
    [sums] = road.rows(
        "select sum(abs(part_definition)), sum(abs(part_late)), sum(abs(part_correction)), "
        "sum(abs(part_merge)), sum(abs(part_period)) from change"
    )
    definition, late, correction, merge, period = sums
    assert definition == merge == period == Decimal(0)
    assert late > 0
    assert correction > 0


def test_nothing_is_left_of_the_build_in_between(road):
    assert not (road.settings.home / "scratch").exists()


def test_the_content_hash_does_not_depend_on_what_was_published_before(road):
    """Change tables tell how two publications relate; they are no part of what one holds."""
    hashed = {name for (name,) in road.rows("select table_name from table_hash")}
    assert "result" in hashed
    assert not {"change", "change_factor", "change_basis"} & hashed


def test_the_advisory_file_tells_no_changes(road):
    assert not [row for row in road.rows("show tables", "advisory") if "change" in row[0]]


def _figures(path: Path, query: str, keys: list[str]) -> dict[tuple[Any, ...], float]:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).df().set_index(keys)["value"].to_dict()
