"""The register: nothing is ever changed, and nobody overwrites another's edit unnoticed."""

import sqlite3
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decisions.draft import Draft
from pipelines.decisions.register import DELIVERED, Register, Revision, StaleError
from tests.decisions.conftest import LONG_AGO, REFERENCE_DATE, decision
from tests.examples import examples


def revise(register: Register, number: str, expected: int, draft: Draft) -> Revision:
    return register.revise(number, draft, REFERENCE_DATE, expected=expected, known_from=LONG_AGO)


def test_decisions_are_numbered_in_the_order_in_which_they_are_written(record):
    assert [record(), record()] == ["BP0000001", "BP0000002"]


def test_a_register_nobody_wrote_in_is_empty_and_makes_no_file(register):
    assert register.current() == []
    assert not register.path.exists()


def test_a_revision_comes_on_top_and_the_earlier_one_stays(register, record):
    number = record()

    revise(register, number, 1, decision(outcome="gehaald"))

    assert [revision.draft.outcome for revision in register.history(number)] == ["open", "gehaald"]
    assert [revision.revision for revision in register.current()] == [2]


def test_who_revises_what_somebody_else_just_revised_is_told_and_nothing_is_written(
    register, record
):
    number = record()
    revise(register, number, 1, decision(owner="nctv"))

    with pytest.raises(StaleError) as told:
        revise(register, number, 1, decision(text="Iets anders."))

    assert [revision.draft.owner for revision in told.value.since] == ["nctv"]
    assert len(register.history(number)) == 2

    revise(register, number, 2, decision(text="Iets anders."))
    assert register.history(number)[-1].draft.text == "Iets anders."


def test_of_many_who_revise_at_once_one_is_first_and_the_others_are_told(register, record):
    number = record()
    outcomes: list[str] = []

    def write(place: int) -> None:
        try:
            revise(register, number, 1, decision(text=f"Versie van venster {place}."))
            outcomes.append("written")
        except StaleError:
            outcomes.append("told")

    threads = [threading.Thread(target=write, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["told"] * 5 + ["written"]
    assert len(register.history(number)) == 2


def test_saving_without_a_change_writes_nothing(register, record):
    number = record()

    assert revise(register, number, 1, decision()).revision == 1
    assert len(register.revisions()) == 1


def test_a_decision_that_does_not_exist_cannot_be_revised(register):
    with pytest.raises(LookupError, match="BP0000009"):
        revise(register, "BP0000009", 1, decision())


def test_the_first_edit_of_a_delivered_note_keeps_what_was_delivered(register):
    note = Revision("AT0000012", 1, decision(), REFERENCE_DATE, LONG_AGO, LONG_AGO, DELIVERED)

    register.revise(
        "AT0000012",
        decision(outcome="gehaald"),
        REFERENCE_DATE,
        expected=1,
        known_from=LONG_AGO,
        delivered=note,
    )

    history = register.history("AT0000012")
    assert [(revision.revision, revision.origin) for revision in history] == [
        (1, "geleverd"),
        (2, "vastgelegd"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "update revision set \"text\" = 'Anders.'",
        "delete from revision",
        "insert or replace into revision select * from revision",
        "replace into revision select * from revision",
        'insert into revision (number, revision, kind, noted_on, "text", question, '
        "reference_date, recorded_at, known_at, origin) values "
        "('BP0000001', 7, 'besluit', '2026-11-24', 'Sprong.', '', '2026-10-31', '', '', "
        "'vastgelegd')",
    ],
)
def test_no_other_program_can_change_what_is_written(register, record, statement):
    number = record()
    before = register.history(number)

    with sqlite3.connect(register.path) as connection, pytest.raises(sqlite3.DatabaseError):
        connection.execute(statement)

    assert register.history(number) == before


def test_it_counts_from_when_it_was_written_down(register, record):
    record()

    [revision] = register.revisions()
    assert timedelta(0) <= revision.known_at - revision.recorded_at < timedelta(seconds=1)


def test_it_never_counts_in_a_build_that_was_made_before_it(register):
    last_build = datetime.now(UTC) + timedelta(days=8)

    made = register.record(decision(), REFERENCE_DATE, known_from=last_build)
    later = register.record(decision(), REFERENCE_DATE, known_from=LONG_AGO)

    assert made.known_at == last_build
    # The clock was set back, and still it comes after.
    assert later.known_at > made.known_at


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["record", "revise"]),
        st.integers(0, 3),
        st.integers(1, 6),
        st.sampled_from(["Eerste tekst.", "Tweede tekst.", "Derde tekst."]),
    ),
    max_size=25,
)


@examples(40, long=500)
@given(edits=EDITS)
def test_whatever_is_tried_the_history_is_what_was_accepted(edits):
    with tempfile.TemporaryDirectory() as folder:
        register = Register(Path(folder) / "decisions.sqlite")
        accepted: dict[str, list[str]] = {}
        for kind, which, expected, text in edits:
            number = f"BP{which + 1:07d}"
            if kind == "record":
                made = register.record(decision(text=text), REFERENCE_DATE, known_from=LONG_AGO)
                assert made.number not in accepted
                accepted[made.number] = [text]
                continue
            texts = accepted.get(number, [])
            try:
                revise(register, number, expected, decision(text=text))
            except (StaleError, LookupError):
                assert len(texts) != expected
                continue
            assert len(texts) == expected
            if texts[-1] != text:
                texts.append(text)

        for number, texts in accepted.items():
            assert [revision.draft.text for revision in register.history(number)] == texts
        assert len(register.revisions()) == sum(map(len, accepted.values()))


def test_the_first_decision_can_be_written_again_after_a_kill_before_it_was_there(
    register, record, monkeypatch
):
    """Between the note of its hash and the file itself."""
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(Path, "replace", _killed_at("decisions.sqlite"))
        record()
    assert not register.path.exists()
    assert register.is_whole()
    assert record() == "BP0000001"
    register.path.unlink()
    assert not register.is_whole()


def _killed_at(name: str) -> Callable[[Path, Path], Path]:
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if Path(target).name == name:
            raise KeyboardInterrupt
        return real(path, target)

    return replace
