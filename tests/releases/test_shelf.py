"""The shelf: what the lines of the ledger make of every release, and which was current when."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.releases.ledger import Entry, Ledger
from pipelines.releases.shelf import (
    UnknownReleaseError,
    current,
    current_at,
    find,
    published,
    read_shelf,
)
from pipelines.releases.states import ReleaseError, State, Step

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return DAY_ONE + timedelta(days=number - 1)


def write(folder: Path, lines: str) -> None:
    """Lines `day release step supersedes?`."""
    ledger = Ledger(folder)
    for number, release, step, *supersedes in map(str.split, lines.strip().splitlines()):
        said = {"reference_date": "2026-10-31"} if step == "draft" else {}
        said |= {"supersedes": supersedes[0]} if supersedes else {}
        by = "analist" if step in {"draft", "submit"} else "methodoloog"
        with ledger.writing() as entries:
            ledger.add(entries, Entry(0, release, Step(step), by, day(int(number)), said=said))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, """
        1  2026-K3.1 draft
        2  2026-K3.1 submit
        3  2026-K3.1 approve
        4  2026-K3.1 publish
        10 2026-K4.1 draft
        11 2026-K4.1 submit
        12 2026-K4.1 approve
        14 2026-K4.1 publish 2026-K3.1
        20 2026-K4.2 draft
    """)  # fmt: skip
    return tmp_path


def test_each_release_is_where_its_lines_brought_it(folder):
    releases = read_shelf(folder)

    assert {release.id: release.state for release in releases} == {
        "2026-K3.1": State.superseded,
        "2026-K4.1": State.published,
        "2026-K4.2": State.draft,
    }
    first = find(releases, "2026-K3.1")
    assert (first.submitted_by, first.approved_by) == ("analist", "methodoloog")
    assert (first.published_at, first.superseded_at) == (day(4), day(14))
    assert first.reference_date == date(2026, 10, 31)
    assert find(releases, "2026-K4.1").supersedes == "2026-K3.1"


def test_readers_get_the_release_that_was_published_last(folder):
    releases = read_shelf(folder)

    now = current(releases)
    assert now is not None
    assert now.id == "2026-K4.1"
    assert [release.id for release in published(releases)] == ["2026-K3.1", "2026-K4.1"]


@pytest.mark.parametrize(
    ("on", "expected"), [(3, None), (4, "2026-K3.1"), (13, "2026-K3.1"), (14, "2026-K4.1")]
)
def test_as_consulted_on_a_day(folder, on, expected):
    found = current_at(read_shelf(folder), day(on))

    assert (found.id if found else None) == expected


def test_a_withdrawn_release_is_not_what_readers_get_and_the_one_before_does_not_return(folder):
    write(folder, "25 2026-K4.1 withdraw")
    releases = read_shelf(folder)

    assert current(releases) is None
    assert current_at(releases, day(30)) is None
    # What was seen before it was withdrawn stays true.
    before = current_at(releases, day(24))
    assert before is not None
    assert before.id == "2026-K4.1"


def test_a_line_about_no_release_is_named(tmp_path):
    ledger = Ledger(tmp_path)
    with ledger.writing() as entries:
        ledger.add(entries, Entry(0, {"of": 1}, Step.draft, "analist", DAY_ONE))
    with pytest.raises(ReleaseError, match=r"ledger\.jsonl regel 1: zegt niet wat"):
        read_shelf(tmp_path)


def test_an_unknown_id_is_named(folder):
    with pytest.raises(UnknownReleaseError, match=r"^release '2026-K9\.9' bestaat niet$"):
        find(read_shelf(folder), "2026-K9.9")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"reference_date": 3},
        {"reference_date": "2026-02-30"},
        {"reference_date": "2026-10-31", "supersedes": {}},
        {"reference_date": "2026-10-31", "without": 3},
    ],
)
def test_a_line_that_hangs_together_and_says_too_little_is_named(tmp_path, said):
    ledger = Ledger(tmp_path)
    with ledger.writing() as entries:
        ledger.add(entries, Entry(0, "2026-K3.1", Step.draft, "analist", DAY_ONE, said=said))
    with pytest.raises(
        ReleaseError, match=r"ledger\.jsonl regel 1: zegt niet wat bij de stap draft"
    ):
        read_shelf(tmp_path)


def test_an_empty_folder_is_an_empty_shelf(tmp_path):
    assert read_shelf(tmp_path / "none") == []
