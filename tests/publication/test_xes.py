"""Event logs in XES: valid in form, and what was written is what is read back."""

import io
from datetime import UTC, datetime
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.deliveries.xes import events
from pipelines.publication.downloads import handoff_events
from pipelines.publication.xes import write_xes

XES = "{http://www.xes-standard.org/}"
MOMENT = pa.timestamp("us", tz="UTC")
# What XML can carry: no control characters and no half of a pair.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(
    lambda text: not {"\ufffe", "\uffff"} & set(text)
)
TEXTS = st.none() | TEXT | st.just("first line\nsecond\tline\r")
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
EVENT = st.fixed_dictionaries(
    {
        "case:subject": TEXTS,
        "concept:name": TEXT,
        "time:timestamp": MOMENTS,
        "org:group": TEXTS,
        "moment_latest": st.none() | MOMENTS,
        "number": st.none() | st.integers(-(2**40), 2**40),
        "amount": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "is_late": st.none() | st.booleans(),
    }
)
SCHEMA = pa.schema(
    [
        ("case:concept:name", pa.string()),
        ("case:subject", pa.string()),
        ("concept:name", pa.string()),
        ("time:timestamp", MOMENT),
        ("org:group", pa.string()),
        ("moment_latest", MOMENT),
        ("number", pa.int64()),
        ("amount", pa.float64()),
        ("is_late", pa.bool_()),
    ]
)


def written(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    write_xes(table, stream, "a log")
    return stream.getvalue()


def read_back(document: bytes) -> list[dict[str, object]]:
    """The events as the door in reads them, each cell in its own type again."""
    as_type = {
        "time:timestamp": datetime.fromisoformat,
        "moment_latest": datetime.fromisoformat,
        "number": int,
        "amount": float,
        "is_late": {"true": True, "false": False}.__getitem__,
    }
    return [
        {
            field.name: as_type.get(field.name, str)(event[field.name])
            if field.name in event
            else None
            for field in SCHEMA
        }
        for event in events(io.BytesIO(document))
    ]


@given(st.lists(st.tuples(TEXT, st.lists(EVENT, min_size=1, max_size=3)), max_size=4))
def test_what_was_written_is_what_is_read_back(traces):
    rows = []
    for number, (case, own) in enumerate(traces):
        # What belongs to the case is the same on each of its events.
        rows += [
            {
                **event,
                "case:concept:name": f"{number} {case}",
                "case:subject": own[0]["case:subject"],
            }
            for event in own
        ]
    table = pa.Table.from_pylist(rows, SCHEMA)

    assert read_back(written(table)) == table.to_pylist()


def small_log() -> pa.Table:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    row = {"concept:name": "intake_sent", "time:timestamp": at, "org:group": "om"}
    rows = [{"case:concept:name": case, **row} for case in ("z1_a", "z1_a", "z1_b")]
    return pa.Table.from_pylist(rows, SCHEMA)


class TestForm:
    """The order and the attributes that the schema of the standard asks for."""

    ROOT = ElementTree.fromstring(written(small_log()))

    def test_the_log_names_its_version_and_features(self):
        assert self.ROOT.tag == f"{XES}log"
        assert float(self.ROOT.attrib["xes.version"]) == 1849.2016
        assert "xes.features" in self.ROOT.attrib

    def test_parts_stand_in_the_order_of_the_standard(self):
        order = ["extension", "global", "classifier", "string", "trace"]
        places = [order.index(child.tag.removeprefix(XES)) for child in self.ROOT]
        assert places == sorted(places)
        assert set(places) == set(range(len(order)))

    def test_every_prefix_is_an_extension_of_the_log(self):
        declared = {extension.attrib["prefix"] for extension in self.ROOT.iter(f"{XES}extension")}
        keys = {element.attrib["key"] for element in self.ROOT.iter() if "key" in element.attrib}
        assert {key.split(":")[0] for key in keys if ":" in key} == declared

    def test_every_trace_and_event_has_what_is_declared_for_all(self):
        for scope, tag in (("trace", "trace"), ("event", "event")):
            declared = {
                attribute.attrib["key"]
                for attribute in self.ROOT.find(f"{XES}global[@scope='{scope}']")
            }
            assert "concept:name" in declared
            for element in self.ROOT.iter(f"{XES}{tag}"):
                assert declared <= {attribute.attrib.get("key") for attribute in element}

    def test_the_events_of_a_case_stand_in_one_trace(self):
        assert [len(trace.findall(f"{XES}event")) for trace in self.ROOT.iter(f"{XES}trace")] == [
            2,
            1,
        ]


def test_a_moment_is_written_in_utc_whatever_the_zone_of_its_column():
    there = small_log().set_column(
        SCHEMA.get_field_index("time:timestamp"),
        "time:timestamp",
        small_log()["time:timestamp"].cast(pa.timestamp("us", tz="Europe/Amsterdam")),
    )
    assert written(there) == written(small_log())


def test_a_log_without_events_is_a_log():
    assert read_back(written(SCHEMA.empty_table())) == []


def test_the_blocks_in_which_a_log_is_written_leave_no_trace(monkeypatch):
    whole = written(small_log())
    monkeypatch.setattr("pipelines.publication.xes._BLOCK_ROWS", 1)
    assert written(small_log()) == whole


def test_a_case_whose_events_stand_apart_is_refused():
    with pytest.raises(ValueError, match="sorted"):
        written(small_log().take([0, 2, 1]))


def test_a_hand_off_is_an_activity_that_starts_and_ends():
    start, stop, out = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 5, 4))
    shared = {"subject_id": "z1_a", "case_key": "z1_a", "record_key": None, "organisation": "om"}
    rows = [
        {"handoff_id": "K13", "status": "completed", "started_at": start, "stopped_at": stop},
        {"handoff_id": "K20", "status": "open", "started_at": start, "stopped_at": None},
        {"handoff_id": "K41", "status": "competing", "started_at": start, "competing_at": out},
        {"handoff_id": "K12", "status": "stop_only", "started_at": None, "stopped_at": stop},
    ]
    moments = [(column, MOMENT) for column in ("started_at", "stopped_at", "competing_at")]
    texts = [(column, pa.string()) for column in (*shared, "handoff_id", "status")]
    schema = pa.schema([*texts, ("occurrence_number", pa.int64()), *moments])
    table = pa.Table.from_pylist(
        [{**shared, "occurrence_number": 1, **row} for row in rows], schema
    )

    log = handoff_events(table).to_pylist()

    found = {
        (event["concept:name"], event["lifecycle:transition"]): event["time:timestamp"]
        for event in log
    }
    assert found == {
        ("K13", "start"): start,
        ("K13", "complete"): stop,
        ("K20", "start"): start,
        ("K41", "start"): start,
        ("K41", "ate_abort"): out,
        ("K12", "complete"): stop,
    }
    assert written(handoff_events(table))
