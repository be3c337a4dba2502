"""The ledger: only ever added to, and no byte of it changes unseen."""

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.releases.ledger import HEAD, LEDGER, Entry, Ledger
from pipelines.releases.states import ReleaseError, Step
from tests.examples import examples

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
DRAFT = Entry(0, "2026-K3.1", Step.draft, "analist", NOON, {"2026-K3.1/draft.duckdb": "ab" * 32},
              {"reference_date": "2026-10-31"})  # fmt: skip
SUBMIT = Entry(0, "2026-K3.1", Step.submit, "analist", NOON + timedelta(minutes=1))
APPROVE = Entry(0, "2026-K3.1", Step.approve, "methodoloog", NOON + timedelta(minutes=2))


def written(folder: Path, *entries: Entry) -> Ledger:
    ledger = Ledger(folder)
    for entry in entries:
        with ledger.writing() as lines:
            ledger.add(lines, entry)
    return ledger


def test_a_line_carries_the_hash_of_the_line_before_it(tmp_path):
    ledger = written(tmp_path, DRAFT, SUBMIT)

    first, second = ledger.entries()
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous == first.hash
    assert ledger.problems() == []
    assert (tmp_path / HEAD).read_text("utf-8").strip() == second.hash


def test_a_line_says_the_same_after_reading(tmp_path):
    (kept,) = written(tmp_path, DRAFT).entries()

    assert (kept.release, kept.step, kept.by, kept.at) == (
        DRAFT.release, DRAFT.step, DRAFT.by, DRAFT.at,
    )  # fmt: skip
    assert (kept.files, kept.said) == (DRAFT.files, DRAFT.said)


@pytest.mark.parametrize("head", [b"\xb1\x00", b"", b"[" * 3_000])
def test_a_head_that_is_no_hash_is_told(tmp_path, head):
    ledger = written(tmp_path, DRAFT)
    (tmp_path / HEAD).write_bytes(head)
    assert ledger.problems() == [
        f"{LEDGER}: de laatste regel is niet die van {HEAD}; er ontbreken regels"
    ]


@pytest.mark.parametrize("line", ["[" * 3_000, "[]", '{"at": 1}', "9" * 5_000, ""])
def test_a_line_that_is_none_is_named(tmp_path, line):
    ledger = written(tmp_path, DRAFT)
    kept = (tmp_path / LEDGER).read_text("utf-8")
    (tmp_path / LEDGER).write_text(f"{kept}{line}\n", encoding="utf-8")
    assert ledger.problems() == [f"{LEDGER} regel 2: is veranderd sinds zij werd geschreven"]


@pytest.fixture(scope="module")
def three_lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ledger, bytes]:
    ledger = written(tmp_path_factory.mktemp("ledger"), DRAFT, SUBMIT, APPROVE)
    return ledger, (ledger.folder / LEDGER).read_bytes()


@examples(60)
@given(st.data())
def test_any_changed_byte_is_found_and_its_line_named(three_lines, data):
    ledger, whole = three_lines
    content = bytearray(whole)
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    number = whole[:place].count(b"\n") + 1

    (ledger.folder / LEDGER).write_bytes(content)

    problems = ledger.problems()
    assert problems
    assert f"regel {number}" in problems[0]
    with pytest.raises(ReleaseError, match=LEDGER):
        ledger.entries()


@pytest.mark.parametrize("left", [0, 1, 2])
def test_lines_cut_off_the_end_are_missed(tmp_path, left):
    ledger = written(tmp_path, DRAFT, SUBMIT, APPROVE)
    lines = (tmp_path / LEDGER).read_text("utf-8").splitlines(keepends=True)

    (tmp_path / LEDGER).write_text("".join(lines[:left]), "utf-8")

    assert ledger.problems() == [
        f"{LEDGER}: de laatste regel is niet die van {HEAD}; er ontbreken regels"
    ]


@pytest.mark.parametrize("taken", [0, 1])
def test_a_line_taken_out_or_moved_is_missed(tmp_path, taken):
    ledger = written(tmp_path, DRAFT, SUBMIT, APPROVE)
    lines = (tmp_path / LEDGER).read_text("utf-8").splitlines(keepends=True)

    (tmp_path / LEDGER).write_text("".join(lines[:taken] + lines[taken + 1 :]), "utf-8")
    assert "sluit niet aan" in ledger.problems()[0]

    (tmp_path / LEDGER).write_text("".join([lines[1], lines[0], lines[2]]), "utf-8")
    assert "sluit niet aan" in ledger.problems()[0]


def test_whoever_is_stopped_between_line_and_head_goes_on(tmp_path):
    ledger = written(tmp_path, DRAFT, SUBMIT)
    before = (tmp_path / HEAD).read_text("utf-8")
    written(tmp_path, APPROVE)

    (tmp_path / HEAD).write_text(before, "utf-8")

    assert ledger.problems() == []
    assert len(ledger.entries()) == 3


def test_a_clock_set_back_is_refused(tmp_path):
    ledger = written(tmp_path, SUBMIT)

    with ledger.writing() as lines, pytest.raises(ReleaseError, match="klok"):
        ledger.add(lines, DRAFT)
    assert len(ledger.entries()) == 1


def add_ten(folder: Path) -> None:
    for _ in range(10):
        ledger = Ledger(folder)
        with ledger.writing() as lines:
            ledger.add(lines, Entry(0, "2026-K3.1", Step.comment, "analist", NOON))


def test_two_writers_at_once_both_have_their_lines(tmp_path):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=add_ten, args=(tmp_path,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(Ledger(tmp_path).entries()) == 20
