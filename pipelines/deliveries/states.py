"""What a build tells of deliveries: each with its state, its findings, and those it was made from.

Here: the tables `raw.delivery`, `raw.finding` and `raw.input`.
Not here: how a delivery came to its state (`punctuality`), and what a finding says (`findings`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.deliveries.accepted import AcceptedFinding, as_known
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.punctuality import DeliveryState, utc
from pipelines.warehouse import write_table

_DELIVERY_SCHEMA = pa.schema(
    [
        ("organisation", pa.string()),
        ("table_name", pa.string()),
        ("reference_date", pa.date32()),
        ("version", pa.int64()),
        ("status", pa.string()),
        ("due_on", pa.date32()),
        ("received_at", pa.timestamp("us", "UTC")),
        ("known_at", pa.timestamp("us", "UTC")),
        ("rows", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("sha256", pa.string()),
        ("contract_version", pa.string()),
        ("is_used", pa.bool_()),
        ("is_open", pa.bool_()),
    ]
)
_FINDING_SCHEMA = pa.schema(
    [
        ("organisation", pa.string()),
        ("table_name", pa.string()),
        ("reference_date", pa.date32()),
        ("version", pa.int64()),
        ("status", pa.string()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("column_name", pa.string()),
        ("n_rows", pa.int64()),
        ("n_total", pa.int64()),
        ("reason_nl", pa.string()),
        ("reason_en", pa.string()),
        ("is_accepted", pa.bool_()),
    ]
)
_INPUT_SCHEMA = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("organisation", pa.string()),
        ("table_name", pa.string()),
        ("reference_date", pa.date32()),
        ("version", pa.int64()),
        ("sha256", pa.string()),
    ]
)

Row = dict[str, Any]

_SCHEMAS = {
    "delivery": _DELIVERY_SCHEMA,
    "finding": _FINDING_SCHEMA,
    "input": _INPUT_SCHEMA,
}


def write_states(
    connection: duckdb.DuckDBPyConnection,
    states: Sequence[DeliveryState],
    used: Sequence[Landed],
    accepted: Sequence[AcceptedFinding],
) -> None:
    """Write the tables of deliveries."""
    rows = {
        "delivery": [_delivery_row(state) for state in states],
        "finding": [row for state in states for row in _finding_rows(state, accepted)],
        "input": [_input_row(landed) for landed in used],
    }
    for name, schema in _SCHEMAS.items():
        write_table(connection, f"raw.{name}", pa.Table.from_pylist(rows[name], schema))


def _key(state: DeliveryState) -> Row:
    return {
        "organisation": state.organisation,
        "table_name": state.table,
        "reference_date": state.reference_date,
        "version": state.version,
        # A version may be refused and come again: its findings are told apart by it.
        "status": state.status,
    }


def _delivery_row(state: DeliveryState) -> Row:
    return {
        **_key(state),
        "due_on": state.due_on,
        "received_at": utc(state.received_at),
        "known_at": utc(state.known_at),
        "rows": state.rows,
        "rows_quarantined": state.rows_quarantined,
        "sha256": state.sha256 or None,
        "contract_version": state.contract_version or None,
        "is_used": state.is_used,
        "is_open": state.is_open,
    }


def _finding_rows(state: DeliveryState, accepted: Sequence[AcceptedFinding]) -> Iterator[Row]:
    for finding in as_known(
        state.organisation, state.table, state.reference_date, state.findings, accepted
    ):
        yield {
            **_key(state),
            "rule": finding.rule,
            "severity": finding.severity,
            "column_name": finding.column or None,
            "n_rows": finding.rows,
            "n_total": finding.total,
            "reason_nl": finding.reason_nl,
            "reason_en": finding.reason_en,
            "is_accepted": finding.is_accepted,
        }


def _input_row(landed: Landed) -> Row:
    return {
        "delivery_id": landed.delivery_id,
        "organisation": landed.organisation,
        "table_name": landed.table,
        "reference_date": landed.reference_date,
        "version": landed.version,
        "sha256": landed.content_sha256,
    }
