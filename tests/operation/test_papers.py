"""What a ministry asks for follows from what the monitor runs on, and nothing in it is empty."""

import ast
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.chain.check import ChainError
from pipelines.cli import app
from pipelines.papers import annex, facts, shown
from pipelines.papers.filled_in import ASKED, BASIS
from pipelines.papers.proven import Claim, Measure, read_accessibility, read_measures
from pipelines.papers.write import write_papers
from pipelines.publication.audiences import AUDIENCES
from pipelines.settings import BUILT_IN_CHAIN, Settings, SettingsError, load_settings

ROOT = Settings().project_root
PAPERS = (facts.REGISTER, facts.ANNEX, facts.MEASURES, facts.ACCESSIBILITY)
MARK = "in te vullen:"
Write = Callable[..., dict[str, str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """The papers of a chain, by name, with what is filled in."""

    def written(chain: Path | None = None, **papers: str) -> dict[str, str]:
        settings = Settings(home=tmp_path / "home", chain=chain, papers=papers)
        paths, _ = write_papers(settings, tmp_path / "papers")
        return {path.name: path.read_text(encoding="utf-8") for path in paths}

    return written


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A copy of the built-in chain."""
    folder = tmp_path / BUILT_IN_CHAIN
    shutil.copytree(Settings().seeds_dir, folder / "seeds")
    shutil.copytree(Settings().contracts_dir, folder / "contracts")
    return folder


def cells(page: str) -> Iterator[str]:
    for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", page, flags=re.S):
        yield unescape(re.sub(r"<[^>]+>", " ", cell)).strip()


def rows(page: str) -> list[list[str]]:
    return [list(cells(row)) for row in re.findall(r"<tr>(.*?)</tr>", page, flags=re.S)]


def test_every_column_of_every_contract_stands_in_the_annex(write):
    page = write()[facts.ANNEX]
    settings = Settings()
    read = facts.read_facts(settings)
    for contract in read.contracts.values():
        assert f"({contract.id})" in page
        assert contract.retention_months and f"{contract.retention_months} maanden" in page
        for column in contract.columns:
            assert f"<td>{column.canonical}<br>({column.name})</td>" in page


def test_the_same_chain_gives_the_same_bytes(write):
    assert write() == write()


def test_a_new_column_stands_in_the_papers(write, chain):
    before = write(chain)[facts.ANNEX]
    path = chain / "contracts" / "om_casus.odcs.yaml"
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    contract["schema"][0]["properties"].append(
        {
            "name": "shoe_size",
            "physicalName": "schoenmaat",
            "logicalType": "integer",
            "classification": "intern",
            "description": "Schoenmaat van de adviseur",
            "logicalTypeOptions": {"minimum": 30, "maximum": 50},
        }
    )
    path.write_text(yaml.safe_dump(contract, allow_unicode=True), encoding="utf-8")

    after = write(chain)[facts.ANNEX]

    row = next(row for row in rows(after) if row and "schoenmaat" in row[0])
    # Of om_casus rows reach the researcher, and no row of it the others.
    assert row[1:] == [
        "Schoenmaat van de adviseur",
        "getal met een grens",
        "niet onder deze naam",
        "hooguit in cijfers",
        "hooguit in cijfers",
    ]
    assert "schoenmaat" not in before


def test_a_new_contract_stands_in_the_papers(write, chain):
    text = (chain / "contracts" / "lcc_weerbaarheid.odcs.yaml").read_text(encoding="utf-8")
    for old, new in {"weerbaarheid": "nazorg", "Weerbaarheid": "Nazorg"}.items():
        text = text.replace(old, new)
    text = text.replace("value: 120\n", "value: 84\n")
    (chain / "contracts" / "lcc_nazorg.odcs.yaml").write_text(text, encoding="utf-8")

    papers = write(chain)

    row = next(row for row in rows(papers[facts.REGISTER]) if "(lcc_nazorg)" in row[0])
    assert row[-2:] == ["84 maanden", "30 dagen"]
    assert "(lcc_nazorg)" in papers[facts.ANNEX]


def test_a_new_audience_stands_in_the_papers(write, monkeypatch):
    inspectorate = replace(
        AUDIENCES["researcher"], name="inspectie", whole_tables=("fct_case", "result")
    )
    for module in (facts, annex, shown):
        monkeypatch.setattr(module, "AUDIENCES", {**AUDIENCES, "inspectie": inspectorate})

    papers = write()

    listed = next(row for row in rows(papers[facts.REGISTER]) if row[0] == "inspectie")
    assert listed[1].endswith(" van de 46 tabellen, gepseudonimiseerd")
    cases = papers[facts.ANNEX].partition("(om_casus)</h3>")[2]
    person = next(row for row in rows(cases) if "(persoon_sleutel)" in row[0])
    assert person[-1] == "op rijen: fct_case"


@pytest.mark.parametrize(
    ("contract", "column", "audience", "form"),
    [
        ("om_casus", "case_key", "researcher", "op rijen: fct_handoff, fct_case, event_log"),
        ("om_casus", "om_reported_at", "researcher", "op rijen: fct_handoff, event_log"),
        # Two suppliers in a loop of the SQL.
        ("nctv_pauze", "pause_reason", "researcher", "niet onder deze naam"),
        ("kc_aantekening", "note", "platform", "op rijen: decision, decision_revision"),
        # Published as noted_on.
        ("kc_aantekening", "noted_at", "platform", "niet onder deze naam"),
        ("kc_aantekening", "note", "advisory", "hooguit in cijfers"),
        ("kc_ervaring", "answer", "researcher", "hooguit in cijfers"),
    ],
)
def test_who_sees_a_column_in_which_form(contract, column, audience, form):
    read = facts.read_facts(Settings())
    delivered = read.contracts[contract]
    named = {each.canonical: each for each in delivered.columns}
    told = shown.form_of_column(read.shown, named[column], delivered, AUDIENCES[audience])
    assert told == form


def test_no_field_is_empty_in_silence(write):
    for page in write().values():
        assert all(cells(page))
        assert "None" not in page


def test_what_a_person_has_to_say_is_marked_until_it_is_said(write):
    papers = write()
    for name, asked in ASKED.items():
        assert any(f"{MARK} {asked} (papers.{name})" in unescape(page) for page in papers.values())

    suppliers = facts.read_facts(Settings()).suppliers
    said = {name: f"gezegd over {name}" for name in ASKED}
    grounds = {f"{BASIS}.{supplier}": f"wet van {supplier}" for supplier in suppliers}
    papers = write(**said, **grounds)

    assert not [name for name, page in papers.items() if "<mark>in te vullen" in page]
    together = "".join(papers.values())
    assert all(text in together for text in (*said.values(), *grounds.values()))


def test_what_a_contract_leaves_out_is_marked_too(write, chain):
    path = chain / "contracts" / "om_casus.odcs.yaml"
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    del contract["description"]
    del contract["schema"][0]["properties"][1]["description"]
    path.write_text(yaml.safe_dump(contract, allow_unicode=True), encoding="utf-8")

    papers = write(chain)

    for what in ("doel (description.purpose)", "omschrijving (description)"):
        assert f"{MARK} {what}" in papers[facts.ANNEX]
    assert f"{MARK} gebruik (description.usage in om_casus)" in papers[facts.REGISTER]


def test_what_is_typed_becomes_no_markup(write):
    page = write(controller="<script>alert(1)</script>")[facts.REGISTER]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_name_nobody_asks_for_is_refused(write):
    with pytest.raises(SettingsError, match=r"papers\.adviseur wordt nergens gevraagd"):
        write(adviseur="Ministerie")


def test_of_a_chain_that_is_not_whole_no_paper_is_made(write, chain, tmp_path):
    (chain / "seeds" / "milestones.csv").unlink()
    with pytest.raises(ChainError, match=r"milestones\.csv"):
        write(chain)
    assert not (tmp_path / "papers").exists()


def test_the_settings_file_says_it_and_the_command_asks_for_the_rest(tmp_path, monkeypatch):
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(tmp_path))
    said = tmp_path / "kwaliteitsmonitor.toml"
    said.write_text(
        '[papers]\ncontroller = "Ministerie"\n[papers.basis]\nom = "Wjsg"\n', encoding="utf-8"
    )
    assert load_settings().papers == {"controller": "Ministerie", "basis.om": "Wjsg"}

    printed = CliRunner().invoke(app, ["papers", "--to", str(tmp_path / "papers")])

    assert printed.exit_code == 0
    assert [path.name for path in sorted((tmp_path / "papers").iterdir())] == sorted(PAPERS)
    asked = printed.output.partition("[papers]")
    assert "\ncontroller" not in asked[2]
    # What is printed can be pasted into the file as it stands.
    said.write_text(asked[1] + asked[2], encoding="utf-8")
    assert set(load_settings().papers) == {
        *(set(ASKED) - {"controller"}),
        *(f"{BASIS}.{each}" for each in ("politie", "nctv", "kmar", "lcc", "aivd", "mivd", "kc")),
    }


@pytest.mark.parametrize(
    "text", ["papers = 3", "[papers]\ncontroller = 3", "[papers.basis]\nom = {a = 'b'}"]
)
def test_what_is_no_text_is_refused_by_its_name(tmp_path, text):
    (tmp_path / "kwaliteitsmonitor.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="papers"):
        load_settings({"KWALITEITSMONITOR_HOME": str(tmp_path)})


def test_every_place_where_data_lie_is_told():
    settings = Settings()
    told = {settings.home / name for name, _, _ in annex.places_of(settings)}
    places = {
        getattr(settings, name)
        for name, own in vars(Settings).items()
        if isinstance(own, property) and isinstance(getattr(settings, name), Path)
    }
    lying = {place for place in places if place.is_relative_to(settings.home)}
    # A lock holds nothing.
    assert lying - told <= {settings.lock_path}, "tell it in pipelines/papers/annex.py: places_of"


def claims() -> Iterator[Claim]:
    for measure in read_measures():
        yield from measure.claims
    yield from read_accessibility().looked_at


def functions_of(path: Path) -> set[str]:
    parsed = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(parsed) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_exists():
    named = {test for claim in claims() for test in claim.tests}
    assert len(named) > 50
    for test in sorted(named):
        file, _, name = test.rpartition("::")
        assert name.startswith("test_")
        assert name in functions_of(ROOT / file.partition("::")[0]), test


def test_every_control_is_there_once_in_its_order():
    numbers = [tuple(map(int, measure.number.split("."))) for measure in read_measures()]
    counted: Mapping[int, int] = {5: 37, 6: 8, 7: 14, 8: 34}
    assert numbers == [
        (theme, number) for theme, last in counted.items() for number in range(1, last + 1)
    ]


@pytest.mark.parametrize(
    "written",
    [
        {"by": "product"},
        {"by": "together", "claims": [{"what": "Iets.", "tests": ["tests/a.py::test_b"]}]},
        {"by": "product", "claims": [{"what": "Iets.", "tests": []}]},
        {"by": "organisation", "claims": [{"what": "Iets.", "tests": ["tests/a.py::test_b"]}]},
        {"by": "organisation", "sloppy": True},
    ],
)
def test_a_measure_that_claims_without_proof_is_refused(written):
    with pytest.raises(ValueError, match=r"8\.1|sloppy"):
        Measure.model_validate({"number": "8.1", "title": "Apparaten", **written})


def test_the_statement_says_no_more_than_was_looked_at(write):
    page = unescape(write()[facts.ACCESSIBILITY])
    known = read_accessibility()
    assert "Ten hoogste C" in page
    assert all(gap in page for gap in known.gaps)
    assert all(claim.what in page for claim in known.looked_at)
