"""What a series is judged against, read from a warehouse."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines.indicators.smallest_difference import SMALLEST_SHARE
from pipelines.signals.background import read_background, rebase_frame

HANDOFFS = """
create or replace table marts.dim_handoff as
select * from (values {rows}) as handoffs(
    handoff_id, subject, start_milestone, stop_milestone, population_dimension, population_members,
    tolerance_hours
)
"""


def handoff(
    name: str, start: str = "a", stop: str = "b", members: str = "", subject: str = "case"
) -> str:
    by = "'route'" if members else "null"
    limited = f"'{members}'" if members else "null"
    return f"('{name}', '{subject}', '{start}', '{stop}', {by}, {limited}, 2160)"


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
                ('fast', 'lead_time', 'lower', 'K01', 5.0, 'working_days', 1.0, 'part',
                    date '2026-10-31', 'cases'),
                ('part', 'share', 'higher', null, null, 'share', 0.05, null, date '2026-10-31',
                    'cases'),
                ('late', 'share', 'higher', null, null, 'share', 0.05, null, date '2026-09-30',
                    'late'),
                ('agreed', 'reconciliation', 'higher', 'K01', null, 'share', 0.05, null,
                    date '2026-10-31', 'agreed')
            ) as register(indicator, kind, direction, handoff_id, horizon, unit,
                smallest_difference, balancing_indicator, followed_until, base)
            """
        )
        connection.execute(HANDOFFS.format(rows=handoff("K01")))
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


def test_a_chain_without_notes_rebases_nothing(warehouse):
    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.rebases == ()
    assert found.handoffs == {"fast": "K01", "agreed": "K01"}


def test_only_a_dated_explained_note_about_something_rebases(warehouse):
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


def test_the_norm_is_that_of_the_day(warehouse):
    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.norm_of("fast", "working_days", date(2025, 12, 31)) == 10.0
    assert found.norm_of("fast", "working_days", date(2026, 1, 1)) == 5.0
    assert found.norm_of("fast", "hours", date(2026, 1, 1)) is None
    assert found.norm_of("part", "share", date(2026, 1, 1)) is None
    assert found.norm_changes("fast") == [date(2026, 1, 1)]


def test_a_cohort_counts_once_it_was_followed_to_its_horizon(warehouse):
    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    # Five working days are a week; the longest norm, ten, two weeks.
    assert found.followed_until("fast", "median", "month") == date(2026, 10, 24)
    assert found.followed_until("fast", "share_within_norm", "month") == date(2026, 10, 17)
    assert found.followed_until("part", "share", "month") == date(2026, 10, 31)
    # A table of it came late: what was not followed is not charted.
    assert found.followed_until("late", "share", "month") == date(2026, 9, 30)
    assert found.due_until("late", "share", "month") == date(2026, 10, 31)


def test_agreement_is_charted_once_most_of_a_period_is_judged(warehouse):
    """Ninety days of tolerance: half of a month 75 days after it, half of a quarter 45."""
    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.due_until("agreed", "matched", "month") == date(2026, 8, 17)
    assert found.followed_until("agreed", "matched", "quarter") == date(2026, 9, 16)


@pytest.mark.parametrize(
    ("other", "is_of_the_same_cases"),
    [
        (handoff("K02", "a", "c"), True),
        (handoff("K02", "z", "b"), True),
        (handoff("K02", "a", "c", members="table|other"), True),
        (handoff("K02", "b", "c"), False),
        (handoff("K02", "a", "b", members="other"), False),
        (handoff("K02", "a", "b", subject="person"), False),
    ],
    ids=["start", "stop", "population in common", "one after the other", "populations apart",
         "of something else"],
)  # fmt: skip
def test_hand_offs_with_a_start_or_stop_in_common_are_of_the_same_cases(
    warehouse, other, is_of_the_same_cases
):
    first = handoff("K01", "a", "b", members="table")
    warehouse.execute(HANDOFFS.format(rows=f"{first}, {other}"))
    warehouse.execute(
        "insert into indicators.indicator values "
        "('slow', 'lead_time', 'lower', 'K02', 5.0, 'working_days', 1.0, null, date '2026-10-31', "
        "'cases')"
    )

    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.same_cases == ((("fast", "slow"),) if is_of_the_same_cases else ())


def test_what_matters_to_a_lead_time_does_not_hold_for_its_share_within_norm(warehouse):
    warehouse.execute(
        "update indicators.indicator set smallest_difference = 2 where unit <> 'share'"
    )

    found = read_background(with_rebases(warehouse), date(2026, 10, 31))

    assert found.smallest_difference("fast", "median") == 2.0
    assert found.smallest_difference("fast", "share_within_norm") == SMALLEST_SHARE
    # Each single rare event matters.
    assert found.smallest_difference("part", "days_between") == 0.0
    assert found.balancing == {"fast": "part"}
    assert found.bases == {"fast": "cases", "part": "cases", "late": "late", "agreed": "agreed"}
