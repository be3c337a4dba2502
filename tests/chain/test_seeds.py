"""A chain that is not whole is refused before anything is taken in: row, value and legal values.

Every rule of `_seeds.yml` is broken once, in every column that has it; then what no single column
can say, and what seeds and contracts say of each other.
"""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.chain.check import problems_of_chain
from pipelines.chain.seeds import (
    PROJECT_YML,
    SEEDS_YML,
    SeedColumn,
    described_seeds,
    read_seeds,
)
from pipelines.cli import app
from pipelines.settings import BUILT_IN_CHAIN, Settings

OWN = Settings()
SEEDS = described_seeds(OWN.dbt_project_dir)
BPI2013 = Path(__file__).parents[1] / "chains" / "bpi2013"
CONTRACT = "volvo_it_incidents.odcs.yaml"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A copy of an event-log chain, to be spoilt."""
    return shutil.copytree(BPI2013, tmp_path / "bpi2013")


@pytest.fixture
def seeds_alone(tmp_path: Path) -> Path:
    """The seeds of the built-in chain without its contracts, which take long to read."""
    folder = tmp_path / BUILT_IN_CHAIN
    shutil.copytree(OWN.seeds_dir, folder / "seeds")
    (folder / "contracts").mkdir()
    return folder


@pytest.fixture
def built_in(seeds_alone: Path) -> Path:
    """A copy of the seeds and contracts of the built-in chain, to be spoilt."""
    shutil.copytree(OWN.contracts_dir, seeds_alone / "contracts", dirs_exist_ok=True)
    return seeds_alone


def problems(folder: Path) -> list[str]:
    return problems_of_chain(Settings(chain=folder))


def change(folder: Path, seed: str, row: int, **cells: str) -> int:
    """Change cells of a row; return the line it stands on."""
    path = folder / "seeds" / f"{seed}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[row].update(cells)
    write(path, list(rows[0]), [list(row.values()) for row in rows])
    return row + 2


def add(folder: Path, seed: str, *values: str) -> int:
    path = folder / "seeds" / f"{seed}.csv"
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerow(values)
    return len(path.read_text(encoding="utf-8").splitlines())


HEADER = "organisation,label_nl,label_en,kind,parent,delivers,sort_order"


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


def edit_contract(folder: Path, spoil: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "contracts" / CONTRACT
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    spoil(document)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize("settings", [OWN, Settings(chain=BPI2013)], ids=["built in", "bpi2013"])
def test_a_chain_that_is_whole_has_no_problems(settings):
    assert problems_of_chain(settings) == []


# --- Every rule of the yml, in every column that has it -----------------------------------------

KINDS = {"boolean": "ja", "date": "2026-02-30", "integer": "1.5", "double": "1,5"}


def breaches(column: SeedColumn) -> dict[str, str]:
    """A value that breaks each rule of a column."""
    values = {
        "required": "" if column.required else None,
        "kind": KINDS.get(column.kind),
        "values": "raadsel" if column.values else None,
        "form": "Een Naam" if column.form else None,
        "refers_to": "raadsel" if column.refers_to else None,
        "least": "-1" if column.least == 0 else None,
        "space": " x",
    }
    return {rule: value for rule, value in values.items() if value is not None}


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_every_rule_bites_in_every_column(seeds_alone, seed):
    path = seeds_alone / "seeds" / seed.file
    whole = path.read_bytes()
    for column in seed.columns.values():
        for rule, value in breaches(column).items():
            line = change(seeds_alone, seed.name, 0, **{column.name: value})
            said = [
                problem
                for problem in read_seeds(path.parent, SEEDS).problems
                if problem.startswith(f"{seed.file} regel {line}") and column.name in problem
            ]
            path.write_bytes(whole)
            assert said, (column.name, rule)
            if rule in {"values", "refers_to"}:
                assert "'raadsel'" in said[0]
                assert "kies uit" in said[0] or " staan in " in said[0]
            if seed.is_silent and value:
                assert value not in "".join(said)


def test_a_rule_nobody_knows_is_an_error_and_never_switched_off(tmp_path):
    text = (OWN.dbt_project_dir / SEEDS_YML).read_text(encoding="utf-8")
    (tmp_path / SEEDS_YML).parent.mkdir()
    (tmp_path / SEEDS_YML).write_text(text.replace("required:", "requird:", 1), encoding="utf-8")
    shutil.copy(OWN.dbt_project_dir / PROJECT_YML, tmp_path)
    with pytest.raises(TypeError, match="requird"):
        described_seeds(tmp_path)


def test_where_a_hand_off_may_be_shown_by_is_a_column_of_its_mart():
    path = OWN.dbt_project_dir / "models" / "marts" / "handoffs" / "fct_handoff.yml"
    [mart] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    columns = {column["name"] for column in mart["columns"]}
    assert set(SEEDS["handoffs"].columns["dimensions"].values) <= columns


# --- Files -------------------------------------------------------------------------------------


def test_everything_wrong_is_said_at_once(chain):
    change(chain, "handoffs", 0, occurrence="eerste", unit="dagen")
    change(chain, "handoffs", 2, stop_milestone="completed_resolvd")
    (chain / "seeds" / "norms.csv").unlink()
    assert problems(chain) == [
        f"norms.csv: ontbreekt in {chain / 'seeds'}; een lege bevat alleen de kopregel "
        "norm_id,handoff_id,unit,value,source_nl,source_en,is_illustrative,valid_from,valid_to",
        "handoffs.csv regel 4 (B2): stop_milestone 'completed_resolvd' staat niet in "
        "milestones.csv; kies uit accepted_in_progress, completed_closed, completed_in_call, "
        "completed_resolved, queued_awaiting_assignment",
        "handoffs.csv regel 2 (B1): occurrence 'eerste' kan niet; kies uit first, after, "
        "last, each, next",
        "handoffs.csv regel 2 (B1): unit 'dagen' kan niet; kies uit calendar_days, working_days, "
        "hours, days",
    ]


def test_of_many_legal_values_the_nearest_are_named(built_in):
    change(built_in, "handoffs", 0, stop_milestone="report_known_rcbb")
    [said] = problems(built_in)
    assert "bedoelde u report_known_rccb" in said
    assert "alle 84 staan in milestones.csv" in said


def test_an_early_stop_is_on_time_only_where_records_tell_what_belongs_together(chain):
    """By case the stop of a missing start would be on time too, and shift the pairs after it."""
    line = change(chain, "handoffs", 0, occurrence="each", early_stop="on_time")
    [said] = problems(chain)
    assert said.startswith(f"handoffs.csv regel {line} (B1): early_stop 'on_time' gaat niet samen")

    change(chain, "handoffs", 0, early_stop="finding")
    assert problems(chain) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("organisation;label_nl\nvolvo_it;Volvo\n", "niet gescheiden door een komma"),
        ("\ufefforganisation,label_nl\n", "BOM"),
        ("organisation,label_nl\nvolvo_it,Volvo\n", "kolom label_en ontbreekt"),
        (f"{HEADER},kleur\n", "'kleur' is onbekend"),
        (f"{HEADER},kind\n", "kind staat er twee keer"),
        (f"{HEADER}\nvolvo_it,V, inc,V,partner,,true,1\n", "regel 2: 8 waarden voor 7 kolommen"),
        (f'{HEADER}\nvolvo_it,"V" x,V,partner,,true,1\n', "geen CSV"),
        (f"{HEADER}\n", "heeft geen rijen"),
        ("", "kolom organisation ontbreekt"),
    ],
)
def test_a_file_of_another_form(chain, content, said):
    (chain / "seeds" / "organisations.csv").write_text(content, encoding="utf-8")
    assert [
        problem
        for problem in problems(chain)
        if problem.startswith("organisations.csv") and said in problem
    ]


def test_a_file_in_another_encoding(chain):
    (chain / "seeds" / "chain.csv").write_bytes("label_nl,label_en\nKetén,X\n".encode("cp1252"))
    assert problems(chain) == ["chain.csv: is geen UTF-8 (byte 21); bewaar het als UTF-8"]


def test_a_seed_by_another_name(chain):
    (chain / "seeds" / "norms.csv").rename(chain / "seeds" / "norm.csv")
    said = problems(chain)
    assert said[0].startswith("norm.csv: hoort niet in seeds; bekend zijn calendar.csv, chain.csv")
    assert said[1].startswith("norms.csv: ontbreekt")


def test_a_line_break_within_a_value_does_not_shift_the_lines(chain):
    """U+2028 ends a line for Python's `splitlines`, not for CSV."""
    change(chain, "handoffs", 0, label_nl="In behandeling\ntot\u2028gesloten")
    change(chain, "handoffs", 1, unit="uren")
    [said] = problems(chain)
    assert said.startswith("handoffs.csv regel 4 (B1c): unit 'uren' kan niet")


