"""From the previous file to the coming one: what is read, built, kept, and said about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.build import BuildDates, BuildError
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.writer import LandingWriter
from pipelines.publication.changes import scratch
from pipelines.publication.changes.basis import current_inputs, published_inputs
from pipelines.publication.changes.between import Between, State, lay_out, store
from pipelines.publication.changes.factors import BuildInputs
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from tests.publication.conftest import DATES, publish

LATER = BuildDates("2026-10-31", datetime(2026, 12, 20, tzinfo=UTC))
NEXT_MONTH = BuildDates("2026-11-30", datetime(2026, 12, 20, tzinfo=UTC))


def land(settings: Settings, day: date, version: int, known_at: datetime, sha256: str) -> None:
    """A landed delivery of the table `om_intake`, without rows."""
    note = Landed(
        organisation="om",
        table="intake",
        reference_date=day,
        version=version,
        file_name=f"om_intake_{day}_v{version}.csv",
        sha256=sha256,
        content_sha256=sha256,
        contract_version="1.0.0",
        received_at=known_at,
        known_at=known_at,
        rows=0,
        rows_quarantined=0,
    )
    with LandingWriter(settings) as writer:
        writer.write(pa.table({"_row": pa.array([], pa.int64())}))
        writer.commit(note)


@pytest.fixture
def landed(settings: Settings) -> Settings:
    """The delivery the hand-written warehouse says it used."""
    land(settings, date(2026, 10, 31), 1, DATES.known_at, "abc")
    return settings


def never(_: BuildInputs) -> pd.DataFrame:
    raise AssertionError("nothing needs to be built")


def only(laid: tuple[list[Between], Any]) -> Between:
    [between] = laid[0]
    return between


def test_a_publication_can_be_asked_what_it_was_made_from(warehouse, landed):
    path = publish(warehouse, landed).path
    assert published_inputs(landed, path) == current_inputs(landed, DATES)


def test_after_one_late_delivery_nothing_is_built(warehouse, landed):
    path = publish(warehouse, landed).path
    land(landed, date(2026, 9, 30), 1, LATER.known_at, "late")
    between = only(lay_out(landed, current_inputs(landed, LATER), {"platform": path}, never))
    assert between.state is State.explained
    assert between.figures == ("previous", "today", "today", "today", "today")
    assert between.steps[1].items == ("om_intake_2026-09-30_v1",)


def test_two_audiences_with_the_same_inputs_share_a_build(warehouse, landed):
    paths = {name: publish(warehouse, landed, name).path for name in ("researcher", "platform")}
    land(landed, date(2026, 9, 30), 1, LATER.known_at, "late")
    land(landed, date(2026, 11, 30), 1, LATER.known_at, "new")
    asked: list[BuildInputs] = []

    def compute(inputs: BuildInputs) -> pd.DataFrame:
        asked.append(inputs)
        return pd.DataFrame({"value": [1.0]})

    each, builds = lay_out(landed, current_inputs(landed, NEXT_MONTH), dict(paths), compute)
    assert [build_inputs.reference_date for build_inputs in asked] == ["2026-10-31", "2026-10-31"]
    assert list(builds) == ["build_1", "build_2"]
    assert {between.figures for between in each} == {
        ("previous", "build_1", "build_2", "build_2", "today")
    }


def test_the_first_publication_says_so(landed):
    current = current_inputs(landed, DATES)
    assert only(lay_out(landed, current, {"platform": None}, never)).state is State.first


def test_a_delivery_that_is_gone_is_named(warehouse, settings):
    path = publish(warehouse, settings).path
    between = only(lay_out(settings, current_inputs(settings, LATER), {"platform": path}, never))
    assert between.state is State.impossible
    assert "om_intake_2026-10-31_v1" in between.note


def test_a_build_that_fails_does_not_hold_up_the_publication(warehouse, landed):
    path = publish(warehouse, landed).path
    land(landed, date(2026, 11, 30), 1, LATER.known_at, "new")

    def fails(_: BuildInputs) -> pd.DataFrame:
        raise BuildError("een tussenbouw mislukt bij fct_case")

    each, builds = lay_out(landed, current_inputs(landed, NEXT_MONTH), {"platform": path}, fails)
    assert each[0].state is State.failed
    store(warehouse, each, builds)
    # A content of its own: the same one would be the same file.
    warehouse.execute("update indicators.indicator_results set value = value + 1")
    publish(warehouse, landed, dates=LATER)
    # Which model it was is in the log and in the researcher's file.
    _, rows = run_query(landed, "platform", "select state from change_basis")
    assert rows == [("failed",)]
    assert run_query(landed, "platform", "from change")[1] == []


def test_the_table_of_changes_compares_the_two_files(warehouse, landed):
    path = publish(warehouse, landed).path
    land(landed, date(2026, 9, 30), 1, LATER.known_at, "late")
    each, builds = lay_out(landed, current_inputs(landed, LATER), {"platform": path}, never)
    store(warehouse, each, builds)
    warehouse.execute(
        "update indicators.indicator_results set value = 14.4 "
        "where period = '2025' and statistic = 'median' and dimension = 'national'"
    )
    publish(warehouse, landed, dates=LATER)
    _, rows = run_query(
        landed, "platform", "select old_value, new_value, part_late, unexplained from change"
    )
    # In whole days, as the platform sees lengths of time.
    assert [tuple(map(float, row)) for row in rows] == [(12.0, 14.0, 2.0, 0.0)]


def test_a_build_in_between_passes_through_the_rule_of_the_audience(warehouse, landed):
    """A few cases of Limburg never reach the platform, also halfway; researchers see them."""
    for audience in ("researcher", "platform"):
        publish(warehouse, landed, audience)
    land(landed, date(2026, 11, 30), 1, LATER.known_at, "new")
    limburg = "where member = 'limburg' and period = '2026-Q2'"
    warehouse.execute(
        f"update indicators.indicator_results set numerator = 20, denominator = 20 {limburg}"
    )
    later = replace(DATES, known_at=DATES.known_at + timedelta(hours=1))
    before: dict[str, Path | None] = {
        audience: publish(warehouse, landed, audience, later).path
        for audience in ("researcher", "platform")
    }

    def halfway(_: BuildInputs) -> pd.DataFrame:
        figures = warehouse.execute("from indicators.indicator_results").df()
        is_limburg = (figures["member"] == "limburg") & (figures["period"] == "2026-Q2")
        figures.loc[is_limburg, ["numerator", "denominator", "value"]] = [3.0, 3.0, 11.0]
        return figures

    each, builds = lay_out(landed, current_inputs(landed, NEXT_MONTH), before, halfway)
    store(warehouse, each, builds)
    warehouse.execute(f"update indicators.indicator_results set value = 15 {limburg}")
    query = f"select part_correction, part_period, part_joint from change {limburg}"
    for audience, expected in [("researcher", [(2.0, 4.0, None)]), ("platform", [])]:
        publish(warehouse, landed, audience, NEXT_MONTH)
        rows = run_query(landed, audience, query)[1]
        parts = [tuple(part if part is None else float(part) for part in row) for row in rows]
        assert parts == expected


@pytest.mark.parametrize("error", [KeyboardInterrupt, BuildError])
def test_a_scratch_build_that_is_interrupted_leaves_nothing(settings, monkeypatch, error):
    def interrupted(*_: Any, **__: Any) -> list[Any]:
        assert (settings.home / "scratch" / "warehouse.duckdb").exists()
        raise error()

    monkeypatch.setattr(scratch, "run_dbt", interrupted)
    land(settings, date(2026, 10, 31), 1, DATES.known_at, "abc")
    with pytest.raises((KeyboardInterrupt, BuildError)):
        scratch.scratch_figures(settings, current_inputs(settings, DATES))
    assert not (settings.home / "scratch").exists()
