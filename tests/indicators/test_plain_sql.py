"""The peer of the benchmark says what the monitor says, on a chain with everything in it.

A comparison of time is worth nothing beside a peer that counts something else. Whether the monitor
is right, every figure of it, is the recomputation's to say.
"""

import shutil

import duckdb
import pytest

from tests.bench.plain import Plain, write
from tests.bench.plain.same import check_same
from tests.indicators.conftest import REFERENCE


@pytest.mark.parametrize("published_chain", [pytest.param(11, id="seed_11")], indirect=True)
def test_the_peer_gives_the_same_and_what_differs_is_named(published_chain, tmp_path):
    path = shutil.copy(published_chain.settings.warehouse_path, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        write(Plain(connection, REFERENCE.date.isoformat()))
        assert len(list(check_same(connection))) == 16

        connection.execute(
            "update plain.counted set numerator = numerator + 1 where period = '2025'"
        )
        with pytest.raises(AssertionError, match="counts: "):
            list(check_same(connection))
