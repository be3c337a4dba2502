"""A release of a whole chain: drafted from its warehouse, audited, approved and found again."""

from dataclasses import replace
from pathlib import Path

from pipelines.releases.build import open_build
from pipelines.releases.content import read_tables
from pipelines.releases.desk import Desk
from pipelines.releases.difference import difference
from pipelines.releases.shelf import Release
from pipelines.releases.verify import verify
from tests.indicators.conftest import PublishedChain


def released(chain: PublishedChain, home: Path) -> Release:
    settings = replace(chain.settings, home=home)
    with open_build(chain.settings) as build:
        made = Desk(settings, "analist").draft(build)
    Desk(settings, "analist").submit(made.id)
    Desk(settings, "methodoloog").approve(made.id)
    return Desk(settings, "methodoloog").publish(made.id)


def test_the_same_build_released_twice_changes_nothing(published_chain, tmp_path):
    first = released(published_chain, tmp_path)
    second = released(published_chain, tmp_path)

    shown = read_tables(second.path, "result")["result"]
    assert (shown["status"] == "ok").any()
    assert not set(shown["status"]) & {"too_recent", "not_delivered"}
    assert difference(
        *(read_tables(release.path, "result", "revision") for release in (first, second))
    ).empty
    assert verify(tmp_path / "releases") == []
