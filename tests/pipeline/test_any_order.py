"""Whatever was worked out before, in whatever order deliveries came: what a full build gives.

Here: a small chain whose last deliveries come one by one, and a warehouse in which anything
a figure is made from changes. Not here: the memory itself (`test_memo`).
"""

import random
import shutil
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from pipelines.build import BuildDates, read_last_build
from pipelines.indicators.results import compute_results
from pipelines.memo import FORGETFUL, Memo, memo_of
from pipelines.publication.content import table_hashes
from pipelines.road import walk
from pipelines.settings import Settings
from pipelines.signals.charted import chart_results
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate
from pipelines.warehouse import stored_build_dates
from tests.examples import as_many
from tests.publication.rebuild import published_content

pytestmark = [pytest.mark.long, pytest.mark.slow]

LAST = ("kmar_signaal", "om_intake", "nctv_aanwijzing", "kc_aantekening")
# What figures are made from, each way to lose a part of it; {n} picks which.
CHANGES = (
    "delete from intermediate.int_handoff where hash(handoff_id, {n}) % 9 = 0 and random() < 0.3",
    "delete from marts.fct_handoff_reconciliation where hash(handoff_id, {n}) % 5 = 0 "
    "and random() < 0.3",
    "delete from indicators.indicator_counts where hash(indicator, {n}) % 9 = 0 and random() < 0.3",
    "delete from raw.registration where hash(table_name, {n}) % 9 = 0 and random() < 0.5",
    "update intermediate.int_followed set followed_until = followed_until - 31 "
    "where hash(handoff_id, {n}) % 9 = 0",
    "update marts.dim_norm set value = value + 1 where hash(norm_id, {n}) % 5 = 0",
    "delete from marts.fct_phase_out where random() < 0.1",
    "delete from marts.fct_evaluation_theme where random() < 0.1",
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small chain, built without the last deliveries of `LAST`."""
    home = tmp_path_factory.mktemp("any_order")
    settings = replace(Settings(), home=home)
    config = SimulationConfig(
        seed=11,
        start=date(2025, 1, 1),
        end=date(2026, 10, 31),
        initial_delivery=date(2026, 8, 31),
        transition_from=date(2025, 6, 1),
        scale=0.05,
    )
    simulate(config, settings.contracts_dir, settings.inbox_dir, home / "ledger")
    (home / "held_back").mkdir()
    for table in LAST:
        [path] = settings.inbox_dir.glob(f"{table}_2026-10-31_v1.*")
        shutil.move(path, home / "held_back")
    assert not walk.run(settings).failed
    return settings


def test_what_was_worked_out_before_never_shows(settings, tmp_path):
    rng = random.Random(3)
    copy = tmp_path / settings.warehouse_path.name
    shutil.copyfile(settings.warehouse_path, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("select setseed(0.5)")
        dates = stored_build_dates(connection)
        for _ in range(as_many(4, 40)):
            with memo_of(replace(settings, home=tmp_path)) as memo:
                remembered = figures(connection, settings, dates, memo)
            assert remembered == figures(connection, settings, dates, FORGETFUL)
            for change in rng.sample(CHANGES, rng.randint(1, 3)):
                connection.execute(change.format(n=rng.randint(0, 99)))


def figures(
    connection: duckdb.DuckDBPyConnection, settings: Settings, dates: BuildDates, memo: Memo
) -> dict[str, tuple[int, str]]:
    register, found = compute_results(connection, settings, dates, memo)
    chart_results(connection, register, found, dates.day, memo)
    tables = ["indicator_results", "coarse_results", "indicator_quality", "signal", "signal_point"]
    return table_hashes(connection, "indicators", tables)


def test_deliveries_that_come_one_by_one_give_the_content_of_a_full_build(settings):
    order = sorted((settings.home / "held_back").iterdir())
    assert len(order) == len(LAST)
    random.Random(7).shuffle(order)
    for path in order:
        shutil.move(path, settings.inbox_dir)
        assert not walk.run(settings).failed
    one_by_one = published_content(settings)
    last = read_last_build(settings)
    assert last is not None
    walk.forget(settings)
    assert not walk.build(settings, known_at=last.known_at.isoformat()).failed
    assert published_content(settings) == one_by_one
