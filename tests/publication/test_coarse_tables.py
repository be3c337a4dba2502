"""What everybody may know of deliveries: by supplier, in words and whole percents."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.publication.sources import SOURCES


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("create schema raw")
        made.execute("create schema marts")
        yield made


def taken(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(SOURCES[table][1]).fetchall()


def test_a_month_is_as_good_as_the_worst_of_its_deliveries(connection):
    connection.execute(
        """
        create table marts.fct_delivery as select * from (values
            ('om', 'intake', date '2026-09-30', 1, 'late'),
            ('om', 'intake', date '2026-09-30', 2, 'on_time'),
            ('om', 'casus', date '2026-09-30', 1, 'on_time'),
            ('om', 'pauze', date '2026-09-30', 1, 'missing'),
            ('om', 'intake', date '2026-10-31', 1, 'on_time')
        ) as listed(organisation, table_name, reference_date, "version", status)
        """
    )

    # Of a table delivered twice the second version stands; two of three were on time.
    assert [row[2:] for row in taken(connection, "delivery_month")] == [
        ("missing", 66),
        ("on_time", 100),
    ]


def test_a_finding_is_told_by_supplier_and_reason_without_rule_table_or_number(connection):
    connection.execute(
        """
        create table marts.fct_finding as select
            'om' as organisation, date '2026-09-30' as reference_date, 'warning' as severity,
            'Waarom' as reason_nl, 'Why' as reason_en, * from (values
            ('a_na_b', 3, 'persisting', true), ('c_na_d', 900, 'new', false)
        ) as listed("rule", n_rows, "state", is_resolved)
        """
    )

    [row] = taken(connection, "finding_month")
    assert row[2:] == ("warning", "Waarom", "Why", "new", False)


@pytest.mark.parametrize(
    ("n_keys", "n_linked", "shown"),
    [(99, 50, None), (100, 50, 50), (1000, 0, 5), (1000, 4, 5), (1000, 60, 6), (1000, 1000, 95),
     (1000, 997, 95), (0, 0, None)],
)  # fmt: skip
def test_a_part_of_keys_is_a_whole_percent_that_gives_no_handful_away(
    connection, n_keys, n_linked, shown
):
    connection.execute(
        "create table marts.fct_linkage_rate as select 'case' as key_kind, "
        "'organisation' as \"level\", 'om' as organisation_a, 'nctv' as organisation_b, "
        f"{n_keys} as n_keys, {n_linked} as n_linked"
    )

    [row] = taken(connection, "linkage_share")
    assert row[-1] == shown


@pytest.mark.parametrize(
    ("n_events", "n_at_once", "shown"),
    [(1000, 1000, (True, None, None)), (1000, 990, (True, None, None)),
     (1000, 989, (False, 98, 30)), (400, 300, (False, None, None))],
)  # fmt: skip
def test_how_soon_events_are_delivered_is_told_by_supplier(connection, n_events, n_at_once, shown):
    connection.execute(
        "create table raw.delivery as select 'om' as organisation, 'intake' as table_name, "
        "date '2025-12-31' as reference_date, 'on_time' as status"
    )
    connection.execute(
        "create table raw.registration as select 'om' as organisation, 'intake' as table_name, "
        "date '2026-05-01' as happened_on, date '2026-05-31' as carried_on, "
        f"n < {n_at_once} as is_first_due from range({n_events}) as counted(n)"
    )

    [row] = taken(connection, "registration_share")
    assert row[1:] == shown
