"""A case that is withdrawn is nowhere any more: not as a row, a value or a byte left behind."""

import gzip
import io
import shutil
import zipfile
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.build import BuildError
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.intake import accepting
from pipelines.deliveries.intake.outcome import DeliveryReport
from pipelines.deliveries.landing.zone import read_landing
from pipelines.deliveries.partner.report import Report
from pipelines.deliveries.samples import write_sample
from pipelines.publication.publish import promote
from pipelines.retention.destroy import finish
from pipelines.retention.record import INTENDED, Record
from pipelines.retention.traces import leave_no_trace
from pipelines.retention.withdraw import let_in, withdraw
from pipelines.road.steps import take_in
from pipelines.safekeeping.verify import verify
from pipelines.settings import Settings
from tests.deliveries.conftest import DAY, Door
from tests.operation.holders import holders

REASON = "Verzoek van de betrokkene, toegewezen."
NEW, OLD = "2026-10-31_20261120T120000Z_bbbbbbbbbbbb", "2026-09-30_20261020T120000Z_aaaaaaaaaaaa"


@pytest.fixture
def pseudonym(settings: Settings) -> str:
    """Of a case that landed, of which a row was set aside, and that waits in files beside."""
    path = settings.quarantine_dir / "om" / "casus" / "2026-09-30_v1" / "rows.parquet"
    found = str(pq.read_table(path)["zaak_sleutel"][0])
    with gzip.open(settings.inbox_dir / "om_casus_2026-10-31_v1.csv.gz", "wt") as late:
        late.write(f"zaak_sleutel\n{found}\n")
    workbook = settings.inbox_dir / "nctv_triage_2026-10-31_v1.xlsx"
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/sharedStrings.xml", f"<si><t>{found}</t></si>" * 9)
    table = io.BytesIO()
    pq.write_table(pa.table({"zaak_sleutel": [found] * 9}), table, compression="zstd")
    packed = settings.inbox_dir / "kmar_signaal_2026-10-31_v1.parquet.gz"
    packed.write_bytes(gzip.compress(table.getvalue()))
    return found


# --- on an order


def test_no_byte_of_it_is_left_under_the_home(settings, pseudonym):
    places = {name.partition("/")[0] for name in holders(settings.home, pseudonym)}
    assert places == {"inbox", "landing", "quarantine"}
    finish(settings, [withdraw(settings, pseudonym, REASON)])
    assert holders(settings.home, pseudonym) == []
    assert read_landing(settings).damaged == ()
    assert verify(settings) == []


def test_nobody_else_loses_a_row(settings):
    folder = settings.landing_dir / "om" / "casus" / "2026-09-30_v1"
    before = pq.read_table(folder / "data.parquet")
    gone = str(before["zaak_sleutel"][4])
    withdraw(settings, gone, REASON)
    after = pq.read_table(folder / "data.parquet")
    assert after.to_pylist() == [row for row in before.to_pylist() if gone not in row.values()]
    [note] = [each for each in read_landing(settings).counted if each.table == "casus"]
    assert note.rows == after.num_rows == before.num_rows - 1


def test_the_record_knows_a_keyed_hash_and_a_reason(settings, pseudonym):
    finish(settings, [withdraw(settings, pseudonym, REASON)])
    [first, _] = Record(settings).lines()
    assert (first["state"], first["reason"]) == (INTENDED, REASON)
    assert pseudonym not in str(Record(settings).lines())
    # Of the pseudonym alone nobody can make it: the key is the home's own.
    assert len(first["withdrawn"]) == 64


def test_whoever_repeats_the_order_goes_on_where_it_was_cut_short(
    settings, pseudonym, tmp_path, monkeypatch
):
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
    settings, word, reason
):
    with pytest.raises(BuildError) as told:
        withdraw(settings, word, reason)
    assert word not in str(told.value)
    assert Record(settings).lines() == []


def test_a_list_kept_by_hand_that_names_it_is_mended_first(settings, pseudonym, tmp_path):
    shutil.copytree(settings.seeds_dir, tmp_path / "seeds")
    shutil.copytree(settings.contracts_dir, tmp_path / "contracts")
    own = replace(settings, chain=tmp_path)
    merges = own.seeds_dir / "merges.csv"
    merges.write_text(
        f"from_key,to_key,valid_from,reason\nz1_{'a' * 26},{pseudonym},2026-01-01,dubbel\n"
    )
    before = holders(settings.home, pseudonym)
    with pytest.raises(BuildError, match=r"merges\.csv regel 2: .* trek dan ook") as refused:
        withdraw(own, pseudonym, REASON)
    assert "z1_" not in str(refused.value)
    assert holders(settings.home, pseudonym) == before
    merges.write_text("from_key,to_key,valid_from,reason\n")
    finish(own, [withdraw(own, pseudonym, REASON)])
    assert holders(settings.home, pseudonym) == []


