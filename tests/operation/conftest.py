"""Homes made once, and a copy of one for each test: with every kind of file, or built for real."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.dbt import ensure_manifest
from pipelines.settings import Settings
from tests.operation.faulted import BY_HAND, Faults, add_older, scratch_folder
from tests.operation.faulting import serving
from tests.operation.kept_home import make_home
from tests.pipeline.test_change_road import CHAIN, deliver, published_home
from tests.publication.change_builds import events


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_home(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def settings(_kept: Settings, tmp_path: Path) -> Settings:
    """A home of its own with something of every kind that is kept, made by hand."""
    shutil.copytree(_kept.home, tmp_path / "home")
    return replace(_kept, home=tmp_path / "home")


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_home(tmp_path_factory)


@pytest.fixture
def small(_built: Path, tmp_path: Path) -> Settings:
    """A home of its own in which the small chain was built and published."""
    shutil.copytree(_built, tmp_path / "home")
    return Settings(home=tmp_path / "home", chain=CHAIN)


@pytest.fixture(scope="session")
def by_hand(_kept: Settings) -> Iterator[Faults]:
    with scratch_folder() as scratch, serving(None, builds=False) as server:
        shutil.copytree(_kept.home, scratch / "before")
        add_older(scratch / "before")
        yield Faults(server, scratch / "before", scratch)


@pytest.fixture(scope="session")
def built(_built: Path) -> Iterator[Faults]:
    with scratch_folder() as scratch, serving(CHAIN, builds=True) as server:
        home, before = scratch / "home", scratch / "before"
        shutil.copytree(_built, home)
        ensure_manifest(Settings(home=home, chain=CHAIN))
        shutil.move(home, before)
        add_older(before)
        log = events(np.random.default_rng(3), 60)
        deliver(before / "inbox", "2026-02-28", 1, log[log["moment"].dt.month == 2])
        yield Faults(server, before, scratch)


@pytest.fixture
def faults(operation: str, request: pytest.FixtureRequest) -> Faults:
    found: Faults = request.getfixturevalue("by_hand" if operation in BY_HAND else "built")
    return found
