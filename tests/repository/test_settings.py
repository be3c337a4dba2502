"""Settings: environment before file before default, and an error that names the remedy."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import settings as module
from pipelines.settings import (
    CONFIG_FILE_NAME,
    Settings,
    SettingsError,
    load_settings,
    offline_environment,
)


@pytest.fixture(autouse=True)
def _default_home_is_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings are found in the default home, whatever somebody keeps in their own `var`."""
    monkeypatch.setattr(module, "CONFIG_FILE_NAME", "own_name.toml")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def other_chain(tmp_path: Path) -> Path:
    for name in ("seeds", "contracts"):
        (tmp_path / "volvo" / name).mkdir(parents=True)
    return tmp_path / "volvo"


@pytest.mark.parametrize("setting", ["HOME", "CHAIN"])
@pytest.mark.parametrize("place", ["x" * 5_000, "a\0b", "~nobody_of_that_name/x", "y" * 256])
def test_what_no_system_can_have_as_a_folder_is_refused_by_its_name(setting, place):
    with pytest.raises(SettingsError, match=f"KWALITEITSMONITOR_{setting}: "):
        load_settings({f"KWALITEITSMONITOR_{setting}": place})


def test_a_file_that_nests_without_end_is_no_toml(tmp_path):
    file = write(tmp_path / "own_name.toml", f"[ports]\nresearcher = {'[' * 3_000}")
    with pytest.raises(SettingsError, match="is not TOML"):
        load_settings({}, file)


def test_without_any_setting_state_is_in_var_and_the_chain_is_the_built_in_one(root):
    settings = load_settings({})
    assert settings.home == root / "var"
    assert settings.chain_name == "bewaken_beveiligen"
    assert settings.seeds_dir == root / "dbt_project" / "seeds" / "bewaken_beveiligen"
    assert settings.contracts_dir == root / "expectations" / "contracts" / "bewaken_beveiligen"
    assert settings.ports == {"researcher": 8501, "platform": 8502, "advisory": 8503}


def test_all_state_is_below_home(tmp_path):
    settings = load_settings({"KWALITEITSMONITOR_HOME": str(tmp_path)})
    code = {"project_root", "dbt_project_dir", "seeds_dir", "contracts_dir"}
    paths = {
        name: getattr(settings, name)
        for name, kind in vars(Settings).items()
        if isinstance(kind, property) and name not in code and name != "chain_name"
    }
    assert len(set(paths.values())) == len(paths)
    assert not [name for name, path in paths.items() if not path.is_relative_to(tmp_path)]


def test_another_chain_is_a_folder(other_chain):
    settings = load_settings({"KWALITEITSMONITOR_CHAIN": str(other_chain)})
    assert settings.chain_name == "volvo"
    assert settings.seeds_dir == other_chain / "seeds"
    assert settings.contracts_dir == other_chain / "contracts"


def test_file_in_home_is_read_and_the_environment_goes_before_it(tmp_path, other_chain):
    write(tmp_path / module.CONFIG_FILE_NAME, 'chain = "volvo"\n[ports]\nplatform = 9002\n')
    home = {"KWALITEITSMONITOR_HOME": str(tmp_path)}
    settings = load_settings(home)
    assert settings.chain == other_chain
    assert settings.ports == {"researcher": 8501, "platform": 9002, "advisory": 8503}
    assert CONFIG_FILE_NAME == "kwaliteitsmonitor.toml"
    assert load_settings({**home, "KWALITEITSMONITOR_PORT_PLATFORM": "9102"}).ports["platform"] == (
        9102
    )


