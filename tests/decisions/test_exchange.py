"""The register goes out and comes back as the delivery `kc_aantekening`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.decisions.exchange import ExchangeError, read_delivery, write_delivery
from pipelines.decisions.register import Register, RegisterError
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.intake.deliver import deliver
from pipelines.settings import Settings
from tests.decisions.conftest import LONG_AGO, REFERENCE_DATE, decision

Record = Callable[..., str]


@pytest.fixture
def filled(register: Register, record: Record) -> Register:
    """A decision revised once, a note, and the explanation of a step."""
    number = record(question="Klopt dit; of niet?\nGraag nagaan.", text='Met "aanhalingstekens".')
    register.revise(
        number, decision(outcome="gehaald"), REFERENCE_DATE, expected=1, known_from=LONG_AGO
    )
    bare = {"question": "", "owner": None, "due_on": None, "outcome": None}
    record(kind="notitie", **bare)
    record(kind="herijking", indicator="triage_lead_time", signal_id="triage.median-2026", **bare)
    return register


def exported(register: Register, contract: Contract, folder: Path) -> Path:
    path, count = write_delivery(register, contract, folder, REFERENCE_DATE, 1)
    assert count == len(register.revisions())
    return path


def test_what_goes_out_comes_back_the_same(filled, contract, tmp_path):
    path = exported(filled, contract, tmp_path / "out")
    other = Register(tmp_path / "other.sqlite")

    assert read_delivery(other, contract, path, known_from=LONG_AGO) == (4, 4)

    assert [
        (revision.number, revision.revision, revision.draft, revision.recorded_at)
        for revision in other.revisions()
    ] == sorted(
        (revision.number, revision.revision, revision.draft, revision.recorded_at)
        for revision in filled.revisions()
    )


def test_reading_it_again_adds_nothing(filled, contract, tmp_path):
    path = exported(filled, contract, tmp_path / "out")

    assert read_delivery(filled, contract, path, known_from=LONG_AGO) == (4, 0)


def test_what_goes_out_passes_the_door_in(filled, contract, tmp_path):
    path = exported(filled, contract, tmp_path / "out")

    report = deliver([path], Settings(home=tmp_path / "home"))

    assert [refusal.line for refusal in report.refused] == []
    assert [outcome.rows_landed for outcome in report.outcomes] == [4]


def test_another_decision_under_the_same_number_is_refused_and_nothing_comes_in(
    filled, contract, tmp_path
):
    path = exported(filled, contract, tmp_path / "out")
    other = Register(tmp_path / "other.sqlite")
    other.record(decision(text="Een ander besluit."), REFERENCE_DATE, known_from=LONG_AGO)

    with pytest.raises(RegisterError, match="BP0000001 herziening 1 botst"):
        read_delivery(other, contract, path, known_from=LONG_AGO)

    assert len(other.revisions()) == 1


def test_an_identifying_text_in_a_file_is_refused_by_row_and_rule_and_nothing_comes_in(
    contract, register, tmp_path
):
    # The register itself does not judge texts: somebody else's file may hold anything.
    for text in ("Een gewoon besluit.", "Bel 06-12345678 voor vragen."):
        register.record(decision(text=text), REFERENCE_DATE, known_from=LONG_AGO)
    path = exported(register, contract, tmp_path / "out")
    other = Register(tmp_path / "other.sqlite")

    with pytest.raises(ExchangeError, match="rij 2, tekst: lijkt een telefoonnummer") as refused:
        read_delivery(other, contract, path, known_from=LONG_AGO)

    assert "12345678" not in str(refused.value)
    assert other.revisions() == []


def test_a_file_of_another_table_is_refused(register, contract, tmp_path):
    path = tmp_path / "kc_ervaring_2026-10-31_v1.csv"
    path.write_text("x")

    with pytest.raises(ExchangeError, match="niet als een levering kc_aantekening"):
        read_delivery(register, contract, path, known_from=LONG_AGO)
