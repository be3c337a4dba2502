"""A delivery in which more disappeared than is plausible waits, until somebody confirms it.

Every table here has three deliveries behind it, unless the test says otherwise: months in which
little or nothing went.
"""

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.holding.confirmation import ConfirmationError, confirm
from pipelines.deliveries.holding.waiting import waiting
from pipelines.deliveries.landing.zone import read_landing, read_registry
from tests.deliveries.conftest import DAY, NOW, Door, set_cell
from tests.deliveries.test_event_log import CHAIN

MONTHS = [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]
OCTOBER, NOVEMBER = date(2026, 10, 31), NOW + timedelta(days=30)
STATE = "select count(*) from raw.om_dossier"
DELIVERIES = (
    "select version, status, is_used, is_open from raw.delivery where reference_date = ? "
    "and organisation = 'om' and table_name = 'dossier' order by 1, 2"
)


@pytest.fixture
def grown(door):
    """A snapshot that held 60, 70 and 80 dossiers; the cells of a hundred."""
    cells = door.cells("om_dossier", 100)
    for day, rows in zip(MONTHS, (60, 70, 80), strict=True):
        door.put("om_dossier", cells.slice(0, rows), day=day)
    assert {outcome.status for outcome in door.take().outcomes} == {"accepted"}
    return cells


@pytest.mark.parametrize(
    ("kept", "outcome", "severity"),
    [
        # Nothing gone, and two that may always go.
        (slice(0, 90), "accepted", None),
        (slice(2, 90), "accepted", None),
        # A third gone, nearly everything, everything.
        (slice(27, 90), "held", "critical"),
        (slice(79, 80), "held", "critical"),
        (slice(0, 0), "held", "critical"),
        # Just as many rows as before, and none of the same.
        (slice(80, 100), "held", "critical"),
    ],
)
def test_a_snapshot_is_judged_by_the_keys_that_disappeared(door, grown, kept, outcome, severity):
    cells = grown.slice(kept.start, kept.stop - kept.start)
    found = door.take_one(door.put("om_dossier", cells))
    assert found.status == outcome
    told = [finding.severity for finding in found.findings if finding.rule == "rijen_verdwenen"]
    assert told == ([severity] if severity else [])


def test_with_less_behind_it_the_same_loss_lands_and_is_told(door):
    cells = door.cells("om_dossier", 80)
    door.take(
        door.put("om_dossier", cells, day=MONTHS[1]), door.put("om_dossier", cells, day=MONTHS[2])
    )
    found = door.take_one(door.put("om_dossier", cells.slice(0, 0)))
    assert found.status == "accepted"
    assert ("rijen_verdwenen", "warning", 80, 80) in [
        (finding.rule, finding.severity, finding.rows, finding.total) for finding in found.findings
    ]


def test_while_it_waits_the_table_keeps_its_last_state_and_everybody_says_so(door, grown):
    outcome = door.take_one(door.put("om_dossier", grown.slice(0, 0)))
    assert outcome.line == (
        "om_dossier_2026-09-30_v1.csv: rijen_verdwenen: wacht op bevestiging: uit de vorige stand "
        "is meer verdwenen dan eerdere leveringen aannemelijk maken (80 van 80 sleutels); de "
        "vorige stand telt; lever versie 2, of bevestig haar met 'kwaliteitsmonitor deliver "
        "--confirm om_dossier_2026-09-30_v1 --reason …'"
    )
    connection, _ = door.state()
    assert connection.execute(STATE).fetchall() == [(80,)]
    # It came, so it is not missing; it does not count, so nothing rests on it.
    assert connection.execute(DELIVERIES, [DAY]).fetchall() == [(1, "held", False, True)]
    page = door.settings.feedback_dir / "om" / "om_dossier_2026-09-30_v1.html"
    assert "wacht op bevestiging" in page.read_text("utf-8").lower()
    assert [delivery.delivery_id for delivery in read_registry(door.settings)][-1].endswith(
        "08-31_v1"
    )
    [again] = [outcome for outcome in door.take().outcomes if outcome.reference_date == DAY]
    assert again.status == "held"


def test_confirmed_it_counts_from_that_moment_and_no_earlier_build_sees_it(door, grown):
    door.take_one(door.put("om_dossier", grown.slice(0, 10)))
    later = NOW + timedelta(days=2)
    name = "om_dossier_2026-09-30_v1"
    held = confirm(
        door.settings, door.contracts, name, "Schoning volgens afspraak", "analist", now=later
    )
    assert held.confirmation.known_at == later
    before = later - timedelta(microseconds=1)
    for known_at, rows, states in (
        (before, 80, [(1, "held", False, True)]),
        (later, 10, [(1, "on_time", True, False)]),
    ):
        connection, _ = door.state(known_at=known_at)
        assert connection.execute(STATE).fetchall() == [(rows,)]
        assert connection.execute(DELIVERIES, [DAY]).fetchall() == states
    assert waiting(door.contracts, read_landing(door.settings)) == []
    [again] = [outcome for outcome in door.take().outcomes if outcome.reference_date == DAY]
    assert again.status == "already_known"