# --- Between columns and rows -------------------------------------------------------------------

START, STOP = "accepted_in_progress", "completed_closed"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"occurrence": "next"}, f"maak stop_milestone '{STOP}' gelijk aan start_milestone"),
        ({"stop_milestone": START}, "zodat de klok altijd 0 is"),
        ({"competing_milestone": STOP}, "is ook start of stop"),
        ({"sent_milestone": STOP}, "sent_milestone is ingevuld en received_milestone niet"),
        ({"tolerance_hours": "2"}, "tolerance_hours is ingevuld en sent_milestone niet"),
        ({"population_dimension": "organisation"}, "population_members niet"),
        (
            {"population_dimension": "organisation", "population_members": "saab"},
            "'saab' staat niet in dimension_members.csv bij organisation; kies uit volvo_it",
        ),
        ({"from_organisation": "volvo_it|volvo_it"}, "noemt iets twee keer"),
        (
            {"from_organisation": "volvo_it|saab"},
            "'volvo_it|saab': 'saab' staat niet in organisations.csv",
        ),
        ({"handoff_id": "b2"}, "'B2' staat er al"),
        ({"match_on": "person_key"}, "dat alleen zaken kent; kies case_key"),
        ({"has_net_clock": "true"}, "pauzes levert alleen de keten"),
        ({"start_milestone": f"saab.{START}"}, f"'saab.{START}' staat niet in milestones.csv"),
    ],
)
def test_a_hand_off_that_measures_nothing(chain, cells, said):
    change(chain, "handoffs", 0, **cells)
    found = problems(chain)
    assert found
    assert [problem for problem in found if said in problem], found


