"""The truth ledger beside the inbox: what the files say, read perfectly, and what happened.

Here: the two layers as Parquet and the manifest. Not here: anything the pipeline may read; the
ledger exists to check the pipeline's figures against.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, HandOffs
from pipelines.simulation.configuration import PARKETTEN, PHENOMENA
from pipelines.simulation.deliveries import Delivery, observable_state
from pipelines.simulation.faults import Fault
from pipelines.simulation.moments import Moments
from pipelines.simulation.recorded import Pseudonyms, Recorded
from pipelines.simulation.stories import STORIES

NOTICE = "synthetische gegevens"
_TIMESTAMP = pa.timestamp("us", tz="UTC")


def write_observable(folder: Path, plan: dict[str, list[Delivery]]) -> None:
    """Write `observable/<table>.parquet` and `observable/deliveries.parquet`.

    Args:
        folder: The ledger.
        plan: All deliveries by contract id.
    """
    target = folder / "observable"
    target.mkdir(parents=True, exist_ok=True)
    for name, deliveries in plan.items():
        last = max(each.reference_date for each in deliveries)
        pq.write_table(observable_state(deliveries, last), target / f"{name}.parquet")
    pq.write_table(deliveries_table(plan), target / "deliveries.parquet")


def deliveries_table(plan: dict[str, list[Delivery]]) -> pa.Table:
    """One row a file: what it is, when it came, how many records it holds."""
    rows: list[dict[str, Any]] = []
    for deliveries in plan.values():
        highest = {each.reference_date: each.version for each in deliveries}
        for each in deliveries:
            contract = each.recorded.contract
            rows.append(
                {
                    "organisation": contract.supplier,
                    "table_name": contract.table,
                    "reference_date": each.reference_date,
                    "version": each.version,
                    "kind": each.kind,
                    "file_name": each.file_name,
                    "received_at": each.received_at,
                    "due_on": each.due,
                    "is_late": each.is_late,
                    "is_highest_version": each.version == highest[each.reference_date],
                    "rows": len(each.rows) + len(each.withdrawn_rows),
                    "rows_withdrawn": len(each.withdrawn_rows),
                    "sha256": each.sha256,
                }
            )
    return pa.Table.from_pylist(rows)


def write_true(
    folder: Path,
    chronicle: Chronicle,
    keys: Pseudonyms,
    recorded: dict[str, Recorded],
    faults: Sequence[Fault],
    plan: dict[str, list[Delivery]],
) -> None:
    """Write true hand-offs, pauses, cases and faults as `true/<name>.parquet`, and the stories."""
    target = folder / "true"
    target.mkdir(parents=True, exist_ok=True)
    withdrawn = _withdrawn_cases(chronicle, faults, recorded)
    pq.write_table(handoff_table(chronicle, keys, withdrawn), target / "handoff.parquet")
    pq.write_table(_pause_table(chronicle, keys), target / "pause.parquet")
    pq.write_table(_case_table(chronicle, keys, withdrawn), target / "case.parquet")
    pq.write_table(fault_table(recorded, faults, plan), target / "fault.parquet")
    declared = [
        {**asdict(story), "is_on": chronicle.config.has_story(story.name)} for story in STORIES
    ]
    text = json.dumps({"notice": NOTICE, "stories": declared}, indent=2, default=str)
    (target / "stories.json").write_text(text + "\n", encoding="utf-8")


def _withdrawn_cases(
    chronicle: Chronicle, faults: Sequence[Fault], recorded: dict[str, Recorded]
) -> Moments:
    at = np.full(len(chronicle.cases), np.nan)
    for fault in faults:
        if fault.kind == "withdrawn":
            at[recorded[fault.table].table.case[fault.rows]] = fault.after
    return at


def timestamps(moments: Moments) -> pa.Array:
    """Moments as timestamps in UTC; NaN and infinite as null."""
    filled = np.isfinite(moments)
    raw = np.round(np.where(filled, moments, 0.0) * 86400).astype(np.int64) * 1_000_000
    return pa.array(raw.astype("datetime64[us]"), _TIMESTAMP, mask=~filled)


def handoff_table(chronicle: Chronicle, keys: Pseudonyms, withdrawn: Moments) -> pa.Table:
    """True occurrences of every hand-off, one row each, whatever was delivered about them."""
    parts = sorted(chronicle.handoffs, key=lambda each: each.handoff_id)
    return pa.concat_tables([_handoff_rows(each, chronicle, keys, withdrawn) for each in parts])


def _handoff_rows(
    part: HandOffs, chronicle: Chronicle, keys: Pseudonyms, withdrawn: Moments
) -> pa.Table:
    has_case = part.case >= 0
    cases = chronicle.cases
    parket = np.array([*PARKETTEN, None], dtype=object)[cases.parket[part.case]]
    phenomenon = np.array(PHENOMENA, dtype=object)[cases.phenomenon[part.case]]

    def of_case(values: NDArray[Any]) -> pa.Array:
        return pa.array(values, pa.string(), mask=~has_case)

    return pa.table(
        {
            "handoff_id": pa.array([part.handoff_id] * len(part.case), pa.string()),
            "case_key": of_case(keys.case[part.case]),
            "person_key": of_case(keys.person[part.case]),
            "record_key": pa.array(part.record, pa.string()),
            "parket": of_case(parket),
            "phenomenon": of_case(phenomenon),
            "started_at": timestamps(part.started),
            "stopped_at": timestamps(part.stopped),
            "competing_at": timestamps(part.competing),
            "is_withdrawn": pa.array(has_case & ~np.isnan(withdrawn[part.case])),
        }
    )


def _pause_table(chronicle: Chronicle, keys: Pseudonyms) -> pa.Table:
    """Every pause as it happened; without a hand-off it stopped the whole case."""
    parts = [chronicle.tables[name] for name in sorted(chronicle.tables) if "_pauze" in name]

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([part.columns[name].values for part in parts])

    known = np.concatenate([part.columns["koppelvlak"].known for part in parts])
    handoff = pa.array(column("koppelvlak"), pa.string(), mask=~np.isfinite(known))
    ended = column("beeindigd_op")
    return pa.table(
        {
            "handoff_id": handoff,
            "case_key": pa.array(
                keys.case[np.concatenate([part.case for part in parts])], pa.string()
            ),
            "reason": pa.array(column("reden"), pa.string()),
            "started_at": timestamps(column("begonnen_op")),
            "ended_at": timestamps(np.where(ended < chronicle.end, ended, np.nan)),
        }
    )


def _case_table(chronicle: Chronicle, keys: Pseudonyms, withdrawn: Moments) -> pa.Table:
    """Every case with its keys; the second key is used by one organisation for a few cases."""
    cases = chronicle.cases
    parket = np.array([*PARKETTEN, None], dtype=object)[cases.parket]
    return pa.table(
        {
            "case_key": pa.array(keys.case, pa.string()),
            "second_case_key": pa.array(keys.second_case, pa.string()),
            "person_key": pa.array(keys.person, pa.string()),
            "origin": pa.array(cases.origin, pa.string()),
            "parket": pa.array(parket, pa.string()),
            "phenomenon": pa.array(
                np.array(PHENOMENA, dtype=object)[cases.phenomenon], pa.string()
            ),
            "withdrawn_at": timestamps(withdrawn),
        }
    )


_FAULT_SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("organisation", pa.string()),
        ("table_name", pa.string()),
        ("column_name", pa.string()),
        ("record", pa.string()),
        ("case_key", pa.string()),
        ("true_at", _TIMESTAMP),
        ("recorded_at", _TIMESTAMP),
        ("reference_date", pa.date32()),
        ("version", pa.int64()),
        ("n_records", pa.int64()),
    ]
)


def fault_table(
    recorded: dict[str, Recorded], faults: Sequence[Fault], plan: dict[str, list[Delivery]]
) -> pa.Table:
    """Every injected fault: one row a record, or one a delivery for faults of deliveries."""
    parts = [_record_faults(recorded[fault.table], fault) for fault in faults]
    parts.append(_delivery_faults(plan))
    return pa.concat_tables(parts)


def _record_faults(recorded: Recorded, fault: Fault) -> pa.Table:
    contract, n = recorded.contract, len(fault.rows)
    columns = recorded.table.columns
    names = ["|".join(str(columns[key].values[row]) for key in contract.key) for row in fault.rows]
    case_columns = [name for name, each in recorded.columns.items() if each.pseudonym == "case"]
    case = columns[case_columns[0]].values[fault.rows] if case_columns else np.full(n, None)
    return pa.table(
        {
            "kind": [fault.kind] * n,
            "organisation": [contract.supplier] * n,
            "table_name": [contract.table] * n,
            "column_name": [fault.column or None] * n,
            "record": names,
            "case_key": pa.array(case, pa.string()),
            "true_at": timestamps(fault.before),
            "recorded_at": timestamps(fault.after),
            "reference_date": pa.nulls(n, pa.date32()),
            "version": pa.nulls(n, pa.int64()),
            "n_records": pa.array(np.ones(n, np.int64)),
        },
        schema=_FAULT_SCHEMA,
    )


def _delivery_faults(plan: dict[str, list[Delivery]]) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for deliveries in plan.values():
        for each in deliveries:
            kinds = [] if each.kind in ("regular", "correction") else [each.kind]
            # A correction comes later than the due day as a matter of course.
            if each.version == 1 and each.is_late:
                kinds.append("late")
            rows.extend(
                {
                    "kind": f"{kind}_delivery",
                    "organisation": each.recorded.contract.supplier,
                    "table_name": each.recorded.contract.table,
                    "column_name": each.disturbance.column if each.disturbance else None,
                    "reference_date": each.reference_date,
                    "version": each.version,
                    "n_records": (
                        len(each.disturbance.rows) if each.disturbance else len(each.rows)
                    ),
                }
                for kind in kinds
            )
    return pa.Table.from_pylist(rows, schema=_FAULT_SCHEMA)
