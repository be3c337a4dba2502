"""The commands `kwaliteitsmonitor release …`: what a person at the terminal sees."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.releases.build import Build
from pipelines.road.lock import one_writer
from tests.releases.conftest import MONDAY, Days

Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(days: Days, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a command on a wide screen and get its exit code and lines."""
    # A screen takes the width of what it was first imported under, whichever test that was.
    monkeypatch.setattr("pipelines.cli.screen.out._width", 200)

    def answer(*arguments: str) -> tuple[int, list[str]]:
        home = {"KWALITEITSMONITOR_HOME": str(days.settings.home)}
        told = CliRunner().invoke(app, ["release", *arguments], env=home)
        return told.exit_code, told.output.splitlines()

    return answer


def test_a_release_is_taken_from_draft_to_readers(run, build, monkeypatch):
    @contextmanager
    def opened(_: object) -> Iterator[Build]:
        yield build()

    monkeypatch.setattr("pipelines.releases.build.open_build", opened)
    said = "In mei telde een arrondissement dubbel."

    assert run("draft", "--by", "analist") == (0, ["2026-K3.1: concept"])
    assert run(
        *("comment", "2026-K3.1", "--by", "analist", "--indicator", "inflow"),
        *("--organisation", "om", "--text", said),
    ) == (0, ["2026-K3.1: concept"])
    assert run("submit", "2026-K3.1", "--by", "analist") == (0, ["2026-K3.1: voorgelegd"])
    assert run("approve", "2026-K3.1", "--by", "methodoloog")[1] == ["2026-K3.1: goedgekeurd"]
    assert run("publish", "2026-K3.1", "--by", "methodoloog")[1] == ["2026-K3.1: uitgebracht"]

    code, lines = run("show", "2026-K3.1")
    assert code == 0
    assert f"Reactie van om bij inflow: {said}" in lines
    assert any(line.endswith("  release.duckdb") for line in lines)
    code, lines = run("verify")
    assert (code, lines[0][:33]) == (0, "In orde: 5 regels in het grootboe")
    code, lines = run("withdraw", "2026-K3.1", "--by", "methodoloog", "--reason", "Dubbel geteld.")
    assert lines == ["2026-K3.1: ingetrokken"]


def test_nothing_is_drafted_from_a_build_in_the_middle_of_its_work(run, days):
    with one_writer(days.settings):
        code, [line] = run("draft", "--by", "analist")

    assert code == 1
    assert line.startswith("Fout: een andere opdracht werkt in ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "2026-K9.9"),
        ("submit", "2026-K9.9", "--by", "analist"),
        ("approve", "2026-K9.9", "--by", "methodoloog"),
        ("withdraw", "2026-K9.9", "--by", "methodoloog", "--reason", "Fout."),
        ("diff", "2026-K9.9", "2026-K3.1"),
    ],
)
def test_of_an_unknown_release_one_sentence_and_nothing_else(run, arguments):
    assert run(*arguments) == (1, ["Fout: release '2026-K9.9' bestaat niet"])


def test_two_releases_beside_each_other(run, days, build):
    days.published(build("2026-Q1 40 30\n2026-Q2 50 35"))
    later = build("2026-Q1 50 40\n2026-Q2 50 35\n2026-Q4 60 50", reference_date=date(2027, 1, 31))
    days.published(later, MONDAY + timedelta(days=92))

    code, lines = run("diff", "2026-K4.1", "2026-K3.1")

    assert code == 0
    assert lines[0] == "2026-K3.1 → 2026-K4.1: 4 cijfers verschillen"
    [inflow] = [line for line in lines if line.startswith("│ inflow")]
    assert [part.strip() for part in inflow.strip("│").split("│")] == [
        *("inflow", "count", "K1 2026", "national", "40", "50", "jaarlijkse herziening"),
    ]
    told = [line.split() for line in run("list")[1]]
    assert any("2026-K3.1" in row and "opgevolgd" in row for row in told)
    assert any("2026-K4.1" in row and "jaarlijks" in row for row in told)


def test_what_changed_is_said_on_a_line_each_and_the_exit_code_is_one(run, days, build):
    release = days.published(build())
    release.path.chmod(0o600)
    release.path.write_bytes(b"other")

    assert run("verify") == (
        1,
        ["Fout: 2026-K3.1/release.duckdb: is veranderd sinds het werd ondertekend"],
    )


def test_without_a_build_there_is_nothing_to_draft(run):
    code, [line] = run("draft", "--by", "analist")
    assert (code, line) == (1, "Fout: er is nog niets gebouwd; draai eerst 'kwaliteitsmonitor run'")


def test_a_day_that_is_none_is_named(run):
    code, [line] = run("draft", "--by", "analist", "--embargo", "morgen")
    assert (code, line) == (1, "Fout: 'morgen' is geen dag; schrijf bijvoorbeeld 2027-02-15")