def test_a_higher_version_ends_the_wait(door, grown):
    door.put("om_dossier", grown.slice(0, 0))
    door.put("om_dossier", grown.slice(0, 85), version=2)
    found = {
        outcome.version: outcome.status
        for outcome in door.take().outcomes
        if outcome.reference_date == DAY
    }
    assert found == {1: "already_known", 2: "accepted"}
    connection, _ = door.state()
    assert connection.execute(STATE).fetchall() == [(85,)]
    assert connection.execute(DELIVERIES, [DAY]).fetchall() == [
        (1, "held", False, False), (2, "on_time", True, False)]  # fmt: skip
    assert waiting(door.contracts, read_landing(door.settings)) == []


def test_a_later_snapshot_ends_the_wait_too(door, grown):
    door.take_one(door.put("om_dossier", grown.slice(0, 0)))
    path = door.put("om_dossier", grown, day=OCTOBER)
    assert door.take_one(path, now=NOVEMBER).status == "accepted"
    assert waiting(door.contracts, read_landing(door.settings)) == []


def test_what_is_held_is_compared_with_what_counts_and_not_with_what_waits(door, grown):
    door.take_one(door.put("om_dossier", grown.slice(0, 5)))
    path = door.put("om_dossier", grown.slice(0, 5), day=OCTOBER)
    assert door.take_one(path, now=NOVEMBER).status == "held"
    assert len(waiting(door.contracts, read_landing(door.settings))) == 2


@pytest.mark.parametrize("table", ["om_dossier", "om_casus"])
def test_a_redelivery_with_far_fewer_rows_is_held(door, table):
    cells = door.cells(table, 80)
    for day in (*MONTHS, DAY):
        door.put(table, cells, day=day)
    door.take()
    assert door.take_one(door.put(table, cells.slice(0, 30), version=2)).status == "held"
    assert door.take_one(door.put(table, cells.slice(0, 79), version=3)).status == "accepted"


def test_of_an_event_log_without_a_key_rows_are_counted(door):
    settings = replace(door.settings, chain=CHAIN)
    log_door = Door(settings, load_contracts(settings.contracts_dir))
    cells = log_door.cells("volvo_it_incidents", 80)
    for day in (*MONTHS, DAY):
        log_door.put("volvo_it_incidents", cells, day=day)
    assert {outcome.status for outcome in log_door.take().outcomes} == {"accepted"}
    few = log_door.put("volvo_it_incidents", cells.slice(0, 10), version=2)
    assert log_door.take_one(few).status == "held"
    nearly = log_door.put("volvo_it_incidents", cells.slice(0, 79), version=3)
    assert log_door.take_one(nearly).status == "accepted"


def test_what_is_accepted_as_known_does_not_wait(door, grown, tmp_path, monkeypatch):
    (tmp_path / "accepted_findings.csv").write_text(
        "organisation,table,rule,column,valid_from,valid_to,reason\n"
        "om,dossier,rijen_verdwenen,,2026-09-01,2026-12-31,Jaarlijkse schoning\n"
    )
    register = read_accepted(tmp_path)
    monkeypatch.setattr("pipelines.deliveries.intake.deliver.read_accepted", lambda _: register)
    assert door.take_one(door.put("om_dossier", grown.slice(0, 10))).status == "accepted"


def withdrawing(cells: pa.Table, rows: int) -> pa.Table:
    for row in range(1, rows + 1):
        cells = set_cell(cells, "mutatie", row, "intrekking")
    return cells


@pytest.mark.parametrize(("withdrawn", "outcome"), [(2, "accepted"), (40, "held")])
def test_a_change_file_is_judged_by_the_keys_it_withdraws(door, withdrawn, outcome):
    cells = door.cells("om_casus", 120)
    cells = cells.set_column(
        cells.column_names.index("mutatie"), "mutatie", pa.array(["wijziging"] * 120)
    )
    for at, day in enumerate(MONTHS):
        door.put("om_casus", cells.slice(40 * at, 40), day=day)
    assert {outcome.status for outcome in door.take().outcomes} == {"accepted"}
    found = door.take_one(door.put("om_casus", withdrawing(cells.slice(0, 50), withdrawn)))
    assert found.status == outcome
    if outcome == "held":
        [finding] = [finding for finding in found.findings if finding.rule == "massale_intrekking"]
        assert (finding.rows, finding.total) == (40, 120)
    connection, _ = door.state()
    assert connection.execute("select count(*) from raw.om_casus").fetchall() == [
        (120 - withdrawn if outcome == "accepted" else 120,)
    ]


