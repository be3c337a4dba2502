"""Event logs: a public one, without its column of first names."""

import csv
import gzip
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.deliveries.contract import ContractError, load_contract, load_contracts
from pipelines.settings import Settings
from tests.deliveries.conftest import Door

CHAIN = Path(__file__).parents[1] / "chains" / "bpi2013"
NAME = "volvo_it_incidents_2012-05-22_v1.csv.gz"
PERSONS = "org:resource"
LAST_DAY = date(2012, 5, 22)


@pytest.fixture
def public_log():
    folder = os.environ.get("REAL_EVENT_LOG_DIR")
    if not folder:
        pytest.skip("REAL_EVENT_LOG_DIR is not set: the log of the BPI Challenge 2013 is not here")
    path = Path(folder) / "bpic2013_incidents.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} does not exist: the log of the BPI Challenge 2013 is not here")
    return path.read_bytes()


@pytest.fixture
def log_door(door):
    settings = replace(door.settings, chain=CHAIN)
    return Door(settings, load_contracts(settings.contracts_dir))


def without(packed, column):
    """The log without one of its columns."""
    rows = list(csv.reader(gzip.decompress(packed).decode("utf-8").splitlines()))
    place = rows[0].index(column)
    lines = (",".join(row[:place] + row[place + 1 :]) for row in rows)
    return gzip.compress(("\n".join(lines) + "\n").encode())


def test_the_public_log_is_refused_for_its_column_of_first_names(log_door, public_log):
    outcome = log_door.take_one(log_door.put_bytes(NAME, public_log))
    assert (outcome.status, outcome.rule) == ("refused", "kolom_niet_toegestaan")
    assert re.match(r"kolom nummer \d+ staat niet in de specificatie", outcome.reason)
    assert "Frederic" not in outcome.line
    assert log_door.content_left() == set()


def test_without_that_column_every_event_lands(log_door, public_log):
    outcome = log_door.take_one(log_door.put_bytes(NAME, without(public_log, PERSONS)))
    assert (outcome.status, outcome.rows_in, outcome.rows_landed) == ("accepted", 65_533, 65_533)
    assert outcome.findings == ()


def test_activities_become_milestones_by_the_mapping_of_the_contract(log_door, public_log):
    log_door.take_one(log_door.put_bytes(NAME, without(public_log, PERSONS)))
    connection, state = log_door.state(day=LAST_DAY)
    assert state.rows == {"volvo_it_incidents": 65_533}
    assert connection.execute(
        "select count(distinct case_key), max(happened_at), count(*) filter (milestone is null) "
        "from raw.event_log"
    ).fetchall() == [(7554, datetime(2012, 5, 22, 23, 22, 25, tzinfo=UTC), 65_533 - 55_649)]
    assert dict(
        connection.execute(
            "select milestone, count(*) from raw.event_log where milestone is not null group by all"
        ).fetchall()
    ) == {
        "accepted_in_progress": 30_239, "completed_closed": 5_716, "completed_in_call": 2_035,
        "completed_resolved": 6_115, "queued_awaiting_assignment": 11_544,
    }  # fmt: skip


def test_every_milestone_of_the_mapping_is_a_milestone_of_the_chain(log_door):
    with (CHAIN / "seeds" / "milestones.csv").open(encoding="utf-8") as stream:
        homes = {
            (row["milestone"], f"{row['organisation']}_{row['table_name']}", row["column_name"])
            for row in csv.DictReader(stream)
        }
    assert homes == {
        (milestone, contract.id, activity)
        for contract in log_door.contracts.values()
        for activity, milestone in contract.event_log.milestones.items()
    }


def test_an_organisation_may_have_an_underscore_in_its_code_and_a_table_may_not():
    contracts = load_contracts(Settings(chain=CHAIN).contracts_dir)
    assert [(contract.supplier, contract.table) for contract in contracts.values()] == [
        ("volvo_it", "incidents")
    ]


# --- XES ---------------------------------------------------------------------------------------

XES_NAME = "volvo_it_incidents_2012-05-22_v1.xes"


@pytest.fixture
def xes_door(log_door, monkeypatch):
    """The same contract, for a supplier that exports XES."""
    [contract] = log_door.contracts.values()
    changed = {contract.id: replace(contract, file_format="xes")}
    monkeypatch.setattr("pipelines.deliveries.intake.deliver.load_contracts", lambda _: changed)
    return Door(log_door.settings, changed)


def event(**more):
    values = {
        "concept:name": "Accepted", "lifecycle:transition": "In Progress", "org:group": "V30",
        "organization involved": "Org line C", "organization country": "nl", "impact": "Low",
        "product": "PROD1", **more,
    }  # fmt: skip
    texts = "".join(f'<string key="{key}" value="{value}"/>' for key, value in values.items())
    return (
        f'<event>{texts}<date key="time:timestamp" value="2012-01-31T10:00:00.000+01:00"/></event>'
    )


CASE = '<string key="concept:name" value="1-364285768"/>'


