"""Whatever byte changes in what is kept: it is found, and its file is named with a remedy."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.build import LAST_BUILD
from pipelines.cli import app
from pipelines.decisions.register import Register, RegisterError
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.landing.marks import KEY_FILE
from pipelines.safekeeping.kept import kept_files
from pipelines.safekeeping.verify import verify
from pipelines.settings import Settings
from pipelines.state import FILE
from tests.decisions.conftest import LONG_AGO, REFERENCE_DATE, decision
from tests.deliveries.conftest import Door
from tests.examples import as_many
from tests.operation.kept_home import OLD_PUBLICATION, PUBLICATION, make_home


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_home(tmp_path_factory.mktemp("kept"))


def command(settings: Settings) -> Result:
    environment = {"KWALITEITSMONITOR_HOME": str(settings.home), "COLUMNS": "1000"}
    return CliRunner().invoke(app, ["verify"], env=environment)


def named(settings: Settings, path: Path) -> bool:
    """Whether a line names a file; of one in quarantine its folder, of a line the file it is in."""
    name = path.relative_to(settings.home).as_posix()
    lines = [problem.line for problem in verify(settings)]
    if name.startswith("quarantine/_refused/"):
        name = name.rpartition("/")[0]
    if name.startswith("access/") and not path.exists():
        # What is gone is told by the file that says how far the log was.
        name = "access/head"
    return any(name in line or path.name in line for line in lines)


def test_a_whole_home_has_nothing_to_name(settings):
    assert verify(settings) == []
    answer = command(settings)
    assert answer.exit_code == 0
    assert answer.output.startswith("In orde: ")


def test_something_of_every_kind_is_kept(settings):
    kept = {path.relative_to(settings.home).as_posix() for path in kept_files(settings)}
    ends = ("delivery.json", "data.parquet", "confirmed.json", "aside.parquet", "rows.parquet",
            "landing/.key", "register/decisions.sqlite", "register/decisions.sha256", LAST_BUILD,
            "CURRENT", f"{PUBLICATION}.duckdb", f"{PUBLICATION}.sha256", f"{PUBLICATION}.pdf",
            "rounding.key", "rounding.made", "releases/ledger.jsonl", "releases/ledger.head",
            "release.duckdb", "package.zip", "audit.json", "access/head")  # fmt: skip
    for end in ends:
        assert any(name.endswith(end) for name in kept), end
    for start in ("landing/_refused/", "quarantine/_refused/", "delivery_lists/", "merge_lists/"):
        assert any(name.startswith(start) for name in kept), start
    assert not any(name.startswith(("inbox/", "feedback/")) for name in kept)


@pytest.mark.property
def test_every_flipped_byte_is_named(settings):
    """Every file has its turn; where in it, and to what, is drawn."""
    draw = random.Random(15)
    files = list(kept_files(settings))
    draw.shuffle(files)
    for number in range(as_many(20, 1_000)):
        path = files[number % len(files)]
        content, mode = path.read_bytes(), path.stat().st_mode
        place, other = draw.randrange(len(content)), draw.randrange(1, 256)
        changed = bytearray(content)
        changed[place] ^= other
        path.chmod(0o600)
        path.write_bytes(changed)
        assert named(settings, path), (path.name, place, other)
        path.write_bytes(content)
        path.chmod(mode)
    assert verify(settings) == []


def test_every_file_that_is_gone_is_named_but_what_may_go(settings):
    """Quarantine is emptied in time, a list only explains, and some exist in some homes only."""
    may_go = ("quarantine/", "delivery_lists/", "merge_lists/", "landing/_refused/")
    in_some = ("confirmed.json", "rounding.made", "CURRENT", f"{OLD_PUBLICATION}.sha256", FILE)
    for path in list(kept_files(settings)):
        name = path.relative_to(settings.home).as_posix()
        if name.startswith(may_go) or name.endswith(in_some):
            continue
        content = path.read_bytes()
        path.unlink()
        is_named = named(settings, path)
        path.write_bytes(content)
        assert is_named, name


def test_a_lost_key_is_named_also_where_nothing_was_marked_but_refusals(tmp_path):
    settings = replace(Settings(), home=tmp_path)
    door = Door(settings, load_contracts(settings.contracts_dir))
    door.put_bytes("Een naam van niemand.csv", b"geen afspraak\n")
    door.take()
    assert verify(settings) == []
    (settings.landing_dir / KEY_FILE).unlink()
    assert [problem.file for problem in verify(settings)] == [f"landing/{KEY_FILE}"]
    # Asking makes no other.
    assert not (settings.landing_dir / KEY_FILE).exists()


def test_what_belongs_nowhere_is_named(settings):
    homeless = [
        settings.landing_dir / "om" / "dossier" / "2026-06-30_v1" / "kopie.parquet",
        settings.landing_dir / "notitie.txt",
        settings.published_dir / "platform" / "kopie.duckdb.bak",
        settings.published_dir / "platform" / f"{PUBLICATION}.csv",
        settings.register_path.parent / "decisions (kopie).sqlite",
        settings.releases_dir / "lijst.txt",
    ]
    for path in homeless:
        path.write_text("van niemand", encoding="utf-8")
        is_named = named(settings, path)
        path.unlink()
        assert is_named, path.name


def test_the_command_names_file_and_remedy_in_one_line_and_fails(settings):
    path = settings.landing_dir / "om" / "dossier" / "2026-06-30_v1" / "data.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"?")
    answer = command(settings)
    path.write_bytes(content)
    assert answer.exit_code == 1
    assert answer.output.splitlines() == [
        "Fout: landing/om/dossier/2026-06-30_v1/data.parquet: is niet meer wat er is weggeschreven;"
        " lees het bestand om_dossier_2026-06-30_v1 opnieuw in (kwaliteitsmonitor deliver), of zet "
        "het terug uit een back-up"
    ]


# --- the register


def test_nothing_is_written_in_a_register_that_something_else_changed(tmp_path):
    register = Register(tmp_path / "decisions.sqlite")
    register.record(decision(text="Aa."), REFERENCE_DATE, known_from=LONG_AGO)
    content = register.path.read_bytes()
    # What SQLite's own check of a file never sees: a letter of a text.
    register.path.write_bytes(content.replace(b"Aa.", b"Ab."))
    assert not register.is_whole()
    with pytest.raises(RegisterError, match="zet het terug"):
        register.record(decision(), REFERENCE_DATE, known_from=LONG_AGO)
    register.path.write_bytes(content)
    register.record(decision(), REFERENCE_DATE, known_from=LONG_AGO)
    assert register.is_whole()


def test_whoever_is_killed_while_a_revision_is_kept_leaves_a_whole_register(tmp_path, monkeypatch):
    """Before, between and after: the register is the old one or the new one, and can go on."""
    register = Register(tmp_path / "decisions.sqlite")
    register.record(decision(), REFERENCE_DATE, known_from=LONG_AGO)
    replace = Path.replace
    for kills in range(3):
        left = [kills]

        def killed(path: Path, target: Path, left: list[int] = left) -> Path:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            return replace(path, target)

        before = len(register.revisions())
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", killed)
            with pytest.raises(KeyboardInterrupt):
                register.record(decision(), REFERENCE_DATE, known_from=LONG_AGO)
        assert register.is_whole()
        assert len(register.revisions()) in {before, before + 1}
    register.record(decision(), REFERENCE_DATE, known_from=LONG_AGO)
    assert register.is_whole()