def test_a_milestone_may_be_named_with_its_organisation(chain):
    change(chain, "handoffs", 0, start_milestone=f"volvo_it.{START}")
    assert problems(chain) == []


@pytest.mark.parametrize(
    ("norm", "said"),
    [
        (
            ("N2", "B9", "days", "3", "b", "s", "true", "2012-01-01", ""),
            "'B9' staat niet in handoffs.csv; kies uit B1",
        ),
        (("N2", "B1", "days", "3", "b", "s", "true", "2012-05-01", ""), "als N1 voor B1 nog geldt"),
        (("N1", "B2", "days", "3", "b", "s", "true", "2012-05-01", ""), "'N1' staat er al"),
        (
            ("N2", "B2", "days", "3", "b", "s", "true", "2012-05-01", "2012-04-30"),
            "valid_to ligt voor valid_from",
        ),
    ],
)
def test_a_norm_that_cannot_be_held(chain, norm, said):
    add(chain, "norms", "N1", "B1", "days", "14", "bron", "source", "true", "2010-01-01", "")
    assert problems(chain) == []
    line = add(chain, "norms", *norm)
    [found] = problems(chain)
    assert found.startswith(f"norms.csv regel {line} ({norm[0]}): ")
    assert said in found


def test_what_the_readers_of_lists_refuse_is_said_too(chain):
    add(chain, "merges", "z1_a", "z1_a", "2026-01-01", "zelfde")
    add(chain, "codebook", "laat", "1", "laat", "taak", *"abcdefgh", "2026-01-01", "2026-06-30")
    said = problems(chain)
    assert len(said) == 2
    assert "merges.csv: regel 2" in said[0]
    assert "laat" in said[1]


# --- Seeds against contracts --------------------------------------------------------------------