def test_an_empty_part_of_a_key_is_equal_to_another(door):
    """An evaluation without a theme has a row all the same, and the same one next month."""
    cells = door.cells("kc_evaluatie", 40)
    for row in range(1, 31):
        cells = set_cell(cells, "thema", row, None)
    for day in (*MONTHS, DAY):
        door.put("kc_evaluatie", cells, day=day)
    outcomes = door.take().outcomes
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    assert {found.rule for outcome in outcomes for found in outcome.findings} <= {"verplicht"}


def test_what_happened_three_times_is_the_rule(door):
    """A partner delivers open dossiers alone: half of them go every month."""
    cells = door.cells("om_dossier", 100)
    first = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    later = NOW + timedelta(days=1)
    statuses = []
    for at, day in enumerate([*first, date(2026, 5, 31), *MONTHS, DAY]):
        name = door.put("om_dossier", cells.slice(10 * at, 20), day=day)
        statuses.append(door.take_one(name).status)
        if statuses[-1] == "held":
            confirm(door.settings, door.contracts, name.name, "Zo hoort het", "analist", now=later)
    assert statuses == ["accepted"] * 3 + ["held"] + ["accepted"] * 5


@pytest.mark.parametrize(
    ("name", "reason", "why"),
    [
        ("om_dossier_2026-09-30_v2.csv", "Klopt", "wat wacht: om_dossier_2026-09-30_v1"),
        ("zomaar iets", "Klopt", "wacht niet op bevestiging"),
        ("om_dossier_2026-09-30_v1.csv", " ", "leeg"),
        ("om_dossier_2026-09-30_v1.csv", "x" * 201, "langer"),
        ("om_dossier_2026-09-30_v1.csv", "Zegt Jan de Vries", "een naam"),
        ("om_dossier_2026-09-30_v1.csv", "BSN 111222333", "burgerservicenummer"),
    ],
)
def test_a_confirmation_names_what_waits_and_holds_no_persons(door, grown, name, reason, why):
    door.take_one(door.put("om_dossier", grown.slice(0, 0)))
    with pytest.raises(ConfirmationError, match=why) as refused:
        confirm(door.settings, door.contracts, name, reason, "analist", now=NOW)
    assert "Vries" not in str(refused.value)
    assert "111222333" not in str(refused.value)
    [held] = waiting(door.contracts, read_landing(door.settings))
    assert held.confirmation is None


def test_a_confirmation_that_was_tampered_with_is_none(door, grown):
    door.take_one(door.put("om_dossier", grown.slice(0, 0)))
    held = confirm(door.settings, door.contracts, "om_dossier_2026-09-30_v1", "Klopt", "analist")
    path = held.landed.folder(door.settings) / "confirmed.json"
    path.write_text(path.read_text().replace("Klopt", "Klapt"))
    assert [delivery.identity for delivery in read_landing(door.settings).damaged] == [
        held.landed.identity
    ]


def test_at_the_terminal_it_is_named_until_it_is_confirmed(door, grown, monkeypatch):
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(door.settings.home))
    path = door.put("om_dossier", grown.slice(0, 0))

    def say(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(arguments))
        return result.exit_code, result.output

    code, told = say("deliver", str(path))
    assert code == 1
    assert "0 aanvaard, 0 al bekend, 0 geweigerd, 1 aangehouden" in told
    assert "Aangehouden: om_dossier_2026-09-30_v1.csv: rijen_verdwenen: wacht op" in told
    assert "Aangehouden: om_dossier_2026-09-30_v1: wacht op bevestiging" in say("status")[1]
    assert say("deliver", str(path), "--confirm", path.name)[0] == 2
    assert say("deliver", "--confirm", path.name)[0] == 1
    code, told = say("deliver", "--confirm", path.name, "--reason", "Schoning volgens afspraak")
    assert (code, told.startswith("om_dossier_2026-09-30_v1 is bevestigd")) == (0, True)
    assert "Aangehouden: niets" in say("status")[1]
    page = (door.settings.feedback_dir / "om" / "om_dossier_2026-09-30_v1.html").read_text("utf-8")
    assert "(analist): Schoning volgens afspraak" in page


def test_a_held_delivery_sets_rows_aside_and_loses_none_of_them(door, grown):
    broken = set_cell(grown.slice(0, 30), "verzonden_op", 3, None)
    outcome = door.take_one(door.put("om_dossier", broken))
    assert (outcome.status, outcome.rows_landed, outcome.rows_quarantined) == ("held", 29, 1)
