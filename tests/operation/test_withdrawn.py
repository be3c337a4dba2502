"""A case that is withdrawn is nowhere any more: not as a row, a value or a byte left behind."""

import gzip
import shutil
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.build import BuildError
from pipelines.deliveries.landing.zone import read_landing
from pipelines.publication.publish import promote
from pipelines.retention.destroy import finish
from pipelines.retention.record import INTENDED, Record
from pipelines.retention.traces import leave_no_trace
from pipelines.retention.withdraw import withdraw
from pipelines.safekeeping.verify import verify
from pipelines.settings import Settings

REASON = "Verzoek van de betrokkene, toegewezen."
NEW, OLD = "2026-10-31_20261120T120000Z_bbbbbbbbbbbb", "2026-09-30_20261020T120000Z_aaaaaaaaaaaa"


@pytest.fixture
def pseudonym(settings: Settings) -> str:
    """Of a case that landed, of which a row was set aside, and that waits in files beside."""
    path = settings.quarantine_dir / "om" / "casus" / "2026-09-30_v1" / "rows.parquet"
    found = str(pq.read_table(path)["zaak_sleutel"][0])
    with gzip.open(settings.inbox_dir / "om_casus_2026-10-31_v1.csv.gz", "wt") as late:
        late.write(f"zaak_sleutel\n{found}\n")
    return found


def holders(home: Path, word: str) -> list[str]:
    """Files that hold a word: as bytes, unpacked, or as a value of Parquet."""
    found = []
    for path in (path for path in home.rglob("*") if path.is_file()):
        text = path.read_bytes()
        if path.suffix == ".gz":
            text = gzip.decompress(text)
        if text[:4] == b"PAR1":
            text += repr(pq.read_table(path).to_pylist()).encode()
        if word.encode() in text:
            found.append(path.relative_to(home).as_posix())
    return sorted(found)


# --- on an order


def test_no_byte_of_it_is_left_under_the_home(settings: Settings, pseudonym: str) -> None:
    places = {name.partition("/")[0] for name in holders(settings.home, pseudonym)}
    assert places == {"inbox", "landing", "quarantine"}
    finish(settings, [withdraw(settings, pseudonym, REASON)])
    assert holders(settings.home, pseudonym) == []
    assert read_landing(settings).damaged == ()
    assert verify(settings) == []


def test_nobody_else_loses_a_row(settings: Settings) -> None:
    folder = settings.landing_dir / "om" / "casus" / "2026-09-30_v1"
    before = pq.read_table(folder / "data.parquet")
    gone = str(before["zaak_sleutel"][4])
    withdraw(settings, gone, REASON)
    after = pq.read_table(folder / "data.parquet")
    assert after.to_pylist() == [row for row in before.to_pylist() if gone not in row.values()]
    [note] = [each for each in read_landing(settings).counted if each.table == "casus"]
    assert note.rows == after.num_rows == before.num_rows - 1


def test_the_record_knows_a_keyed_hash_and_a_reason(settings: Settings, pseudonym: str) -> None:
    finish(settings, [withdraw(settings, pseudonym, REASON)])
    [first, _] = Record(settings).lines()
    assert (first["state"], first["reason"]) == (INTENDED, REASON)
    assert pseudonym not in str(Record(settings).lines())
    # Of the pseudonym alone nobody can make it: the key is the home's own.
    assert len(first["withdrawn"]) == 64


def test_whoever_repeats_the_order_goes_on_where_it_was_cut_short(
    settings: Settings, pseudonym: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = Path.replace
    for kills in range(10):
        own = replace(settings, home=tmp_path / f"killed_{kills}")
        shutil.copytree(settings.home, own.home)
        left = count()

        def stopped(
            path: Path, target: Path, left: "count[int]" = left, kills: int = kills
        ) -> Path:
            if next(left) == kills:
                raise KeyboardInterrupt
            return move(path, target)

        with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
            patch.setattr(Path, "replace", stopped)
            finish(own, [withdraw(own, pseudonym, REASON)])
        finish(own, [withdraw(own, pseudonym, REASON)])
        assert holders(own.home, pseudonym) == []
        assert Record(own).open_acts() == []
        assert verify(own) == []


@pytest.mark.parametrize(
    ("word", "reason"),
    [("Jan Zeldenrust", REASON), ("z1_kort", REASON), ("z1_" + "a" * 26, " "),
     ("z1_" + "a" * 26, "Zaak z1_" + "a" * 26)],
)  # fmt: skip
def test_an_order_that_cannot_be_carried_out_as_given_says_nothing_of_what_was_typed(
    settings: Settings, word: str, reason: str
) -> None:
    with pytest.raises(BuildError) as told:
        withdraw(settings, word, reason)
    assert word not in str(told.value)
    assert Record(settings).lines() == []


# --- by a partner, in a delivery


def publish(settings: Settings, name: str, keys: list[str]) -> Path:
    folder = settings.published_dir / "researcher"
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / f"{name}.duckdb")) as connection:
        connection.execute("create table publication as select 'researcher' as audience")
        connection.execute("create table fct_case (case_key varchar, person_key varchar)")
        connection.executemany("insert into fct_case values (?, null)", [(key,) for key in keys])
    promote(settings, "researcher", name)
    return folder / f"{name}.duckdb"


def test_with_the_next_build_it_leaves_older_files_and_the_bytes_of_the_warehouse(
    tmp_path: Path,
) -> None:
    own = Settings(home=tmp_path / "home")
    stays, goes = "z1_" + "b" * 26, "z1_" + "c" * 26
    old = publish(own, OLD, [stays, goes])
    with duckdb.connect(str(own.warehouse_path)) as connection:
        connection.execute(
            f"create table rows_of as select '{goes}' as key, i from range(9999) t(i)"
        )
        connection.execute("create view looked_at as from warehouse.main.rows_of")
        connection.execute("checkpoint")
        connection.execute(f"create or replace table rows_of as select '{stays}' as key")
    assert goes.encode() in own.warehouse_path.read_bytes()

    publish(own, NEW, [stays])
    assert leave_no_trace(own) == 1
    assert not old.exists()
    assert holders(own.home, goes) == []
    with duckdb.connect(str(own.warehouse_path)) as connection:
        assert connection.execute("from looked_at").fetchall() == [(stays,)]


def test_while_all_cases_are_there_older_files_stay_and_so_does_a_later_one_of_an_older_build(
    tmp_path: Path,
) -> None:
    own = Settings(home=tmp_path / "home")
    both = ["z1_" + "b" * 26, "z1_" + "c" * 26]
    old, new = publish(own, OLD, both[:1]), publish(own, NEW, both)
    assert leave_no_trace(own) == 0
    # An old day built again lacks what came after it; that is no withdrawal.
    promote(own, "researcher", OLD)
    assert leave_no_trace(own) == 0
    assert old.exists()
    assert new.exists()