def test_who_may_sign_a_release_is_named_in_the_file_or_the_environment(tmp_path):
    write(
        tmp_path / module.CONFIG_FILE_NAME,
        '[release]\nsubmitters = ["secretaris"]\napprovers = ["voorzitter"]\n',
    )
    home = {"KWALITEITSMONITOR_HOME": str(tmp_path)}
    settings = load_settings(home)
    assert settings.release_submitters == ("secretaris",)
    assert settings.release_approvers == ("voorzitter",)
    named = load_settings({**home, "KWALITEITSMONITOR_RELEASE_APPROVERS": "voorzitter, hoofd"})
    assert named.release_approvers == ("voorzitter", "hoofd")
    assert named.release_submitters == ("secretaris",)


def test_empty_variable_counts_as_absent():
    assert load_settings({"KWALITEITSMONITOR_CHAIN": " "}) == load_settings({})


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"CHAIN": "no-such-folder"}, "CHAIN: .* has no folder seeds/; name a folder that holds"),
        ({"HOME": str(Path(__file__))}, "HOME: .* is a file; name a folder"),
        ({"HOME": "/tmp/wat?"}, "HOME: '/tmp/wat\\?' has '\\?' in it, .*; choose a folder without"),
        ({"HOME": "/tmp/a;b#c"}, "has '#', ';' in it"),
        ({"HOME": "/tmp/[a]*%"}, "has '%', '\\*', '\\[' in it"),
        ({"HOME": "/tmp/a\\b"}, "in it, which DuckDB, dbt or Dagster reads as"),
        ({"HOME": "/tmp/a\nb"}, "in it, which DuckDB, dbt or Dagster reads as"),
        ({"PORT_PLATFORM": "http"}, "PORT_PLATFORM: 'http' is not a port number"),
        ({"PORT_PLATFORM": "80"}, "ports.platform: 80 is not usable; choose a number from 1024"),
        ({"PORT_PLATFORM": "8501"}, "two audiences share a port .*; give each its own"),
    ],
)
def test_wrong_variable_is_refused_with_a_remedy(variables, message):
    with pytest.raises(SettingsError, match=message):
        load_settings({f"KWALITEITSMONITOR_{name}": value for name, value in variables.items()})


def test_state_never_lies_inside_the_dbt_project(root):
    with pytest.raises(SettingsError, match="inside the dbt project"):
        load_settings({"KWALITEITSMONITOR_HOME": str(root / "dbt_project" / "var")})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ports = 8501", "ports must be a table"),
        ("chain = 3", "chain must be a text"),
        ("prots = {}", "unknown setting prots; known: chain, ports"),
        ("[ports]\nminister = 8504", "minister missing or unknown"),
        ('release = "analist"', "release must be a table with submitters and approvers"),
        ("[release]\nreaders = []", "release must be a table with submitters and approvers"),
        ('[release]\napprovers = "hoofd"', "release.approvers must be a list"),
        ("[release]\napprovers = []", "is no list of roles; name at least one"),
        ("[ports]\nplatform = true", "ports.platform: True is not a port number"),
        ("chain =", "is not TOML"),
        (f"[ports]\nresearcher = {'9' * 5_000}", "is not TOML"),
    ],
)
def test_wrong_file_is_refused_with_a_remedy(tmp_path, text, message):
    with pytest.raises(SettingsError, match=message):
        load_settings({}, write(tmp_path / "own.toml", text))


def test_named_file_must_exist(tmp_path):
    with pytest.raises(SettingsError, match=r"absent\.toml: cannot be read"):
        load_settings({}, tmp_path / "absent.toml")


def test_replacing_a_setting_is_checked_too():
    with pytest.raises(SettingsError, match="has no folder seeds/"):
        dataclasses.replace(load_settings({}), chain=Path("no-such-folder"))


def test_nothing_is_read_at_import():
    wrong = {"KWALITEITSMONITOR_HOME": __file__, "PATH": "/usr/bin:/bin"}
    run = [sys.executable, "-c", "import pipelines.settings"]
    subprocess.run(run, cwd=Settings().project_root, env=wrong, check=True)


def test_offline_environment_is_read_without_its_comments():
    names = set(offline_environment())
    assert "DO_NOT_TRACK" in names
    assert not [name for name in names if not name.isupper()]