# --- delivered again


@pytest.fixture
def gone(settings: Settings) -> str:
    """Of a case of which two files that landed hold rows; withdrawn from both."""
    folder = settings.landing_dir / "om" / "dossier" / "2026-07-31_v1"
    found = str(pq.read_table(folder / "data.parquet")["zaak_sleutel"][4])
    finish(settings, [withdraw(settings, found, REASON)])
    return found


def deliver_again(
    settings: Settings, gone: str, name: str = f"om_dossier_{DAY}_v2.csv"
) -> DeliveryReport:
    """Deliver a whole table once more, with the withdrawn case in it, through the road's step."""
    door = Door(settings, load_contracts(settings.contracts_dir))
    cells = door.cells("om_dossier", 100).slice(0, 90)
    assert gone in cells["zaak_sleutel"].to_pylist()
    write_sample(cells, door.contracts["om_dossier"], settings.inbox_dir / name)
    return take_in(settings, settings.inbox_dir)


def test_a_case_that_was_withdrawn_does_not_come_in_again_and_nobody_else_stays_out(settings, gone):
    for _ in range(2):
        report = deliver_again(settings, gone)
        assert holders(settings.home, gone) == []
        assert verify(settings) == []
    assert report.refused == ()
    [note] = [each for each in read_landing(settings).known if each.delivery_id[-2:] == "v2"]
    assert (note.rows, note.rows_withdrawn, note.rows_quarantined) == (89, 1, 0)
    assert "1 rij van een ingetrokken zaak" in Report(note, "UTC").reason


def test_nor_does_it_with_the_very_file_it_was_withdrawn_from(settings, pseudonym):
    path = settings.inbox_dir / "om_casus_2026-09-30_v1.csv"
    [kept] = [each for each in settings.inbox_dir.glob(f"{path.stem}*") if each.suffix == ".csv"]
    content = kept.read_bytes()
    finish(settings, [withdraw(settings, pseudonym, REASON)])
    kept.write_bytes(content)
    assert pseudonym.encode() in content
    take_in(settings, settings.inbox_dir)
    assert holders(settings.home, pseudonym) == []


def test_of_a_file_that_is_refused_only_the_note_is_kept(settings, gone):
    report = deliver_again(settings, gone, "om_dossier_onbekend.csv")
    [told] = [outcome for outcome in report.refused if "niet bewaard" in outcome.kept]
    assert told.rule == "bestandsnaam"
    assert holders(settings.home, gone) == []
    assert verify(settings) == []


def test_whoever_is_killed_between_landing_and_clearing_away_clears_away_next_time(
    settings, gone, monkeypatch
):
    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(accepting, "clear_away", killed)
        deliver_again(settings, gone)
    assert holders(settings.home, gone) != []
    take_in(settings, settings.inbox_dir)
    assert holders(settings.home, gone) == []


def test_it_comes_in_again_once_somebody_lets_it_in_and_says_why(settings, gone):
    with pytest.raises(BuildError, match="niet ingetrokken"):
        let_in(settings, "z1_" + "a" * 26, REASON)
    let_in(settings, gone, "Besluit herzien na bezwaar.")
    deliver_again(settings, gone)
    assert f"landing/om/dossier/{DAY}_v2/data.parquet" in holders(settings.home, gone)
    assert gone not in str(Record(settings).lines())
    # And may be withdrawn once more.
    finish(settings, [withdraw(settings, gone, REASON)])
    assert len(Record(settings).withdrawn()) == 1
    assert holders(settings.home, gone) == []


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


def test_with_the_next_build_it_leaves_older_files_and_the_bytes_of_the_warehouse(tmp_path):
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
    tmp_path,
):
    own = Settings(home=tmp_path / "home")
    both = ["z1_" + "b" * 26, "z1_" + "c" * 26]
    old, new = publish(own, OLD, both[:1]), publish(own, NEW, both)
    assert leave_no_trace(own) == 0
    # An old day built again lacks what came after it; that is no withdrawal.
    promote(own, "researcher", OLD)
    assert leave_no_trace(own) == 0
    assert old.exists()
    assert new.exists()
