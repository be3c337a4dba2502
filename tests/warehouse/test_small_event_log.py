"""An event log with what goes wrong in event logs, from file to figures' inputs.

Times have no offset: they are what clocks in Amsterdam showed. Reference date: 2026-10-31.
"""

import csv
import io
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.build import BuildDates
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.current_state import load_current_state
from pipelines.deliveries.intake.deliver import deliver
from pipelines.deliveries.intake.outcome import Outcome
from pipelines.indicators.inputs import feeding_tables
from pipelines.indicators.quality import quality_of_indicators
from pipelines.indicators.results import read_register
from pipelines.settings import Settings
from pipelines.warehouse import manifest_path
from pipelines.wording.language import words_in
from pipelines.wording.quality import sentence
from tests.warehouse.conftest import RECORDED_DECISION, Warehouse

CHAIN = Path(__file__).resolve().parents[1] / "chains" / "bpi2013"
DAY = date(2026, 10, 31)
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
STARTED, CLOSED, IN_CALL = "Accepted/In Progress", "Completed/Closed", "Completed/In Call"
EVENTS = [
    # Still January in Amsterdam, and in UTC as well; an hour later in neither.
    *[(1, STARTED, "2026-01-31 23:30:00"), (1, CLOSED, "2026-02-02 10:00:00")],
    # Clocks showed 02:30 twice that night: ten or eleven hours.
    *[(2, STARTED, "2026-10-25 02:30:00"), (2, CLOSED, "2026-10-25 12:30:00")],
    # Written as midnight: known to the day.
    *[(3, STARTED, "2026-05-01 00:00:00"), (3, CLOSED, "2026-05-03 12:00:00")],
    # Ended, and nobody can say when: a day that does not exist, and an hour clocks skip.
    *[(4, STARTED, "2026-02-01 09:00:00"), (4, CLOSED, "2026-02-30 09:00:00")],
    *[(5, STARTED, "2026-03-28 09:00:00"), (5, CLOSED, "2026-03-29 02:30:00")],
    (6, STARTED, "2026-10-01 09:00:00"),
    # Ended in a call before it began.
    *[(7, STARTED, "2026-06-02 09:00:00"), (7, IN_CALL, "2026-06-01 09:00:00")],
    # After the reference date: not known yet.
    *[(8, STARTED, "2026-09-01 09:00:00"), (8, CLOSED, "2026-12-01 09:00:00")],
    *[(n, STARTED, f"2026-07-{n:02d} 09:00:00") for n in range(10, 20)],
    *[(n, CLOSED, f"2026-07-{n + 2:02d} 09:00:00") for n in range(10, 20)],
]


def small_log() -> bytes:
    columns = {
        "org:group": "V30", "org:role": "", "organization involved": "Org line C",
        "organization country": "nl", "impact": "Low", "product": "PROD1",
    }  # fmt: skip
    sink = io.StringIO()
    writer = csv.writer(sink)
    head = ["case:concept:name", "concept:name", "lifecycle:transition", "time:timestamp"]
    writer.writerow([*head, *columns])
    for n, activity, moment in EVENTS:
        writer.writerow([f"1-{364_000_000 + n}", *activity.split("/"), moment, *columns.values()])
    return sink.getvalue().encode()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The chain of the public log, delivered without offsets."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(CHAIN, folder / "chain")
    [contract] = (folder / "chain" / "contracts").glob("*.yaml")
    text = contract.read_text("utf-8")
    form = "'yyyy-MM-dd''T''HH:mm:ssXX'"
    assert form in text
    contract.write_text(text.replace(form, "yyyy-MM-dd HH:mm:ss"), "utf-8")
    return Settings(home=folder / "home", chain=folder / "chain")


@pytest.fixture(scope="module")
def outcome(settings: Settings) -> Outcome:
    settings.inbox_dir.mkdir(parents=True)
    path = settings.inbox_dir / "volvo_it_incidents_2026-10-31_v1.csv"
    path.write_bytes(small_log())
    [found] = deliver([path], settings, now=NOW).outcomes
    return found


