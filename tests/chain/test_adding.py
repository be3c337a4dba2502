"""Adding something touches exactly the files the README names, and nothing else has to know.

One copy of the built-in chain gets an indicator, a hand-off, a partner's table, a norm, a theme and
a language string; each tells which files it wrote. What is asked before a build finds nothing wrong
with the copy, and the whole road shows each of them to a reader.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.chain.check import problems_of_chain
from pipelines.deliveries.contract import load_contracts
from pipelines.indicators.register_of_chain import own_register
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import play, simulate
from pipelines.wording import language

SEEDS = "dbt_project/seeds/bewaken_beveiligen"
CONTRACTS = "expectations/contracts/bewaken_beveiligen"
REGISTER = "dbt_project/models/indicators/dim_indicator.yml"
TEXTS = "pipelines/wording/texts"
# What a chain is made of, as far as anything can be added to it.
COPIED = ("dbt_project", "expectations", TEXTS)
CONFIG = SimulationConfig(
    seed=5,
    start=date(2025, 7, 1),
    end=date(2026, 10, 31),
    # One file a table: what is added is the same in every later one.
    initial_delivery=date(2026, 10, 31),
    transition_from=date(2025, 7, 2),
    scale=0.03,
    stories=(),
)


def append(path: Path, *lines: str) -> None:
    """Add lines to a file as an editor would: at its end."""
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join([text.rstrip("\n"), *lines, ""]), encoding="utf-8")


def add_indicator(root: Path) -> None:
    """Of an entry that is there, under another name: the row fact exists."""
    path = root / REGISTER
    text = path.read_text(encoding="utf-8")
    start = text.index("          - id: judgments_reversed_share\n")
    entry = text[start : text.index("          - id:", start + 1)]
    entry = entry.replace("id: judgments_reversed_share", "id: judgments_with_reasons_share")
    entry = entry.replace("numerator_column: is_reversed", "numerator_column: has_reasons_recorded")
    path.write_text(text[:start] + entry + text[start:], encoding="utf-8")


def add_handoff(root: Path) -> None:
    append(
        root / SEEDS / "handoffs.csv",
        "K99,lokaal,Van melding tot melding aan het OM,From report to prosecution,politie,om,"
        "report_received,om_reported,,,,case,case_key,first,finding,hours,sender,,,parket,,2.4.1,"
        "true,false,",
    )


def add_table(root: Path) -> None:
    """A table that is like one that is there, of the same supplier, with milestones of its own."""
    contract = (root / CONTRACTS / "lcc_weerbaarheid.odcs.yaml").read_text(encoding="utf-8")
    words = {"weerbaarheid": "nazorg", "Weerbaarheid": "Nazorg", "resilience": "care"}
    for old, new in words.items():
        contract = contract.replace(old, new)
    (root / CONTRACTS / "lcc_nazorg.odcs.yaml").write_text(contract, encoding="utf-8")
    append(
        root / SEEDS / "milestones.csv",
        "care_offered,Nazorg aangeboden,Aftercare offered,lcc,nazorg,aangeboden_op,day,false",
        "care_held,Nazorggesprek gehouden,Aftercare held,lcc,nazorg,gehouden_op,day,false",
    )


def add_norm(root: Path) -> None:
    append(
        root / SEEDS / "norms.csv",
        "N99,K01,hours,24,Voorbeeldwaarde,Illustrative value,true,2022-01-01,",
    )


def add_theme(root: Path) -> None:
    append(
        root / SEEDS / "codebook.csv",
        "nazorg_ontbrak,1,nazorg_ontbrak,mensen,Nazorg ontbrak,No aftercare,Er was geen nazorg."
        ",There was no aftercare.,Geen gesprek.,No talk.,Een laat gesprek.,A late talk.,"
        "2022-01-01,",
    )


def add_text(root: Path) -> None:
    append(root / TEXTS / "nl.yaml", '"nazorg.title": "Nazorg"')
    append(root / TEXTS / "en.yaml", '"nazorg.title": "Aftercare"')


@dataclass(frozen=True)
class Row:
    """One row of the README's table.

    Attributes:
        add: Adds one to a copy of the chain.
        touches: The files that takes.
        shown: SQL over the researcher's file, and what it answers once the road is walked.
    """

    add: Callable[[Path], None]
    touches: frozenset[str]
    shown: tuple[str, list[tuple[object, ...]]] | None = None


ROWS = {
    "an indicator": Row(
        add_indicator,
        frozenset({REGISTER}),
        (
            "select distinct kind, statistic from result inner join indicator using (indicator) "
            "where indicator = 'judgments_with_reasons_share' and value is not null",
            [("share", "share")],
        ),
    ),
    "a hand-off": Row(
        add_handoff,
        frozenset({f"{SEEDS}/handoffs.csv"}),
        (
            "select count(*) > 0 from result where indicator = 'lead_time_k99' "
            "and statistic = 'median' and value is not null",
            [(True,)],
        ),
    ),
    "a chain partner's table": Row(
        add_table,
        frozenset({f"{CONTRACTS}/lcc_nazorg.odcs.yaml", f"{SEEDS}/milestones.csv"}),
        (
            'select distinct "concept:name", "org:group" from event_log '
            "where table_name = 'nazorg' order by 1",
            [("care_held", "lcc"), ("care_offered", "lcc")],
        ),
    ),
    "a norm": Row(
        add_norm,
        frozenset({f"{SEEDS}/norms.csv"}),
        (
            "select distinct statistic from result inner join indicator using (indicator) "
            "where handoff_id = 'K01' and statistic = 'share_within_norm'",
            [("share_within_norm",)],
        ),
    ),
    "a theme": Row(
        add_theme,
        frozenset({f"{SEEDS}/codebook.csv"}),
        (
            "select label_nl from theme_series where series = 'nazorg_ontbrak'",
            [("Nazorg ontbrak",)],
        ),
    ),
    "a language string": Row(add_text, frozenset({f"{TEXTS}/nl.yaml", f"{TEXTS}/en.yaml"})),
}


def hashes(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@dataclass(frozen=True)
class Copy:
    """A copy of the checkout with one of everything added.

    Attributes:
        settings: Of a home beside the copy.
        touched: Files each addition wrote.
    """

    settings: Settings
    touched: Mapping[str, set[str]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    root = tmp_path_factory.mktemp("copy")
    for folder in COPIED:
        shutil.copytree(Settings().project_root / folder, root / folder)
    # Of the code a publication names these, as of what a figure is made.
    for file in ("requirements.lock", "pipelines/periods.py"):
        shutil.copy(Settings().project_root / file, root / file)
    touched = {}
    for what, row in ROWS.items():
        before = hashes(root)
        row.add(root)
        touched[what] = {path for path, found in hashes(root).items() if found != before.get(path)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settings, "project_root", property(lambda _: root))
        patch.setattr(language, "_TEXTS", root / TEXTS)
        language.words_in.cache_clear()
        yield Copy(Settings(home=tmp_path_factory.mktemp("home")), touched)
    language.words_in.cache_clear()


@pytest.mark.parametrize("what", ROWS)
def test_it_touches_exactly(what, copy):
    assert copy.touched[what] == ROWS[what].touches


def test_nothing_else_has_to_know(copy):
    """What is asked before a build: the seeds and contracts, the register, the simulation."""
    assert problems_of_chain(copy.settings) == []
    assert "judgments_with_reasons_share" in {entry.id for entry in own_register(copy.settings)}
    contracts = load_contracts(copy.settings.contracts_dir)
    assert "nazorg_ontbrak" in contracts["kc_evaluatie"].column("thema").enum
    assert all(len(file.rows) for file in play(CONFIG, contracts).plan["lcc_nazorg"])


def test_a_language_string_is_there_in_both_languages(copy):
    said = [language.words_in(name).text("nazorg.title") for name in language.LANGUAGES]
    assert said == ["Nazorg", "Aftercare"]


@pytest.fixture(scope="module")
def walked(copy: Copy) -> Copy:
    """The copy, with a few months of deliveries taken through the whole road."""
    from pipelines.cli import app

    settings = copy.settings
    simulate(CONFIG, settings.contracts_dir, settings.inbox_dir, settings.home / "ledger")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KWALITEITSMONITOR_HOME", str(settings.home))
        known_at = "2026-12-01T12:00:00+00:00"
        day = CONFIG.end.isoformat()
        answer = CliRunner().invoke(app, ["run", "--reference-date", day, "--known-at", known_at])
    assert answer.exit_code == 0, answer.output
    return copy


@pytest.mark.long
@pytest.mark.parametrize("what", [what for what, row in ROWS.items() if row.shown])
def test_the_road_shows_it(what, walked):
    shown = ROWS[what].shown
    assert shown is not None
    query, expected = shown
    assert run_query(walked.settings, "researcher", query)[1] == expected


@pytest.mark.long
def test_the_tables_own_columns_are_described_by_its_contract_alone(walked):
    query = (
        "select column_name, description from data_dictionary "
        "where table_name = 'lcc_nazorg' and suffix(column_name, '_op') order by position"
    )
    assert run_query(walked.settings, "researcher", query)[1] == [
        ("aangeboden_op", "Dag waarop het gesprek is aangeboden"),
        ("gehouden_op", "Dag waarop het gesprek is gehouden"),
    ]
