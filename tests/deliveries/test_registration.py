"""Which delivery first carried an event, from landed versions themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import DATA_FILE
from pipelines.deliveries.registration import load_registration
from pipelines.settings import Settings

JULY, AUGUST, SEPTEMBER = date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)
NOTHING = None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), home=tmp_path)


def contract_of(name: str) -> Contract:
    return load_contracts(Settings().contracts_dir)[name]


def land(
    settings: Settings,
    contract: Contract,
    day: date,
    rows: list[dict[str, object]],
    version: int = 1,
) -> Landed:
    """Put rows where a delivery lands; moments are local days at noon."""
    received = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    landed = Landed(
        contract.supplier, contract.table, day, version, "", "", f"{day} {version} {rows}", "1.0.0",
        received.replace(month=day.month + 1, day=10), received, len(rows), 0,
    )  # fmt: skip
    folder = landed.folder(settings)
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / DATA_FILE)
    return landed


def at(day: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None


def registered(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contract: Contract,
    deliveries: list[Landed],
) -> list[tuple[object, ...]]:
    load_registration(connection, settings, {contract.id: contract}, {contract.id: deliveries})
    return connection.execute(
        "select case_key, column_name, happened_on::varchar, carried_by, carried_on, is_first_due "
        "from raw.registration order by all"
    ).fetchall()


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    opened.execute("create schema raw")
    return opened


def test_a_moment_counts_from_the_first_delivery_that_held_it(settings, connection):
    contract = contract_of("nctv_triage")

    def row(case: str, received: str, judged: str | None) -> dict[str, object]:
        return {"zaak_sleutel": case, "ontvangen_op": at(received), "oordeel_op": at(judged)}

    deliveries = [
        land(settings, contract, JULY, [row("c1", "2026-07-02", NOTHING)]),
        # Of July the judgment of c1 came a month late; c2 is new; a plan is no event.
        land(settings, contract, AUGUST, [row("c1", "2026-07-02", "2026-07-30"),
                                          row("c2", "2026-08-05", "2026-09-15")]),
        # A correction of c1 is no second event, and c2 is gone.
        land(settings, contract, SEPTEMBER, [row("c1", "2026-07-03", "2026-07-30")]),
    ]  # fmt: skip

    assert registered(connection, settings, contract, deliveries) == [
        ("c1", "ontvangen_op", "2026-07-03", JULY, date(2026, 8, 10), True),
        ("c1", "oordeel_op", "2026-07-30", AUGUST, date(2026, 9, 10), False),
        ("c2", "ontvangen_op", "2026-08-05", AUGUST, date(2026, 9, 10), True),
    ]


def test_of_a_change_file_what_is_withdrawn_carries_nothing(settings, connection):
    contract = contract_of("om_casus")

    def row(case: str, kind: str, decided: str | None) -> dict[str, object]:
        return {
            "mutatie": kind,
            "zaak_sleutel": case,
            "gemeld_op": at("2026-07-02"),
            "besluit_op": at(decided),
        }

    deliveries = [
        land(settings, contract, JULY, [row("c1", "wijziging", NOTHING)]),
        land(settings, contract, AUGUST, [row("c1", "intrekking", "2026-07-20")]),
        land(settings, contract, SEPTEMBER, [row("c1", "wijziging", "2026-07-20")]),
    ]

    assert registered(connection, settings, contract, deliveries) == [
        ("c1", "besluit_op", "2026-07-20", SEPTEMBER, date(2026, 10, 10), False),
        ("c1", "gemeld_op", "2026-07-02", JULY, date(2026, 8, 10), True),
    ]


def test_what_was_worked_out_is_kept_until_a_delivery_changes(settings, connection):
    contract = contract_of("nctv_triage")
    rows = [{"zaak_sleutel": "c1", "ontvangen_op": at("2026-07-02")}]
    july, august = (land(settings, contract, day, rows) for day in (JULY, AUGUST))
    before = registered(connection, settings, contract, [july, august])
    # The files are gone: only what changed would be read again.
    for delivery in (july, august):
        (delivery.folder(settings) / DATA_FILE).unlink()
    assert registered(connection, settings, contract, [july, august]) == before

    more = [*rows, {"zaak_sleutel": "c2", "ontvangen_op": at("2026-07-04")}]
    again = [land(settings, contract, JULY, rows, 2), land(settings, contract, AUGUST, more, 2)]
    assert len(registered(connection, settings, contract, again)) == 2


def test_a_table_that_came_once_says_nothing_of_its_lag(settings, connection):
    contract = contract_of("nctv_triage")
    rows = [{"zaak_sleutel": "c1", "ontvangen_op": at("2026-07-02")}]

    assert registered(connection, settings, contract, [land(settings, contract, JULY, rows)]) == []