@pytest.fixture(scope="module")
def warehouse(settings: Settings, outcome: Outcome) -> Warehouse:
    assert outcome.status == "partly_quarantined", outcome.line
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        contracts = load_contracts(settings.contracts_dir)
        load_current_state(connection, settings, contracts, DAY, NOW)
        connection.execute(RECORDED_DECISION)
    built = Warehouse(settings, DAY.isoformat())
    built.build()
    return built


def of_case(warehouse: Warehouse, n: int, columns: str, handoff: str = "B1") -> tuple:
    [row] = warehouse.query(
        f"select {columns} from marts.fct_handoff "
        f"where handoff_id = '{handoff}' and case_key = '1-{364_000_000 + n}'"
    )
    return row


def test_a_time_is_what_clocks_in_the_zone_of_the_contract_showed(warehouse):
    assert of_case(warehouse, 1, "start_month, started_at") == (
        "2026-01", datetime(2026, 1, 31, 22, 30, tzinfo=UTC)
    )  # fmt: skip


def test_an_hour_that_came_twice_gives_bounds_and_no_false_hour(warehouse):
    found = of_case(
        warehouse, 2, "duration_lower * 24, duration * 24, duration_upper * 24, start_date, status"
    )
    assert found[:3] == pytest.approx((10, 11, 11))
    assert found[3:] == (date(2026, 10, 25), "completed")


def test_midnight_is_a_day(warehouse):
    found = of_case(warehouse, 3, "duration_lower, duration, duration_upper, granularity")
    assert found == (1.5, 2.5, 2.5, "day")


@pytest.mark.parametrize("n", [4, 5])
def test_a_stop_that_cannot_be_read_is_no_stop_that_did_not_happen(warehouse, n):
    assert of_case(warehouse, n, "status, duration") == ("stop_unknown", None)
    # The exit may have been first; nobody can say.
    assert of_case(warehouse, n, "status", "B1c") == ("stop_unknown",)
    # Another stop of the same case is not unknown.
    assert of_case(warehouse, n, "status", "B2") == ("open",)


def test_what_has_not_ended_is_open(warehouse):
    assert {of_case(warehouse, n, "status") for n in (6, 7, 8)} == {("open",)}


def test_an_exit_before_its_start_is_set_aside_and_said(warehouse):
    assert of_case(warehouse, 7, "status, duration", "B1c") == ("negative", None)
    [told] = warehouse.query(
        "select organisation, table_name, reference_date, version, column_name, n_rows "
        "from marts.fct_finding where rule = 'uitgang_voor_begin'"
    )
    assert told == ("volvo_it", "incidents", DAY, 1, IN_CALL, 1)


def test_what_was_found_is_said(outcome, warehouse):
    at_the_door = {finding.rule: (finding.severity, finding.rows) for finding in outcome.findings}
    assert at_the_door == {"leesbaar": ("quarantine", 2), "na_peildatum": ("warning", 1)}
    absent = warehouse.query(
        "select column_name, severity from raw.finding where rule = 'activiteit_ontbreekt' "
        "order by 1"
    )
    assert absent == [
        ("Completed/Resolved", "warning"),
        ("Queued/Awaiting Assignment", "warning"),
    ]


def test_nothing_but_keys_is_kept_of_what_was_set_aside(warehouse):
    assert warehouse.query("from raw.set_aside order by case_key") == [
        ("volvo_it", "incidents", CLOSED, "completed_closed", f"1-{364_000_000 + n}", None, None)
        for n in (4, 5)
    ]


def test_badges_say_what_never_occurred_and_what_could_not_be_read(warehouse):
    with warehouse.connect() as connection:
        dates = BuildDates(DAY.isoformat(), NOW)
        register = read_register(connection, warehouse.settings, dates)
        feeding = feeding_tables(connection, register, manifest_path(warehouse.settings))
        found = quality_of_indicators(connection, register, feeding, {}, DAY).set_index("indicator")
    assert found.loc["lead_time_b2", "badge"] == "caution"
    assert sentence(found.loc["lead_time_b2"], words_in("nl")).startswith(
        "In het logboek komt nooit voor: completed_resolved; wat daarmee eindigt, lijkt open."
    )
    assert found.loc["lead_time_b1", "badge"] == "caution"
    assert found.loc["lead_time_b1", "n_findings"] >= 2
