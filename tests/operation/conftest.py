"""Homes made once, and a copy of one for each test: with every kind of file, or built for real."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.operation.kept_home import make_home
from tests.pipeline.test_change_road import CHAIN, published_home


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
