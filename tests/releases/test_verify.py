"""Whatever byte changes, in a release, the ledger or a predecessor: it is found, and named."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.releases.states import ReleaseError
from pipelines.releases.verify import verify
from pipelines.settings import Settings
from tests.releases.conftest import ANALYST, Days, a_build


def flip(path: Path, place: int) -> None:
    """Change one byte of a file, whatever its mode says."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: every test changes a copy."""
    tmp_path = tmp_path_factory.mktemp("two_releases")
    days = Days(replace(Settings(), home=tmp_path / "home"))
    for _ in range(2):
        days.published(a_build(tmp_path))
    return days.settings.releases_dir


@pytest.fixture
def folder(two_releases: Path, settings: Settings) -> Path:
    shutil.copytree(two_releases, settings.releases_dir)
    return settings.releases_dir


def test_a_whole_shelf_has_nothing_to_name(folder):
    assert verify(folder) == []


@pytest.mark.parametrize("place", [0, 4096, -1])
@pytest.mark.parametrize(
    "name",
    [f"2026-K3.{number}/{file}" for number in (1, 2)
     for file in ("draft.duckdb", "release.duckdb", "package.zip")],
)  # fmt: skip
def test_a_changed_byte_of_any_file_is_named_and_stops_every_step(folder, days, build, name, place):
    path = folder / name
    flip(path, min(place, path.stat().st_size - 1))

    assert verify(folder) == [f"{name}: is veranderd sinds het werd ondertekend"]
    with pytest.raises(ReleaseError, match=name):
        days.desk(ANALYST).draft(build())


def test_a_missing_file_is_named(folder):
    (folder / "2026-K3.1/release.duckdb").unlink()

    assert verify(folder) == ["2026-K3.1/release.duckdb: ontbreekt"]


def test_a_changed_line_of_the_ledger_stops_every_step(folder, days, build):
    flip(folder / "ledger.jsonl", 40)

    assert "ledger.jsonl regel 1" in verify(folder)[0]
    with pytest.raises(ReleaseError, match="regel 1"):
        days.desk(ANALYST).draft(build())


def test_what_no_line_speaks_of_is_named(folder):
    (folder / "2026-K3.1" / "extra.duckdb").write_bytes(b"")

    (problem,) = verify(folder)
    assert problem.startswith("2026-K3.1/extra.duckdb: staat in geen regel")


def test_an_empty_folder_has_nothing_to_name(tmp_path):
    assert verify(tmp_path / "none") == []