def mapping(document: dict[str, Any]) -> list[dict[str, str]]:
    [milestones] = document["schema"][0]["customProperties"]
    return milestones["value"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda document: mapping(document)[0].update(milestone="accepted"),
            "'accepted' staat niet in",
        ),
        (
            lambda document: mapping(document)[0].update(activity="Acepted/In Progress"),
            "bedoelde u Accepted/In Progress",
        ),
        (lambda document: mapping(document).pop(0), f"wordt '{START}'; vul activityMilestones aan"),
        (lambda document: document["schema"][0].update(physicalType="snapshot"), "primaryKey"),
        (lambda document: document.pop("version"), "version"),
    ],
)
def test_a_contract_that_does_not_fit_the_seeds(chain, spoil, said):
    edit_contract(chain, spoil)
    found = problems(chain)
    assert [problem for problem in found if problem.startswith(CONTRACT) and said in problem] or [
        problem for problem in found if CONTRACT in problem and said in problem
    ], found


def test_a_supplier_that_is_no_organisation(chain):
    change(chain, "organisations", 0, organisation="volvo")
    said = problems(chain)
    assert (
        f"{CONTRACT}: supplier 'volvo_it' staat niet in organisations.csv; "
        "kies uit volvo, of voeg toe"
    ) in said
    assert any("geen contract heeft supplier 'volvo'" in problem for problem in said)


def test_a_supplier_that_would_not_deliver(chain):
    change(chain, "organisations", 0, delivers="false")
    [said] = problems(chain)
    assert "organisations.csv regel 2 (volvo_it) zegt delivers false" in said


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"table_name": "incident"}, "van 'volvo_it' heeft geen contract; kies uit incidents"),
        ({"is_derived": "true"}, "kent alleen de keten bewaken_beveiligen"),
    ],
)
def test_a_milestone_nobody_delivers(chain, cells, said):
    line = change(chain, "milestones", 0, **cells)
    assert [
        problem
        for problem in problems(chain)
        if problem.startswith(f"milestones.csv regel {line} ({START}): ") and said in problem
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"column_name": "gemeld"}, "column_name 'gemeld' staat niet in om_casus.odcs.yaml; "),
        ({"column_name": "mutatie"}, "kolom 'mutatie' van om_casus.odcs.yaml is geen moment"),
        (
            {"column_name": "gezag_aanvaard_op"},
            "'timestamp' is fijner dan de 'day' van om_casus.odcs.yaml",
        ),
        (
            {"column_name": "besluit_op"},
            "'besluit_op' van om_casus.odcs.yaml heeft als name 'chief_prosecutor_decided_at'",
        ),
    ],
)
def test_a_milestone_in_a_column_that_does_not_hold_it(built_in, cells, said):
    line = change(built_in, "milestones", 0, **cells)
    found = problems(built_in)
    assert all(problem.startswith(f"milestones.csv regel {line} (om_") for problem in found)
    assert [problem for problem in found if said in problem]


def test_a_term_that_is_missing_leaves_no_outcome_empty(built_in):
    change(built_in, "terms", 2, term="re_entry_after_exit")
    assert "terms.csv: term 'evaluation_after_exit' ontbreekt; geef haar een rij" in problems(
        built_in
    )


# --- At the entrance ----------------------------------------------------------------------------


def test_a_run_says_so_before_it_takes_in(chain, tmp_path, monkeypatch):
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(tmp_path / "home"))
    change(chain, "handoffs", 0, unit="dagen", occurrence="[bold]")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "volvo_it_incidents_2012-05-22_v1.csv").write_text("x\n1\n", encoding="utf-8")

    answer = CliRunner().invoke(app, ["run", "--chain", str(chain), "--inbox", str(inbox)])

    assert answer.exit_code == 1
    lines = answer.output.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("Fout: handoffs.csv regel 2 (B1): ") for line in lines)
    assert "occurrence '[bold]' kan niet" in lines[0]  # as typed: no markup
    assert not (tmp_path / "home" / "landing").exists()
    assert not (tmp_path / "home" / "quarantine").exists()


def test_chain_check_says_the_same(chain):
    assert CliRunner().invoke(app, ["chain", "check", str(chain)]).exit_code == 0
    change(chain, "handoffs", 0, unit="dagen")
    answer = CliRunner().invoke(app, ["chain", "check", str(chain)])
    assert answer.exit_code == 1
    assert answer.output.startswith("Fout: handoffs.csv regel 2 (B1): unit 'dagen' kan niet; kies")
