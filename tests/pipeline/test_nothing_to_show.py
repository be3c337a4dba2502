"""Where there is nothing to build from, a command says so in one line, with the remedy.

None of these gets as far as dbt, and none ends in a traceback.
"""

import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.settings import Settings
from tests.pipeline.test_change_road import CHAIN

NAME = "volvo_it_incidents_2026-03-31_v1.csv.gz"
HEADER = (
    "case:concept:name,concept:name,lifecycle:transition,time:timestamp,org:group,org:role,"
    "organization involved,organization country,impact,product\n"
)
ROW = (
    "1-700000001,Accepted,In Progress,2026-03-02T10:00:00+0000,G97,A2_1,Org line A2,se,Medium,"
    "PROD582\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", chain=CHAIN)
    settings.inbox_dir.mkdir(parents=True)
    return settings


def put(settings: Settings, text: str) -> None:
    (settings.inbox_dir / NAME).write_bytes(gzip.compress(text.encode()))


def command(settings: Settings, *arguments: str, chain: bool = True) -> Result:
    environment = {"KWALITEITSMONITOR_HOME": str(settings.home), "COLUMNS": "1000"}
    options = ["--chain", str(settings.chain)] if chain else []
    return CliRunner().invoke(app, [*arguments, *options], env=environment)


def land(settings: Settings) -> None:
    """Let one event land."""
    put(settings, HEADER + ROW)
    answer = command(settings, "deliver", str(settings.inbox_dir))
    assert answer.exit_code == 0, answer.output


def line_of(answer: Result, word: str) -> str:
    """The only line that begins with this word, of a command that failed."""
    assert answer.exit_code == 1
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    [line] = [
        output_line
        for output_line in answer.output.splitlines()
        if output_line.startswith(f"{word}: ")
    ]
    assert ";" in line  # the remedy
    return line


@pytest.mark.parametrize("name", ["build", "run"])
def test_nothing_landed(settings, name):
    word = {"build": "Fout", "run": "Mislukt"}[name]
    line = line_of(command(settings, name), word)
    assert "er is nog niets ingelezen; lever eerst bestanden" in line


def test_a_folder_that_is_not_there(settings):
    line = line_of(command(settings, "run", "--inbox", str(settings.home / "nergens")), "Fout")
    assert "nergens bestaat niet; noem een map met leveringen" in line


def test_a_log_of_a_header_alone(settings):
    put(settings, HEADER)
    line = line_of(command(settings, "run", "--reference-date", "2026-03-31"), "Mislukt")
    assert "op peildatum 2026-03-31 heeft geen geleverde tabel een rij; lever" in line


def test_the_only_table_is_refused(settings):
    put(settings, "kolom\nwaarde\n")
    answer = command(settings, "run")
    assert NAME in line_of(answer, "Geweigerd")
    assert "er is nog niets ingelezen" in line_of(answer, "Mislukt")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2025-12-31", "ligt voor de eerste levering, die van 2026-03-31; noem die dag"),
        ("2026-W01-1", "peildatum 2025-12-29 ligt voor de eerste levering"),
        ("9999-12-31", "moet nog komen; noem een dag tot en met"),
        ("31-03-2026", "peildatum '31-03-2026' is geen datum; schrijf bijvoorbeeld"),
    ],
)
def test_a_reference_date_that_shows_nothing(settings, written, words):
    land(settings)
    assert words in line_of(command(settings, "build", "--reference-date", written), "Fout")


@pytest.mark.parametrize("name", ["build", "run", "deliver"])
def test_a_chain_that_is_forgotten(settings, name):
    """The whole inbox would be refused, and another chain's figures made of none of its tables."""
    land(settings)
    put(settings, HEADER + ROW)
    arguments = [name, *([str(settings.inbox_dir)] if name == "deliver" else [])]
    line = line_of(command(settings, *arguments, chain=False), "Fout")
    assert "ligt geen levering van de keten bewaken_beveiligen, wel van een andere" in line
    assert "noem die met --chain" in line
    assert (settings.inbox_dir / NAME).exists()


@pytest.mark.parametrize("name", ["run", "deliver"])
def test_a_chain_that_is_forgotten_in_a_home_that_holds_nothing(settings, name):
    put(settings, HEADER + ROW)
    arguments = [name, *([str(settings.inbox_dir)] if name == "deliver" else [])]
    line = line_of(command(settings, *arguments, chain=False), "Fout")
    assert "hoort niets bij de keten bewaken_beveiligen; noem met --chain MAP de keten" in line
    assert (settings.inbox_dir / NAME).exists()
    assert not list(settings.quarantine_dir.rglob("*"))
    assert NAME.partition("_2")[0] not in line


def test_one_file_that_belongs_says_that_the_chain_is_right(settings):
    put(settings, HEADER + ROW)
    (settings.inbox_dir / "elders_tabel_2026-03-31_v1.csv").write_text(HEADER + ROW)
    answer = command(settings, "deliver", str(settings.inbox_dir))
    assert "er is geen contract voor" in line_of(answer, "Geweigerd")
    assert "1 aanvaard" in answer.output
