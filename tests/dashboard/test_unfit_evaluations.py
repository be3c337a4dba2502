"""A chain whose evaluations and answers are a quarter old, from inbox to pages and pack.

Nobody but the researcher sees a number of them, in any table, and everybody reads why. In passing
the same is said of tables by `tests/disclosure/test_unfit` and of pages by `test_themes`.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pytest

from pipelines.pack.paper import Paper
from pipelines.pack.themes import themes
from pipelines.publication.current import current_path
from pipelines.publication.reading import run_query
from pipelines.road.walk import run
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig, Volumes
from pipelines.simulation.simulate import simulate
from pipelines.wording.language import words_in
from pipelines.wording.quality import sentence
from tests.dashboard.conftest import Rendered

FIRST, LAST = "2026-07-31", "2026-10-31"
STALE = ("kc_evaluatie", "kc_ervaring")
WHY = "Zonder levering van {}: de laatste is een kwartaal oud of ouder."
SUPPLIER = "Kenniscentrum"
# Every column with a number, of every published table that rests on them.
BESIDE = {
    "experience_result": ("numerator", "denominator", "value", "lower", "upper"),
    "theme_cooccurrence": ("numerator", "denominator", "expected", "value", "lower", "upper"),
}
ON_THEMES = "indicator in (select indicator from theme_series)"

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Stale:
    """The chain as published."""

    settings: Settings

    def rows(self, sql: str, audience: str = "platform") -> list[tuple[object, ...]]:
        return run_query(self.settings, audience, sql)[1]


@pytest.fixture(scope="module")
def stale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stale]:
    settings = replace(Settings(), home=tmp_path_factory.mktemp("stale"))
    config = SimulationConfig(
        seed=17,
        start=date(2024, 1, 1),
        end=date.fromisoformat(LAST),
        initial_delivery=date.fromisoformat(FIRST),
        transition_from=date(2024, 6, 1),
        scale=0.03,
        volumes=Volumes(
            incidents_evaluated=5000, respondents_protected=2400, respondents_professional=5000
        ),
    )
    simulate(config, settings.contracts_dir, settings.inbox_dir, settings.home / "ledger")
    for path in settings.inbox_dir.iterdir():
        table, day = path.name.split("_20")[0], path.name
        # Of the months in between nothing: every file costs time, and none is needed here.
        if (FIRST not in day and LAST not in day) or (table in STALE and FIRST not in day):
            path.unlink()
    outcome = run(settings, reference_date=LAST, known_at="2026-12-01T12:00:00+00:00")
    assert outcome.is_clean, (outcome.refused, outcome.failed)
    yield Stale(settings)


@pytest.mark.parametrize(
    ("audience", "named"),
    [("researcher", ("kc_evaluatie", "kc_ervaring")), ("platform", (SUPPLIER, SUPPLIER))],
)
def test_the_sentence_names_the_delivery_or_its_supplier(stale, audience, named):
    for entry, name in zip(("theme_prevalence", "experience_answers"), named, strict=True):
        question = f"select badge, reasons from quality where indicator = '{entry}'"
        [(badge, reasons)] = stale.rows(question, audience)
        said = sentence({"badge": badge, "reasons": reasons}, words_in("nl"))
        assert (badge, said) == ("not_fit", WHY.format(name))


def test_no_table_of_the_platform_holds_a_number_of_them(stale):
    for table, columns in BESIDE.items():
        counted = " + ".join(f"count({column})" for column in columns)
        [(n_rows, n_numbers)] = stale.rows(f"select count(*), {counted} from {table}")
        assert (n_rows > 0, n_numbers) == (True, 0), table
    [(n_rows, n_numbers)] = stale.rows(
        "select count(*), count(numerator) + count(denominator) + count(value) + count(lower) "
        f"+ count(upper) from result where {ON_THEMES}"
    )
    assert (n_rows > 100, n_numbers) == (True, 0)
    assert stale.rows(f"select distinct status from result where {ON_THEMES}") == [("withheld",)]
    assert stale.rows("select distinct status from experience_result") == [("withheld",)]
    assert stale.rows("select distinct basis from theme_course") == [("not_fit",)]
    assert stale.rows("select distinct verdict from theme_agreement") == [("not_fit",)]
    # No limit rests on a series of gaps.
    assert stale.rows(f"select count(*) from signal where {ON_THEMES} and chart <> 'none'") == [
        (0,)
    ]


def test_whether_something_helped_is_not_said_of_a_theme(stale):
    on_themes = f"from effect where {ON_THEMES} and answer <> 'not_started'"

    assert stale.rows(f"select count(*) > 0 {on_themes}", "researcher") == [(True,)]
    assert stale.rows(f"select distinct answer, mean_before, mean_after {on_themes}") == [
        ("not_fit", None, None)
    ]
    others = f"from effect where not {ON_THEMES} and answer = 'not_fit'"
    assert stale.rows(f"select count(*) {others}") == [(0,)]


def test_the_researcher_sees_the_numbers(stale):
    for table, columns in BESIDE.items():
        [(n_numbers,)] = stale.rows(f"select count({columns[0]}) from {table}", "researcher")
        assert n_numbers > 0, table


@pytest.mark.parametrize(("page", "table"), [("evaluation", "evaluatie"),
                                             ("experiences", "ervaring")])  # fmt: skip
def test_the_pages_say_why_and_show_no_figure_but_to_the_researcher(stale, render, page, table):
    def shown(audience: str) -> Rendered:
        return render(stale.settings.published_dir / audience, page)

    platform, researcher = shown("platform"), shown("researcher")

    assert WHY.format(SUPPLIER) in platform.text
    assert "Daarom staan hier geen cijfers." in platform.text
    assert WHY.format(f"kc_{table}") in researcher.text
    assert "Andere doelgroepen zien de cijfers niet." in researcher.text
    assert "niet bruikbaar" in platform.text
    # What is left are names and words; the charts and tables of figures are not there.
    assert len(platform.html) < len(researcher.html) / 2


def test_the_pack_says_so_too(stale, tmp_path):
    path = current_path(stale.settings, "platform")
    assert path is not None
    assert path.with_suffix(".pdf").exists()
    # A copy: the pages keep the file itself open, with settings of their own.
    copy = shutil.copyfile(path, tmp_path / path.name)
    with duckdb.connect(str(copy), read_only=True) as connection:
        section = themes(Paper(connection), "2026-Q3")
    assert section is not None
    assert section["lead"].endswith(WHY.format(SUPPLIER))
    # The words of the screen: of a figure its status, of a course why nothing can be said.
    said = {cell for row in section["rows"] for cell in row[1:]}
    assert said == {"achtergehouden wegens kwaliteit", "niet bruikbaar"}
