"""Whatever is delivered ends accepted, partly set aside or refused; no row is ever lost."""

import gzip
from dataclasses import replace
from datetime import date
from itertools import count

import hypothesis.strategies as st
import pytest
from hypothesis import given

from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.samples import file_name, sample_cells
from pipelines.settings import Settings
from tests.deliveries.conftest import DAY, Door, set_cell
from tests.examples import examples

CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(
        ["111222333", "Jan de Vries", "2026-02-31", "1e9", "-1", "nan", "=1+1", "\ufeff", '"', "\\"]
    ),
)  # fmt: skip
EVERY_FORMAT = ["om_dossier", "politie_melding", "nctv_triage", "lcc_maatregel"]
NUMBERS = count()


@pytest.fixture(scope="module")
def shared_door(tmp_path_factory):
    base = Settings(home=tmp_path_factory.mktemp("mutations"))
    return Door(base, load_contracts(base.contracts_dir))


def delivered(door, table):
    """A door with an empty home, since one delivery must not see another."""
    home = door.settings.home / str(next(NUMBERS))
    return Door(replace(door.settings, home=home), {table: door.contracts[table]})


def check(door, path):
    content = path.read_bytes()
    outcome = door.take_one(path)
    assert outcome.status in {"accepted", "partly_quarantined", "refused"}
    assert outcome.reason
    assert "\n" not in outcome.line
    assert (outcome.status == "refused") == bool(outcome.rule)
    landed = list(door.settings.landing_dir.glob("[!._]*/*/*/data.parquet"))
    assert bool(landed) == (outcome.status != "refused")
    if outcome.status == "refused":
        assert outcome.remedy
        kept = door.settings.quarantine_dir.rglob(path.name)
        assert [path.read_bytes() for path in kept] == [content], "a refused file is kept whole"
    return outcome


@examples(12, long=500)
@given(
    table=st.sampled_from(["om_dossier", "nctv_triage", "lcc_maatregel", "kc_aantekening"]),
    changes=st.lists(st.tuples(st.integers(0, 99), st.integers(1, 8), CELLS), max_size=4),
)
def test_any_cell_may_hold_anything(shared_door, table, changes):
    door = delivered(shared_door, table)
    cells = sample_cells(door.contracts[table], 8, DAY)
    for place, row, value in changes:
        # XML cannot hold control characters, so no XLSX can.
        text = value and "".join(character for character in value if character.isprintable())
        cells = set_cell(cells, cells.column_names[place % cells.num_columns], row, text)
    outcome = check(door, door.put(table, cells))
    assert outcome.rows_in == 8 or outcome.status == "refused"


@examples(8, long=500)
@given(
    table=st.sampled_from(EVERY_FORMAT),
    at=st.floats(0, 1),
    length=st.integers(0, 40),
    instead=st.binary(max_size=20),
    is_packed=st.booleans(),
)
def test_any_bytes_may_be_lost_or_changed(shared_door, table, at, length, instead, is_packed):
    door = delivered(shared_door, table)
    path = door.put(table, sample_cells(door.contracts[table], 8, DAY))
    content = path.read_bytes()
    start = int(at * len(content))
    spoilt = content[:start] + instead + content[start + length :]
    if is_packed:
        path.unlink()
        path = path.with_name(path.name + ".gz")
        spoilt = gzip.compress(spoilt)
    path.write_bytes(spoilt)
    check(door, path)


@examples(6, long=500)
@given(content=st.binary(max_size=300), table=st.sampled_from(EVERY_FORMAT))
def test_any_bytes_at_all_may_come(shared_door, content, table):
    door = delivered(shared_door, table)
    name = file_name(door.contracts[table], date(2026, 9, 30))
    check(door, door.put_bytes(name, content))


def test_a_row_set_aside_does_not_make_its_key_a_double_in_a_large_file(door, monkeypatch):
    monkeypatch.setattr("pipelines.deliveries.readers.limits.ROWS_PER_PART", 10)
    monkeypatch.setattr("pipelines.deliveries.readers.limits.BLOCK_BYTES", 1000)
    monkeypatch.setattr("pipelines.deliveries.readers.limits.STREAM_FROM_BYTES", 0)
    cells = door.cells("om_casus", 200)
    cells = set_cell(cells, "zaak_sleutel", 150, cells["zaak_sleutel"][6].as_py())
    cells = set_cell(cells, "parket", 150, None)
    outcome = door.take_one(door.put("om_casus", cells))
    assert (outcome.status, outcome.rows_quarantined) == ("partly_quarantined", 1), outcome.line
