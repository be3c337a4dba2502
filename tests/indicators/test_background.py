"""What a series is judged against, read from a warehouse."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines.indicators.background import read_background, rebase_frame


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A register of two indicators and a norm that changed; no notes."""
    with duckdb.connect() as connection:
        for schema in ("marts", "indicators", "raw"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            """
            create table indicators.indicator as
            select * from (values
                ('fast', 'lead_time', 'lower', 'K01', 5.0, 'working_days',
                    date '2026-10-31'),
                ('part', 'share', 'higher', null, null, 'share', date '2026-10-31'),
                ('late', 'share', 'higher', null, null, 'share', date '2026-09-30')
            ) as register(
                indicator, kind, direction, handoff_id, horizon, unit, followed_until
            )
            """
        )
        connection.execute(
            """
            create table marts.dim_norm as
            select * from (values
                ('a', 'K01', 'working_days', 10.0, date '2022-01-01', date '2025-12-31'),
                ('b', 'K01', 'working_days', 5.0, date '2026-01-01', null)
            ) as norm(norm_id, handoff_id, unit, value, valid_from, valid_to)
            """
        )
        yield connection


def with_rebases(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.register("rebases", rebase_frame(connection))
    connection.execute("create table indicators.rebase as select * from rebases")
    return connection


def test_a_chain_without_notes_rebases_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.rebases == ()
    assert found.handoffs == {"fast": "K01"}


def test_only_a_dated_explained_note_about_something_rebases(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        """
        create table marts.fct_decision as
        select * from (values
            ('1', 'herijking', date '2025-03-01', 'K01', null, 'Nieuw formulier.'),
            ('2', 'herijking', date '2025-04-01', 'K01', 'fast', '  '),
            ('3', 'herijking', date '2025-05-01', null, null, 'Waarover gaat dit?'),
            ('4', 'besluit', date '2025-06-01', 'K01', 'fast', 'Meer overleg.')
        ) as note(record_key, note_kind, noted_on, handoff_id, indicator_id, note)
        """
    )

    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.rebases_of("fast") == [date(2025, 3, 1)]
    assert found.rebases_of("part") == []


def test_the_norm_is_that_of_the_day(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.norm_of("fast", "working_days", date(2025, 12, 31)) == 10.0
    assert found.norm_of("fast", "working_days", date(2026, 1, 1)) == 5.0
    assert found.norm_of("fast", "hours", date(2026, 1, 1)) is None
    assert found.norm_of("part", "share", date(2026, 1, 1)) is None
    assert found.norm_changes("fast") == [date(2026, 1, 1)]


def test_a_cohort_counts_once_it_was_followed_to_its_horizon(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    # Five working days are a week; the longest norm, ten, two weeks.
    assert found.followed_until("fast", "median") == date(2026, 10, 24)
    assert found.followed_until("fast", "share_within_norm") == date(2026, 10, 17)
    assert found.followed_until("part", "share") == date(2026, 10, 31)
    # A table of it came late: what was not followed is not charted.
    assert found.followed_until("late", "share") == date(2026, 9, 30)
