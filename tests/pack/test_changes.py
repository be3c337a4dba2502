"""The pack's section on changes: the figures of the pack that differ, and what made them differ."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd
import pytest

from pipelines.indicators.results import KEY
from pipelines.pack.changes import changes
from pipelines.pack.paper import Paper
from pipelines.publication.changes.factors import Factor
from pipelines.publication.changes.split import split_changes

QUARTER = "2026-Q3"


@pytest.fixture
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file with two hand-offs, of which late deliveries and corrections changed."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table indicator as select * from (values ('lead_time_k01', 'K01', 'lead_time'),"
            " ('lead_time_k13', 'K13', 'lead_time')) as entry(indicator, handoff_id, kind)"
        )
        connection.execute(
            "create table handoff as select * from (values ('K01', 'Melding', 'Notice'), "
            "('K13', 'Triage', 'Triage')) as handoff(handoff_id, label_nl, label_en)"
        )
        connection.execute(
            "create table change_basis as "
            "select 'explained' as state, '' as note, '2026-09-30' as previous_reference_date, "
            "cast(null as timestamptz) as previous_known_at"
        )
        connection.execute(
            "create table change_factor as select * from (values (2, 'late', true, 1), "
            "(3, 'correction', true, 4)) as step(position, factor, is_changed, n_items)"
        )
        yield connection


def put(connection: duckdb.DuckDBPyConnection, *figures: tuple[Any, ...]) -> None:
    """Store changes: hand-off, statistic, period grain, then old, after late and new value."""
    builds = [
        pd.DataFrame(
            [
                {
                    **dict.fromkeys(KEY, "national"),
                    "indicator": f"lead_time_{handoff.lower()}",
                    "statistic": statistic,
                    "unit": "share" if statistic == "share_within_norm" else "calendar_days",
                    "view": "cohort",
                    "clock": "gross",
                    "period_grain": grain,
                    "period": QUARTER,
                    "status": "suppressed" if values[at] is None else "ok",
                    "value": values[at],
                }
                for handoff, statistic, grain, *values in figures
            ]
        ).astype({"value": float})
        for at in range(3)
    ]
    connection.register("rows", split_changes(builds, [0, 1, 2, 2, 2]))
    connection.execute("create table change as from rows")


def test_each_changed_figure_stands_with_its_parts(published):
    put(
        published,
        ("K13", "share_within_norm", "quarter", 0.60, 0.66, 0.64),
        ("K01", "median", "quarter", 7.0, 8.5, 8.5),
    )
    section = changes(Paper(published))
    assert section is not None
    assert section["rows"] == [
        [
            "K01",
            "Melding",
            "Mediaan, K3 2026",
            "7 dagen",
            "+1,5 dagen door late leveringen",
            "8,5 dagen",
        ],
        [
            "K13",
            "Triage",
            "Binnen norm, K3 2026",
            "60%",
            "+6 procentpunt door late leveringen; −2 procentpunt door correcties",
            "64%",
        ],
    ]
    assert "30 sep 2026" in section["lead"]
    assert "late leveringen (1), correcties (4)" in section["lead"]


def test_a_withheld_figure_is_named_without_a_number(published):
    put(published, ("K01", "median", "quarter", None, 8.5, 8.5))
    section = changes(Paper(published))
    assert section is not None
    [row] = section["rows"]
    assert row[3:] == [
        "afgeschermd",
        "verschijnt; was: afgeschermd (door: late leveringen)",
        "8,5 dagen",
    ]


def test_rolling_years_that_end_with_the_quarter_are_no_figures_of_the_pack(published):
    put(published, ("K01", "median", "rolling_12m", 7.0, 8.5, 8.5))
    section = changes(Paper(published))
    assert section is not None
    assert section["rows"] == []
    assert "Geen van de cijfers" in section["lead"]


@pytest.mark.parametrize("state", ["first", "not_asked", "impossible", "failed"])
def test_without_an_explanation_the_pack_says_why(published, state):
    published.execute("update change_basis set state = ?, note = 'reden'", [state])
    section = changes(Paper(published))
    assert section is not None
    # The note is there where the audience has it.
    assert section["lead"].endswith(". (reden)")
    assert section["rows"] == []


def test_a_file_that_does_not_tell_changes_has_no_section():
    with duckdb.connect() as connection:
        assert changes(Paper(connection)) is None


def test_every_factor_has_a_name_in_the_texts(published):
    published.execute("delete from change_factor")
    for position, factor in enumerate(Factor):
        published.execute("insert into change_factor values (?, ?, true, 0)", [position, factor])
    put(published, ("K01", "median", "quarter", 7.0, 8.5, 8.5))
    section = changes(Paper(published))
    assert section is not None
    assert "nieuwe periode" in section["lead"]
