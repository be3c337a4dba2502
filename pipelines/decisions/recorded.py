"""What a build knows of the register of decisions.

Here: which revisions count for a reference date and a moment, and the table `raw.recorded_decision`
made of them.
Not here: joining them with the notes the Kenniscentrum delivers (dbt, `fct_decision_revision`).

A revision counts as a delivery does: made on figures of a reference date no later than the build's,
and known by the build's moment. So a build can be made again, whatever was decided since.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.decisions.register import DELIVERED, Register, Revision
from pipelines.settings import Settings
from pipelines.warehouse import write_table

TABLE = "recorded_decision"

_SCHEMA = pa.schema(
    [
        ("record_key", pa.string()),
        ("revision", pa.int64()),
        ("note_kind", pa.string()),
        ("handoff_id", pa.string()),
        ("indicator_id", pa.string()),
        ("signal_id", pa.string()),
        ("noted_at", pa.date32()),
        ("question", pa.string()),
        ("note", pa.string()),
        ("owner", pa.string()),
        ("due_at", pa.date32()),
        ("outcome", pa.string()),
        ("recorded_at", pa.timestamp("us", "UTC")),
    ]
)


def known_revisions(settings: Settings, reference_date: date, known_at: datetime) -> list[Revision]:
    """The revisions a build may use, in the order in which they were written.

    Raises:
        RegisterError: The register is damaged, or something else changed it.
    """
    register = Register(settings.register_path)
    register.require_whole()
    return [
        revision
        for revision in register.revisions()
        # What a revision builds on came with a delivery, and comes in with that delivery.
        if revision.origin != DELIVERED
        and revision.reference_date <= reference_date
        and revision.known_at <= known_at
    ]


def fingerprint(revisions: Sequence[Revision]) -> str:
    """A hash that changes when a build has other revisions to use."""
    lines = [_row(revision) for revision in revisions]
    return hashlib.sha256(json.dumps(lines, default=str, sort_keys=True).encode()).hexdigest()


def load_recorded(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    reference_date: date,
    known_at: datetime,
) -> int:
    """Write `raw.recorded_decision`.

    Args:
        connection: The warehouse, open for writing.
        settings: Where the register is.
        reference_date: Decisions made on later figures do not count.
        known_at: What is known later does not count.
    """
    rows = [_row(revision) for revision in known_revisions(settings, reference_date, known_at)]
    connection.execute("create schema if not exists raw")
    write_table(connection, f"raw.{TABLE}", pa.Table.from_pylist(rows, _SCHEMA))
    return len(rows)


def _row(revision: Revision) -> dict[str, object]:
    return {
        "record_key": revision.number,
        "revision": revision.revision,
        "note_kind": revision.draft.kind,
        "handoff_id": revision.draft.handoff_id,
        "indicator_id": revision.draft.indicator,
        "signal_id": revision.draft.signal_id,
        "noted_at": revision.draft.noted_on,
        "question": revision.draft.question or None,
        "note": revision.draft.text,
        "owner": revision.draft.owner,
        "due_at": revision.draft.due_on,
        "outcome": revision.draft.outcome,
        "recorded_at": revision.recorded_at,
    }
