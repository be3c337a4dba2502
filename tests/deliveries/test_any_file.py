"""What was written in a format is read back; of a spoilt package nothing is.

Not here: files of which anything else is changed, of which every record is read or counted, or the
file refused (`tests/operation/fuzz`).
"""

import gzip
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import hypothesis.strategies as st
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers import open_source
from pipelines.deliveries.samples import file_name, sample_cells, write_sample
from pipelines.settings import Settings
from tests.deliveries.conftest import DAY
from tests.examples import examples

NUMBERS = count()
CHAIN = Path(__file__).parents[1] / "chains" / "bpi2013"
TABLES = ["om_dossier", "politie_melding", "nctv_triage", "lcc_maatregel", "volvo_it_incidents"]


@pytest.fixture(scope="module")
def contracts():
    logs = load_contracts(Settings(chain=CHAIN).contracts_dir)
    log = replace(logs["volvo_it_incidents"], file_format="xes")
    return {**load_contracts(Settings().contracts_dir), log.id: log}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def samples(contracts, folder):
    """A file of twelve rows by table."""
    written = {}
    for table in TABLES:
        path = folder / file_name(contracts[table], DAY)
        write_sample(sample_cells(contracts[table], 12, DAY), contracts[table], path)
        written[table] = path.read_bytes()
    return written


def read(folder, contract, content, packing=""):
    """The rows of a file and how many had no cells; None when it is refused."""
    path = folder / str(next(NUMBERS)) / (file_name(contract, date(2026, 9, 30)) + packing)
    path.parent.mkdir()
    path.write_bytes(content)
    name = parse_name(path.name)
    try:
        with open_source(path, name, contract) as source:
            rows = [row for part in source.parts for row in part.cells.to_pylist()]
    except Refusal as refusal:
        assert refusal.remedy
        assert "\n" not in str(refusal)
        return None
    finally:
        path.unlink()
    assert len(rows) + len(source.malformed) == source.held()
    return rows, len(source.malformed)


def packed(content, packing):
    if packing == ".gz":
        return gzip.compress(content)
    if packing == ".zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("levering", content)
        return buffer.getvalue()
    return content


PACKINGS = st.sampled_from(["", ".gz", ".zip"])


@examples(100)
@given(
    table=st.sampled_from(TABLES),
    at=st.floats(0, 1),
    length=st.integers(0, 8),
    instead=st.binary(max_size=8),
    packing=st.sampled_from([".gz", ".zip"]),
)
def test_a_packed_file_that_was_changed_is_refused_or_whole(
    contracts, folder, samples, table, at, length, instead, packing
):
    content = packed(samples[table], packing)
    start = int(at * len(content))
    spoilt = content[:start] + instead + content[start + length :]
    outcome = read(folder, contracts[table], spoilt, packing)
    # What a checksum covers is whole or refused.
    assert outcome is None or len(outcome[0]) == 12


WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=12)


@examples(60)
@given(
    rows=st.lists(st.fixed_dictionaries({"a": WORDS, "b": st.none() | WORDS}), max_size=8),
    packing=PACKINGS,
)
def test_json_lines_are_read_back_as_they_were_written(contracts, folder, rows, packing):
    content = "".join(json.dumps(row) + "\n" for row in rows).encode() or b"\n"
    found, malformed = read(folder, contracts["lcc_maatregel"], packed(content, packing), packing)
    assert malformed == 0
    assert [(row["a"], row["b"]) for row in found] == [(row["a"], row["b"]) for row in rows]


MOMENTS = st.datetimes(datetime(2018, 1, 1), datetime(2032, 12, 31))


@examples(60)
@given(
    rows=st.lists(st.tuples(WORDS, st.none() | MOMENTS, st.none() | st.booleans()), max_size=8),
    as_dictionary=st.booleans(),
    row_group=st.integers(1, 5),
    packing=PACKINGS,
)
def test_parquet_is_read_back_as_it_was_written(
    contracts, folder, rows, as_dictionary, row_group, packing
):
    words = pa.array([word for word, _, _ in rows], pa.string())
    moments = [moment and moment.replace(microsecond=0, tzinfo=UTC) for _, moment, _ in rows]
    table = pa.table(
        {
            "weging": words.dictionary_encode() if as_dictionary else words,
            "ontvangen_op": pa.array(moments, pa.timestamp("us", "UTC")),
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=row_group)
    content = packed(buffer.getvalue(), packing)
    found, _ = read(folder, contracts["politie_melding"], content, packing)
    assert [(row["weging"], row["ontvangen_op"]) for row in found] == [
        (word, moment and moment.isoformat(timespec="seconds"))
        for (word, _, _), moment in zip(rows, moments, strict=True)
    ]


@examples(60)
@given(
    traces=st.lists(st.tuples(WORDS, st.lists(st.none() | WORDS, max_size=4)), max_size=5),
    is_plain=st.booleans(),
)
def test_events_are_read_back_as_they_were_written(contracts, folder, traces, is_plain):
    from xml.sax.saxutils import quoteattr

    def attribute(key, value):
        return "" if value is None else f'<string key="{key}" value={quoteattr(value)}/>'

    text = "".join(
        "<trace>"
        + attribute("concept:name", case)
        + "".join(f"<event>{attribute('org:group', group)}</event>" for group in events)
        + "</trace>"
        for case, events in traces
    )
    comment = "" if is_plain else "<!-- <event/> -->"
    content = f'<?xml version="1.0" encoding="UTF-8"?><log>{comment}{text}</log>'.encode()
    found, _ = read(folder, contracts["volvo_it_incidents"], content)
    assert [(row["case:concept:name"], row.get("org:group")) for row in found] == [
        (case, event) for case, events in traces for event in events
    ]
