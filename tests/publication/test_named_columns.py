"""What leaves is what the catalogue of the audience names: no other table, no other column."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.build import BuildDates
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.named import take_named
from pipelines.publication.publish import write_candidate
from pipelines.publication.sources import SOURCES

DATES = BuildDates("2026-10-31", datetime(2026, 11, 20, 12, tzinfo=UTC))
# What names a delivered table, column or file, or counts rows of one.
RESEARCHERS_ONLY = {
    "table_name", "table_a", "table_b", "column_name", "rule", "sha256", "n_rows", "n_total",
    "n_keys", "n_linked", "n_pairs", "n_events", "n_first_due", "n_findings", "n_found", "n_units",
    "suspected_missing_stops", "rows", "rows_quarantined", "alpha",
}  # fmt: skip
# `signal` names the rule of its chart, and the file's own tables are no deliveries.
OF_THE_FILE = {"signal", "signal_point", "effect", "table_hash"}


def columns_of(path: Path) -> set[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            (table, column)
            for table, column in connection.execute(
                "select table_name, column_name from information_schema.columns"
            ).fetchall()
        }


@pytest.mark.parametrize("audience", ["platform", "advisory"])
def test_every_table_and_column_of_a_file_is_named(warehouse, settings, audience):
    warehouse.execute("alter table indicators.indicator add secret varchar default 'om_intake'")
    warehouse.execute("alter table marts.dim_norm add n_rows integer default 3")
    named = AUDIENCES[audience].columns
    assert named is not None

    found = columns_of(write_candidate(warehouse, settings, AUDIENCES[audience], DATES).path)

    assert {("result", "value"), ("indicator", "kind"), ("quality", "badge")} <= found
    assert {(table, column) for table, column in found if column not in named[table]} == set()


@pytest.mark.parametrize("audience", ["platform", "advisory"])
def test_no_catalogue_names_what_is_the_researchers(audience):
    named = AUDIENCES[audience].columns
    assert named is not None

    assert named.keys().isdisjoint(
        {"delivery", "finding", "linkage", "registration", "input", "suspected_double_count",
         "suspected_double", "fct_handoff", "fct_case", "event_log", "data_dictionary"}
    )  # fmt: skip
    assert {
        (table, column)
        for table, columns in named.items()
        for column in columns
        if table not in OF_THE_FILE and column in RESEARCHERS_ONLY
    } == set()


def test_every_named_table_is_made_somewhere():
    made = {"publication", "table_hash", "result", "catalogue", "funnel", "theme_course",
            "change_basis", "change_factor", "change", "listing"}  # fmt: skip
    for audience in ("platform", "advisory"):
        assert set(AUDIENCES[audience].tables) <= made | set(SOURCES)


def test_nothing_of_what_stays_behind_was_ever_in_the_file(warehouse, settings):
    """A column dropped from a DuckDB file leaves its pages in it; so it is never written."""
    warehouse.execute("alter table indicators.indicator add note varchar default 'TELLTALE'")
    for audience, is_there in (("researcher", True), ("platform", False)):
        path = write_candidate(warehouse, settings, AUDIENCES[audience], DATES).path
        assert (b"TELLTALE" in path.read_bytes()) is is_there


def test_deliveries_are_told_by_supplier_and_merges_not_counted():
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as draft")
        connection.execute("attach ':memory:' as file")
        connection.execute(
            "create table draft.change_factor as select * from (values "
            "('late', 3, 'om_intake_2026_v1|om_pauze_2026_v1|nctv_triage_2026_v2')"
            ", ('merge', 2, '')) as listed(factor, n_items, items)"
        )
        connection.execute(
            "create table draft.indicator as select 'a' as indicator, 'om_intake' as waits_for "
            "union all select 'b', ''"
        )
        take_named(
            connection,
            "draft",
            "file",
            {"change_factor": ("factor", "n_items", "items"), "indicator": ("waits_for",),
             "theme": ("theme",)},
        )  # fmt: skip

        assert connection.execute("from file.change_factor").fetchall() == [
            ("late", 3, "nctv|om"),
            ("merge", None, ""),
        ]
        assert connection.execute("from file.indicator").fetchall() == [("om",), ("",)]
