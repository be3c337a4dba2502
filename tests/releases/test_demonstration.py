"""The demonstration chain has a history: builds of earlier days, decisions, and releases."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.build import BuildDates
from pipelines.decisions.register import Register
from pipelines.releases.build import Build
from pipelines.releases.shelf import Comment, current_at, shelf
from pipelines.releases.states import State
from pipelines.releases.verify import verify
from pipelines.road import demonstration, walk
from pipelines.road.demonstration import run_with_history
from pipelines.settings import Settings
from tests.releases.conftest import a_build

NOW = BuildDates("2026-10-31", datetime(2026, 11, 26, 14, tzinfo=UTC))


class Road:
    """Stands in for builds of a whole chain: each is of two quarters."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.built = folder, [NOW.day]

    def build(self, _: Settings, *, reference_date: str, **choices: Any) -> walk.Walk:
        self.built.append(date.fromisoformat(reference_date))
        assert choices["explain"] is False
        return walk.Walk()

    def run(self, *_: object, **__: object) -> walk.Walk:
        self.built.append(NOW.day)
        return walk.Walk(dates=NOW)

    @contextmanager
    def opened(self, _: Settings) -> Iterator[Build]:
        quarters = "2025-Q1 40 30\n2026-Q2 50 35"
        yield a_build(self.folder, quarters, reference_date=self.built[-1])


@pytest.fixture
def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Road:
    road = Road(tmp_path)
    monkeypatch.setattr(walk, "take_in", lambda *_: walk.Walk())
    monkeypatch.setattr(walk, "build", road.build)
    monkeypatch.setattr(walk, "run", road.run)
    monkeypatch.setattr(demonstration, "open_build", road.opened)
    monkeypatch.setattr(demonstration, "_COMMENT", Comment("inflow", "om", "Klopt.", "2026-Q2"))
    return road


def test_it_leaves_three_releases_and_decisions_once(road, settings):
    first = run_with_history(settings)
    again = run_with_history(settings)

    assert first.failed == again.failed == ()
    releases = shelf(settings)
    assert [release.id for release in releases] == ["2025-K3.1", "2026-K2.1", "2026-K3.1"]
    assert [release.revision for release in releases] == ["", "yearly", ""]
    assert [release.state for release in releases] == [
        *(State.superseded, State.superseded, State.published),
    ]
    assert [len(release.comments) for release in releases] == [0, 0, 1]
    assert len(Register(settings.register_path).current()) == 2
    assert verify(settings.releases_dir) == []
    assert road.built[1:] == [date(2025, 10, 31), date(2026, 7, 31), NOW.day, NOW.day]


def test_it_shows_what_was_consulted_when(road, settings):
    run_with_history(settings)

    seen = {
        moment: getattr(current_at(shelf(settings), moment), "id", None)
        for moment in (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 9, 12))
    }
    assert [*seen.values()] == ["2025-K3.1", "2026-K2.1", "2026-K3.1"]


def test_somebody_s_own_chain_gets_no_history(road, settings, tmp_path):
    for folder in ("seeds", "contracts"):
        (tmp_path / "own" / folder).mkdir(parents=True)

    run_with_history(replace(settings, chain=tmp_path / "own"))

    assert shelf(settings) == []
    assert road.built == [NOW.day, NOW.day]


@pytest.mark.parametrize(
    ("submitters", "approvers", "n_released"),
    [(("a", "b"), ("a",), 3), (("a",), ("a",), 0)],
)
def test_whoever_approves_is_somebody_else_or_nothing_is_released(
    road, settings, submitters, approvers, n_released
):
    roles = replace(settings, release_submitters=submitters, release_approvers=approvers)

    failed = run_with_history(roles).failed

    assert len(shelf(roles)) == n_released
    assert [line.split(";")[0] for line in failed] == [
        "niemand kan een release goedkeuren die een ander opstelde"
    ] * (3 - n_released)
