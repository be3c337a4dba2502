"""A chain that was lost is put back: its figures are those of before."""

import shutil
from dataclasses import replace

import pytest

from pipelines.build import read_last_build
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.reading import run_query
from pipelines.road import walk
from pipelines.safekeeping.backup import back_up
from pipelines.safekeeping.restore import restore
from pipelines.safekeeping.verify import verify
from pipelines.settings import Settings
from tests.chain import logs
from tests.chain.test_init import init

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The chain of a small log after a run."""
    folder = tmp_path_factory.mktemp("lost")
    written = logs.dutch_csv(folder, 40)
    init(written.path, folder / "keten")
    settings = Settings(home=folder / "home", chain=folder / "keten")
    shutil.copytree(folder / "keten" / "inbox", settings.inbox_dir)
    assert walk.run(settings).is_clean
    return settings


def content(settings: Settings) -> dict[str, object]:
    return {
        audience: run_query(settings, audience, "select content_hash from publication")[1]
        for audience in AUDIENCES
    }


def build_again(settings: Settings) -> None:
    last = read_last_build(settings)
    assert last is not None
    made = walk.build(
        settings, reference_date=last.reference_date, known_at=last.known_at.isoformat()
    )
    assert made.is_clean


def test_after_a_restore_and_a_build_every_publication_has_the_content_it_had(built, tmp_path):
    back_up(built, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")
    new = replace(built, home=tmp_path / "new")
    assert not new.warehouse_path.exists()
    build_again(new)
    assert content(new) == content(built)
    assert verify(new) == []


def test_the_warehouse_and_every_publication_are_made_again_from_the_landing_zone(built, tmp_path):
    new = replace(built, home=tmp_path / "new")
    shutil.copytree(built.landing_dir, new.landing_dir)
    shutil.copyfile(built.home / "last_build.json", new.home / "last_build.json")
    build_again(new)
    assert content(new) == content(built)
