"""Another version of the product over the same state: forward, and never backward unnoticed."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipelines import state
from pipelines.build import BuildError, read_last_build
from pipelines.decisions.register import Register
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.reading import run_query
from pipelines.releases.shelf import read_shelf
from pipelines.releases.verify import verify
from pipelines.road.lock import one_writer
from pipelines.settings import Settings
from tests.operation.state_before import COMMIT, DECISION, REFERENCE_DATE, unpacked
from tests.pipeline.test_change_road import CHAIN, command

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Upgraded:
    """A home of the version before in which today's has built."""

    settings: Settings
    before: dict[str, str]
    output: str
    code: int


def sums(home: Path) -> dict[str, str]:
    """SHA-256 of every file in a home, by its place."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file()
    }


def test_the_first_writer_leaves_the_form_of_the_state(tmp_path):
    with one_writer(Settings(home=tmp_path)):
        pass
    assert (tmp_path / "state_form").read_text() == f"{state.FORM}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (str(state.FORM + 1), "is van een nieuwere versie"),
        ("99", "zet die versie terug, of herstel de reservekopie"),
        ("v2", "is geen getal; haal dat bestand weg"),
        ("²", "is geen getal"),
    ],
)
def test_a_state_this_version_does_not_know_is_left_alone(tmp_path, text, says):
    (tmp_path / "state_form").write_text(text)
    for order in ("run", "build", "forget"):
        answer = command(order, home=tmp_path)
        [line] = answer.output.splitlines()
        assert answer.exit_code == 1
        assert line.startswith("Fout: ")
        assert says in line
    assert (tmp_path / "state_form").read_text() == text
    with pytest.raises(BuildError), one_writer(Settings(home=tmp_path)):
        pass


# --- the state of the version before


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    """Today's version at work in what the version before left."""
    home = unpacked(tmp_path_factory.mktemp("before"))
    before = sums(home)
    told = command("run", "--reference-date", REFERENCE_DATE, home=home)
    return Upgraded(Settings(home=home, chain=CHAIN), before, told.output, told.exit_code)


def test_it_is_built_upon_and_nothing_in_it_is_touched(upgraded):
    """Every file that is kept for good is there, byte for byte; the build is a full one."""
    assert upgraded.code == 0, upgraded.output
    after = sums(upgraded.settings.home)
    kept = {
        name: sha256
        for name, sha256 in upgraded.before.items()
        if name.split("/")[0] in {"landing", "releases", "delivery_lists", "merge_lists"}
        or (name.endswith((".duckdb", ".pdf", ".ods")) and name.startswith("published/"))
    }
    assert len(kept) > 25
    assert {name: after.get(name) for name in kept} == kept
    assert (upgraded.settings.home / "state_form").read_text() == f"{state.FORM}\n"


def test_its_publications_are_what_the_new_ones_follow_on(upgraded):
    for audience in AUDIENCES:
        before = sorted(
            Path(name).stem
            for name in upgraded.before
            if name.startswith(f"published/{audience}/") and name.endswith(".duckdb")
        )
        rows = run_query(
            upgraded.settings, audience,
            "select publication_id, previous_publication_id from publication",
        )[1]  # fmt: skip
        [(now, previous)] = rows
        assert now not in before
        assert previous == max(before, key=lambda name: name.split("_")[1])


def test_its_register_and_releases_are_read_as_they_were(upgraded):
    register = Register(upgraded.settings.register_path)
    [first, second] = register.history("BP0000001")
    assert (first.draft, second.draft) == (DECISION, replace(DECISION, outcome="uitgevoerd"))
    assert verify(upgraded.settings.releases_dir) == []
    [release] = read_shelf(upgraded.settings.releases_dir)
    assert (release.id, release.is_current) == ("2026-K3.1", True)


def test_the_standing_is_told_although_its_log_is_gone(tmp_path):
    home = unpacked(tmp_path)
    shutil.rmtree(home / "log")
    told = command("status", home=home).output
    assert "Mislukt: niets" in told
    assert "Leveringen: 2 geland" in told


@pytest.mark.long
def test_the_version_before_works_on_after_it_was_put_back(upgraded, tmp_path):
    """Its own code, on a state in which today's version built."""
    old = tmp_path / "old"
    old.mkdir()
    archive = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"the history here does not reach back to {COMMIT}")
    subprocess.run(["tar", "-x", "-C", old], input=archive.stdout, check=True)
    home = tmp_path / "home"
    shutil.copytree(upgraded.settings.home, home)
    environment = {
        **os.environ,
        "PYTHONPATH": str(old),
        "KWALITEITSMONITOR_HOME": str(home),
        "KWALITEITSMONITOR_CHAIN": str(CHAIN),
    }
    for order in (["status"], ["run", "--reference-date", REFERENCE_DATE], ["release", "verify"]):
        program = "import pipelines, sys; from pipelines.cli import main; sys.argv[0] = 'x'; main()"
        told = subprocess.run(
            [sys.executable, "-c", program, *order], cwd=old, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
    now = read_last_build(Settings(home=home))
    assert now is not None
    assert set(now.published) == set(AUDIENCES)
    # And forward again.
    again = command("run", "--reference-date", REFERENCE_DATE, home=home)
    assert again.exit_code == 0, again.output
