"""What a walk of the road leaves behind: the lock while it lasts, one note when it is over."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from pipelines import dbt
from pipelines.build import BuildDates, BuildError, LastBuild, read_last_build, write_last_build
from pipelines.cli import app
from pipelines.deliveries.known_from import known_from
from pipelines.journal import kept_in, read_events
from pipelines.publication.audiences import AUDIENCES
from pipelines.road import steps
from pipelines.road.lock import one_writer
from pipelines.road.plan import Plan, make_plan
from pipelines.settings import Settings

NOVEMBER = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def plan(known_at: datetime, code: str = "a") -> Plan:
    return Plan(BuildDates("2026-10-31", known_at), code, {"om_casus": "b"}, is_full=True)


def command(settings: Settings, *arguments: str) -> Result:
    environment = {"KWALITEITSMONITOR_HOME": str(settings.home), "COLUMNS": "1000"}
    return CliRunner().invoke(app, list(arguments), env=environment)


# --- the lock


def test_a_second_command_is_told_to_wait(settings):
    with one_writer(settings):
        answer = command(settings, "build")
    assert answer.exit_code == 1
    [line] = answer.output.splitlines()
    assert line == (
        f"Fout: een andere opdracht werkt in {settings.home}; wacht tot die klaar is "
        "of kies een andere map met KWALITEITSMONITOR_HOME"
    )


def test_who_can_wait_is_told_once_and_goes_on_when_the_other_is_done(settings):
    told: list[str] = []
    asked, done = Event(), Event()

    def second() -> None:
        with one_writer(settings, on_wait=lambda line: (told.append(line), asked.set())):
            done.set()

    with one_writer(settings):
        waiting = Thread(target=second)
        waiting.start()
        assert asked.wait(10)
        assert not done.is_set()
    waiting.join(10)
    assert done.is_set()
    assert told == [f"een andere opdracht werkt in {settings.home}; dit begint zodra die klaar is"]


def test_two_that_find_the_project_unread_read_it_once(settings, monkeypatch):
    """A daemon loads its code whenever it likes, also while a command does the same."""
    read = []

    def reading(arguments: list[str]) -> SimpleNamespace:
        read.append(arguments)
        time.sleep(0.5)
        dbt.manifest_path(settings).write_text("{}")
        return SimpleNamespace(success=True)

    monkeypatch.setattr(dbt, "_invoke", reading)
    both = [Thread(target=dbt.ensure_manifest, args=(settings,)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert len(read) == 1


# --- what is remembered


def test_a_build_is_remembered_from_its_beginning(settings):
    """What lands while it runs, or after it failed half-way, is known after it."""
    with pytest.raises(BuildError, match="heeft geen geleverde tabel een rij"):
        steps.load_tables(settings, plan(NOVEMBER))
    backdated = NOVEMBER - timedelta(days=30)
    assert known_from(settings, backdated) > NOVEMBER


def test_an_old_build_made_again_does_not_move_the_memory_back(settings):
    for moment in (NOVEMBER, NOVEMBER - timedelta(days=120)):
        with pytest.raises(BuildError):
            steps.load_tables(settings, plan(moment))
    last = read_last_build(settings)
    assert last is not None
    assert last.known_at == NOVEMBER


def test_a_build_that_finds_nothing_new_looked_all_the_same(settings):
    write_last_build(settings, LastBuild(NOVEMBER, published=("platform",)))
    later = NOVEMBER + timedelta(days=3)
    with kept_in(settings.home):
        steps.note_unchanged(settings, plan(later))
    # In the log it is a build that went well, whatever failed before it.
    assert ("build", "done") in [
        (noted["step"], noted["outcome"]) for noted in read_events(settings.home)
    ]
    assert known_from(settings, NOVEMBER + timedelta(days=1)) > later
    last = read_last_build(settings)
    assert last is not None
    assert last.published == ("platform",)


@pytest.mark.parametrize("stage", ["begun", "one published", "all published"])
def test_what_is_remembered_says_how_far_a_build_came(settings, stage):
    """Only what was published to all may be built upon; anything less is made anew."""
    with pytest.raises(BuildError):
        steps.load_tables(settings, plan(NOVEMBER))
    begun = read_last_build(settings)
    assert begun is not None
    candidates = {name: f"2026-10-31_{name}" for name in AUDIENCES}
    write_last_build(settings, replace(begun, candidates=candidates))
    names = {"begun": [], "one published": ["platform"], "all published": list(AUDIENCES)}[stage]
    for name in names:
        file = settings.published_dir / name / f"{candidates[name]}.duckdb"
        file.parent.mkdir(parents=True)
        file.touch()
        steps.publish(settings, name)
    last = read_last_build(settings)
    assert last is not None
    assert set(last.published) == set(names)
    # The next build begins anew.
    with pytest.raises(BuildError):
        steps.load_tables(settings, plan(NOVEMBER, code="other"))
    again = read_last_build(settings)
    assert again is not None
    assert (again.published, again.candidates) == ((), {})


def test_status_says_that_a_build_was_not_finished(settings):
    assert "Laatste bouw: peildatum geen" in command(settings, "status").output
    write_last_build(settings, LastBuild(NOVEMBER, "2026-10-31", published=("platform",)))
    assert "peildatum 2026-10-31 (niet afgemaakt)" in command(settings, "status").output
    write_last_build(settings, LastBuild(NOVEMBER, "2026-10-31", published=tuple(AUDIENCES)))
    assert "peildatum 2026-10-31, stand van 20" in command(settings, "status").output


def test_what_did_not_pass_the_door_out_cannot_be_published(settings):
    with pytest.raises(LookupError, match="er is nog niet gebouwd; draai eerst de bouw"):
        steps.publish(settings, "platform")
    write_last_build(settings, LastBuild(NOVEMBER))
    with pytest.raises(LookupError, match="nog geen bestand goedgekeurd; draai eerst de bouw"):
        steps.publish(settings, "platform")


def test_one_note_is_all_a_home_keeps_beside_its_data(settings):
    with pytest.raises(BuildError):
        steps.load_tables(settings, plan(NOVEMBER))
    assert [path.name for path in settings.home.glob("*.json")] == ["last_build.json"]


# --- commands


def commands(group: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command of the command line, by name."""
    for key, subcommand in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(subcommand, "commands"):
            yield from commands(subcommand, f"{name}{key} ")
        else:
            yield f"{name}{key}", subcommand


def test_every_command_takes_a_chain():
    """Whoever forgets it would read another chain's contracts over this one's home.

    The one that makes a chain reads none, the audit reads nothing but the files it is given, and a
    backup that is put back knows its chain.
    """
    found = dict(commands(get_command(app)))
    assert {"run", "query", "serve", "contract render", "decisions import"} <= set(found)
    without = [
        name
        for name, subcommand in found.items()
        if "--chain" not in {option for part in subcommand.params for option in part.opts}
    ]
    assert without == ["restore", "audit", "chain init"]


# --- plans


def test_nothing_delivered_is_one_line_with_the_remedy(settings):
    with pytest.raises(BuildError, match="er is nog niets ingelezen; lever eerst"):
        make_plan(settings)
