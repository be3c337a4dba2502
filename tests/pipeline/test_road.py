"""The whole road: a chain's deliveries, five of them bad, from inbox to published figures.

One run takes them all in. What is bad is refused in one line each, and nothing else suffers.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.publication.current import current_path
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate
from pipelines.wording.language import words_in
from pipelines.wording.quality import sentence

pytestmark = pytest.mark.slow

REFERENCE_DATE = "2026-10-31"
KNOWN_AT = "2026-12-01T12:00:00+00:00"
MISSING_COLUMN = f"om_casus_{REFERENCE_DATE}_v1.csv"
TRUNCATED = f"politie_melding_{REFERENCE_DATE}_v1.parquet"
EMPTY = f"kmar_signaal_{REFERENCE_DATE}_v1.csv"
WRONG_ENCODING = f"aivd_product_{REFERENCE_DATE}_v1.csv"
# The first of the inbox by name, and by that it is called: a name of no form may hold anything.
UNFORMED_NAME = "AA Jan Zeldenrust 111222333.csv"
UNFORMED = "nummer 1 van de inbox, op naam geordend"
BAD = (MISSING_COLUMN, TRUNCATED, EMPTY, WRONG_ENCODING, UNFORMED)


@dataclass(frozen=True)
class Road:
    """One run over a small chain with five bad files."""

    settings: Settings
    result: Result

    def rows(self, sql: str, audience: str = "researcher") -> list[tuple[object, ...]]:
        return run_query(self.settings, audience, sql)[1]

    def line_about(self, file_name: str) -> str:
        lines = [line for line in self.result.output.splitlines() if line.startswith("Geweigerd:")]
        return next(line for line in lines if file_name in line).removeprefix("Geweigerd:")


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    home = tmp_path_factory.mktemp("road")
    settings = replace(Settings(), home=home)
    config = SimulationConfig(
        seed=5,
        start=date(2025, 7, 1),
        end=date(2026, 10, 31),
        initial_delivery=date(2026, 9, 30),
        transition_from=date(2025, 7, 2),
        scale=0.05,
    )
    simulate(config, settings.contracts_dir, settings.inbox_dir, home / "ledger")
    spoil(settings.inbox_dir)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KWALITEITSMONITOR_HOME", str(home))
        result = run_command("run", "--reference-date", REFERENCE_DATE, "--known-at", KNOWN_AT)
        yield Road(settings, result)


def run_command(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "1000"})


def spoil(inbox: Path) -> None:
    """Put the five bad files in place of good ones."""
    casus = (inbox / MISSING_COLUMN).read_text(encoding="utf-8").splitlines()
    column = casus[0].split(";").index("parket")
    without = [
        ";".join(part for at, part in enumerate(line.split(";")) if at != column) for line in casus
    ]
    (inbox / MISSING_COLUMN).write_text("\n".join(without), encoding="utf-8")
    melding = (inbox / TRUNCATED).read_bytes()
    (inbox / TRUNCATED).write_bytes(melding[: len(melding) // 2])
    (inbox / EMPTY).write_bytes(b"")
    product = (inbox / WRONG_ENCODING).read_text(encoding="utf-8")
    (inbox / WRONG_ENCODING).write_text(product, encoding="utf-16")
    shutil.copyfile(inbox / f"om_intake_{REFERENCE_DATE}_v1.csv", inbox / UNFORMED_NAME)


def test_a_refused_file_makes_exit_code_one(road):
    assert road.result.exit_code == 1


@pytest.mark.parametrize("file_name", BAD)
def test_each_bad_file_is_refused_in_one_line_with_rule_and_remedy(road, file_name):
    line = road.line_about(file_name)
    name, rule, rest = line.split(":", 2)
    assert name.strip() == file_name
    assert rule.strip()
    assert ";" in rest  # the remedy


def test_nothing_under_the_home_folder_is_open_to_another_user(road):
    home = road.settings.home
    opened = [path for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]

    assert [str(path.relative_to(home)) for path in opened] == []


def test_a_missing_column_is_named(road):
    assert "parket" in road.line_about(MISSING_COLUMN)


def test_what_was_typed_in_the_name_of_a_file_is_in_quarantine_alone(road):
    home, refused = road.settings.home, road.settings.quarantine_dir / "_refused"
    read = {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    tables = [name for (name,) in road.rows("select table_name from duckdb_tables()")]
    published = "".join(str(road.rows(f"from {name}")) for name in tables).lower()
    for typed in ("zeldenrust", "111222333"):
        holding = [
            Path(path)
            for path, content in read.items()
            if typed in path.lower() or typed.encode() in content.lower()
        ]

        assert typed not in road.result.output.lower()
        assert [path.parent.parent for path in holding] == [refused]
        assert typed not in published


def test_no_refusal_shows_a_pseudonym(road):
    assert "z1_" not in road.result.output
    assert "p1_" not in road.result.output


def test_all_other_files_are_published(road):
    refused = {file_name.rsplit("_", 2)[0] for file_name in BAD if file_name != UNFORMED}
    used = road.rows(
        "select organisation || '_' || table_name from input "
        f"where reference_date = '{REFERENCE_DATE}'"
    )
    contracts = {path.name.split(".")[0] for path in road.settings.contracts_dir.glob("*.yaml")}
    assert {table for (table,) in used} == contracts - refused


def test_a_table_with_a_refused_delivery_keeps_its_last_good_state(road):
    used = road.rows(
        "select reference_date::varchar from input where organisation = 'politie' "
        "and table_name = 'melding'"
    )
    assert used == [("2026-09-30",)]
    counted = road.rows("select count(*) > 0 from fct_handoff where handoff_id = 'K01'")
    assert counted == [(True,)]


def test_the_figures_it_feeds_say_so(road):
    rows = road.rows(
        "select badge, reasons from quality where indicator = 'lead_time_k01'", "platform"
    )
    ((badge, reasons),) = rows
    assert badge == "caution"
    assert sentence({"badge": badge, "reasons": reasons}, words_in("nl")).startswith(
        "Exclusief de laatste levering van Politie; de vorige stand telt."
    )


def test_figures_fed_by_other_tables_do_not_suffer(road):
    (reasons,) = road.rows("select reasons from quality where indicator = 'lead_time_k31'")
    assert not any(bad.rsplit("_", 2)[0] in str(reasons) for bad in BAD)


def test_every_audience_has_a_publication_and_the_platform_a_pack(road):
    for audience in ("researcher", "platform", "advisory"):
        assert current_path(road.settings, audience) is not None
    platform = current_path(road.settings, "platform")
    assert platform is not None
    assert platform.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_figures_from_simulated_deliveries_say_so(road):
    for audience in ("researcher", "platform", "advisory"):
        assert road.rows("select is_synthetic from publication", audience) == [(True,)]


def test_running_again_changes_nothing_and_takes_no_build(road):
    before = current_path(road.settings, "platform")
    again = run_command("run", "--reference-date", REFERENCE_DATE, "--known-at", KNOWN_AT)
    assert again.exit_code == 0, again.output
    assert current_path(road.settings, "platform") == before


def test_the_query_command_answers_in_json(road):
    answer = run_command(
        "query", "select count(*) as n from result", "--audience", "advisory", "--format", "json"
    )
    assert answer.exit_code == 0
    assert json.loads(answer.output)[0]["n"] > 0


def test_a_wrong_question_is_one_line_and_exit_code_one(road):
    answer = run_command("query", "from bestaat_niet")
    assert answer.exit_code == 1
    assert "bestaat_niet" in answer.output


def test_an_unknown_audience_is_wrong_usage(road):
    assert run_command("query", "select 1", "--audience", "pers").exit_code == 2


def test_status_says_what_is_there(road):
    answer = run_command("status")
    assert answer.exit_code == 0
    assert "peildatum 2026-10-31" in answer.output