def log_of(*events, case=CASE, head=""):
    body = "".join(events)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<log xes.version="1.0" '
        'xmlns="http://www.xes-standard.org/"><global scope="event"><string key="concept:name" '
        f'value="x"/></global><trace>{case}{body}</trace></log>'
    ).encode()


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_an_event_log_in_xes_lands_as_one_row_per_event(xes_door, packed):
    content = log_of(
        event(), event(**{"concept:name": "Completed", "lifecycle:transition": "Closed"})
    )
    content = gzip.compress(content) if packed else content
    outcome = xes_door.take_one(xes_door.put_bytes(XES_NAME + packed, content))
    assert (outcome.status, outcome.rows_landed) == ("accepted", 2), outcome.line
    connection, _ = xes_door.state(day=LAST_DAY)
    assert connection.execute(
        "select case_key, milestone, happened_at, org_group from raw.event_log order by milestone"
    ).fetchall() == [
        ("1-364285768", milestone, datetime(2012, 1, 31, 9, tzinfo=UTC), "V30")
        for milestone in ("accepted_in_progress", "completed_closed")
    ]


def test_a_sample_in_xes_passes(xes_door):
    assert xes_door.take_one(xes_door.put("volvo_it_incidents", day=LAST_DAY)).rows_landed == 20


def test_a_column_of_persons_in_xes_is_refused(xes_door):
    content = log_of(event(**{PERSONS: "Frederic"}))
    outcome = xes_door.take_one(xes_door.put_bytes(XES_NAME, content))
    assert (outcome.rule, PERSONS in outcome.reason) == ("kolom_niet_toegestaan", False)


def test_an_attribute_inside_another_does_not_hide(xes_door):
    inside = event().replace('value="V30"/>', 'value="V30"><string key="naam" value="x"/></string>')
    outcome = xes_door.take_one(xes_door.put_bytes(XES_NAME, log_of(inside)))
    assert outcome.rule == "kolom_niet_toegestaan"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (log_of(event())[:-20], "beschadigd_bestand"),
        (b"<html><body/></html>", "beschadigd_bestand"),
        (log_of(event().replace("</event>", "<event/></event>")), "beschadigd_bestand"),
        (
            log_of(event().replace("</event>", '<string key="a"/><string key="a"/></event>')),
            "dubbel_attribuut",
        ),
        (log_of(event(), head='<!DOCTYPE log [<!ENTITY a "b">]>'), "documenttype"),
    ],
)
def test_what_is_not_xes_is_refused(xes_door, content, rule):
    assert xes_door.take_one(xes_door.put_bytes(XES_NAME, content)).rule == rule


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_an_event_outside_a_trace_is_of_no_case_and_set_aside(xes_door, place):
    ends = {"before": "<trace>", "after": "</log>", "between": "</trace><trace>"}
    traced = [event() for _ in range(20)]
    content = log_of(*traced[:10], "</trace><trace>", CASE, *traced[10:]).decode()
    mark = ends[place]
    at = content.index(mark) + (len("</trace>") if place == "between" else 0)
    content = content[:at] + event() + content[at:]
    outcome = xes_door.take_one(xes_door.put_bytes(XES_NAME, content.encode()))
    assert (outcome.rows_landed, outcome.rows_quarantined) == (20, 1), outcome.line
    assert [(finding.rule, finding.rows) for finding in outcome.findings] == [("verplicht", 1)]
    connection, _ = xes_door.state(day=LAST_DAY)
    counted = "select count(*), count(case_key) from raw.event_log"
    assert connection.execute(counted).fetchall() == [(20, 20)]


def test_an_event_log_says_of_every_event_whose_and_what_it_is(tmp_path):
    [path] = (CHAIN / "contracts").glob("*.yaml")
    text = path.read_text("utf-8").replace("required: true", "required: false", 1)
    (tmp_path / path.name).write_text(text, "utf-8")
    with pytest.raises(ContractError, match=r"\(case_key\): niet verplicht"):
        load_contracts(tmp_path)


def test_a_chain_counts_days_in_one_time_zone(tmp_path):
    for path in Settings().contracts_dir.glob("om_[cd]*.yaml"):
        text = path.read_text("utf-8")
        if path.name.startswith("om_dossier"):
            text = text.replace("Europe/Amsterdam", "America/Curacao")
        (tmp_path / path.name).write_text(text, "utf-8")
    with pytest.raises(ContractError, match=r"om_dossier.*'America/Curacao'.*'Europe/Amsterdam'"):
        load_contracts(tmp_path)


# --- A start and an end in one row ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            [("/In Progress", "/start")],
            "(started_at): een rij met begin en eind heeft geen",
        ),
        ([("name: lifecycle", "name: step")], "'Accepted/In Progress' zegt niet of het om begin"),
        ([("name: happened_at", "name: moment")], "geen kolom happened_at; geef de kolom"),
    ],
)
def test_a_start_column_that_cannot_be_read(tmp_path, changes, said):
    text = (CHAIN / "contracts" / "volvo_it_incidents.odcs.yaml").read_text("utf-8")
    for before, after in [("name: org_group", "name: started_at"), *changes]:
        text = text.replace(before, after)
    path = tmp_path / "volvo_it_incidents.odcs.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ContractError, match=re.escape(said)):
        load_contract(path)
