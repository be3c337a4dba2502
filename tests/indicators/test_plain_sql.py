"""Every indicator once more in plain SQL, straight from the delivered tables.

The benchmark times the monitor beside SQL written by hand for this one purpose. Here that SQL is a
second reading of a whole chain, with deliveries that came late and findings in them, which the
large warehouse of the benchmark does not have.
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.bench import plain_counts, plain_lead_times
from tests.bench.plain_handoffs import Plain
from tests.bench.same_counts import check_counts
from tests.bench.same_figures import check_same
from tests.indicators.conftest import REFERENCE, PublishedChain

pytestmark = pytest.mark.parametrize(
    "published_chain", [pytest.param(11, id="seed_11")], indirect=True
)


@pytest.fixture(scope="module")
def counted_twice(
    published_chain: PublishedChain, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copy of the warehouse of a chain, with the peer's tables in it."""
    path = tmp_path_factory.mktemp("plain") / "warehouse.duckdb"
    shutil.copy(published_chain.settings.warehouse_path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        plain = Plain(connection, REFERENCE.date.isoformat())
        plain.handoffs()
        plain.reconciliation()
        plain_lead_times.lead_times(plain)
        plain_counts.counts(plain)
        plain_counts.incidence.write(plain)
    return path


def test_every_hand_off_and_lead_time_is_the_same(counted_twice: Path) -> None:
    with duckdb.connect(str(counted_twice)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        compared = list(check_same(connection))
    assert len(compared) == 22


def test_every_cell_and_figure_is_the_same(counted_twice: Path) -> None:
    with duckdb.connect(str(counted_twice)) as connection:
        compared = list(check_counts(connection))
    kinds = {line.partition(":")[0] for line in compared}
    assert kinds >= {"share", "rate", "number", "stock", "theme", "incidence", "difference"}


@pytest.mark.parametrize(
    ("change", "culprit"),
    [
        ("delete from plain.counted where indicator = 'inflow' and period = '2025'", "inflow"),
        (
            "update plain.counted set numerator = numerator + 1 where indicator = 'stock_persons'"
            " and period = '2025-Q4' and dimension = 'national'",
            "stock_persons 1 of",
        ),
        (
            "update plain.figure set upper = upper + 1e-5 where indicator = 'admission_share' "
            "and period_grain = 'rolling_12m'",
            "admission_share",
        ),
    ],
    ids=["a_cell_that_is_missing", "a_numerator_one_too_high", "a_limit_a_little_off"],
)
def test_whatever_differs_is_named(counted_twice: Path, change: str, culprit: str) -> None:
    with duckdb.connect(str(counted_twice)) as connection:
        connection.execute("begin")
        connection.execute(change)
        with pytest.raises(AssertionError, match=culprit):
            list(check_counts(connection))
        connection.execute("rollback")
