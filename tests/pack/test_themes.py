"""Themes in the meeting pack: the quarter's figures in words, and nothing where there are none."""

import duckdb
import pandas as pd
import pytest

from pipelines.indicators.verdict import Reason
from pipelines.pack.paper import Paper
from pipelines.pack.themes import themes
from tests.dashboard.published_fixture import told
from tests.dashboard.test_discussion import row


@pytest.fixture
def published() -> duckdb.DuckDBPyConnection:
    """The tables the section is made of, with a theme of every kind."""
    connection = duckdb.connect()
    connection.execute(
        """
        create table theme_series as
        from (values
            ('dossier', 'theme_dossier', 'Dossier onvolledig', 1),
            ('rol', 'theme_rol', 'Rol onduidelijk', 2),
            ('zeldzaam', 'theme_zeldzaam', 'Zeldzaam', 3)
        ) as theme(series, indicator, label_nl, sort_order)
        """
    )
    connection.execute(
        """
        create table result as
        select indicator, 'share' as statistic, 'national' as dimension, 'quarter' as period_grain,
            period, numerator,
            denominator, numerator / denominator as value, lower, upper, status
        from (values
            ('theme_dossier', '2026-Q3', 30.0, 60.0, 0.38, 0.62, 'ok'),
            ('theme_dossier', '2026-Q2', 10.0, 60.0, 0.09, 0.28, 'ok'),
            ('theme_rol', '2026-Q3', 6.0, 60.0, 0.05, 0.2, 'ok'),
            ('theme_zeldzaam', '2026-Q3', null, null, null, null, 'suppressed')
        ) as figure(indicator, period, numerator, denominator, lower, upper, status)
        """
    )
    connection.execute(
        "create table quality as select 'theme_prevalence' as indicator, 'good' as badge, "
        "'[]' as reasons"
    )
    connection.execute(
        """
        create table theme_course as
        from (values
            ('dossier', 'signal_rules', 'up'), ('rol', 'years', 'down'), ('zeldzaam', 'none', null)
        ) as theme(series, basis, moved)
        """
    )
    connection.execute(
        """
        create table theme_agreement as
        from (values ('dossier', 'reliable'), ('rol', 'not_reliable'))
            as theme(series, verdict)
        """
    )
    return connection


def test_each_theme_has_its_figure_its_course_and_its_coding(published):
    section = themes(Paper(published), "2026-Q3")
    assert section is not None
    assert section["rows"] == [
        ["Dossier onvolledig", "50% (38–62%), 30 van 60", "opkomend", "betrouwbaar gecodeerd"],
        [
            "Rol onduidelijk",
            "10% (5–20%), 6 van 60",
            "minder dan het jaar ervoor",
            "nog niet betrouwbaar gecodeerd",
        ],
        ["Zeldzaam", "afgeschermd", "geen oordeel", "nog niet vast te stellen"],
    ]
    assert section["columns"][1] == "K3 2026"


@pytest.mark.parametrize(
    ("rank", "said"),
    [
        (4, "wegebbend: Aandeel per maand, okt 2026: 0%"),
        (None, "signaal in de grafiek, niet ter bespreking"),
    ],
)
def test_a_theme_that_is_listed_says_so_with_its_figure_and_one_that_is_only_drawn_does_not(
    published, rank, said
):
    signal = row(
        indicator="theme_rol", statistic="share", unit="share", period="2026-10", value=0.0,
        moved="down", period_grain="month" if rank else "quarter", discussion_rank=rank,
    )  # fmt: skip
    frame = pd.DataFrame([signal])
    published.register("given", frame)
    published.execute("create table signal as from given")

    section = themes(Paper(published), "2026-Q3")

    assert section is not None
    assert section["rows"][1][2] == said


def test_the_year_that_ends_with_the_quarter_is_another_figure(published):
    published.execute(
        "insert into result select * replace ('rolling_12m' as period_grain, 90.0 as denominator) "
        "from result where indicator = 'theme_dossier' and period = '2026-Q3'"
    )
    section = themes(Paper(published), "2026-Q3")
    assert section is not None
    assert [row[0] for row in section["rows"]].count("Dossier onvolledig") == 1


def test_a_quarter_without_evaluations_says_so(published):
    section = themes(Paper(published), "2026-Q1")
    assert section is not None
    assert {row[1] for row in section["rows"]} == {"geen cijfer"}


def test_a_chain_without_evaluations_has_no_such_section():
    assert themes(Paper(duckdb.connect()), "2026-Q3") is None


def test_on_data_that_are_not_fit_no_number_stands_and_the_lead_says_why(published):
    published.execute(
        "update quality set badge = 'not_fit', reasons = ?",
        [told(Reason("stale", {"names": ["kc_evaluatie"]}))],
    )
    published.execute(
        "update result set status = 'withheld', numerator = null, denominator = null, "
        "value = null, lower = null, upper = null"
    )
    published.execute("update theme_course set basis = 'not_fit', moved = null")
    published.execute("update theme_agreement set verdict = 'not_fit'")

    section = themes(Paper(published), "2026-Q3")

    assert section is not None
    assert section["lead"].endswith(
        "Daarom staan hier geen cijfers. Zonder levering van kc_evaluatie: de laatste is een "
        "kwartaal oud of ouder."
    )
    assert section["rows"][0] == [
        "Dossier onvolledig",
        "achtergehouden wegens kwaliteit",
        *["niet bruikbaar"] * 2,
    ]
    assert not any(character.isdigit() for row in section["rows"] for character in "".join(row))
