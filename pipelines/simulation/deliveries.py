"""Monthly deliveries as of a peildatum: which rows, which version, when they arrive, which bytes.

Here: the plan of deliveries with their faults (late, partial, corrected, duplicated), writing
them, the arrival register, and reading back what the plan says. Not here: faults in records.

Nothing is ever read from the written files: what they say is known from the plan.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.draws import at_least, happens
from pipelines.simulation.moments import (
    HOUR,
    Mask,
    Whole,
    end_of,
    to_datetime,
)
from pipelines.simulation.recorded import MUTATION, Recorded
from pipelines.simulation.rendering import (
    Texts,
    arrow_array,
    fragments,
    layout,
    mutation_array,
    parquet_file,
    text_file,
    timestamp_texts,
)
from pipelines.simulation.stories import is_late_by_story

ARRIVAL_REGISTER = "aankomst.csv"
CHANGED, WITHDRAWN = "wijziging", "intrekking"


@dataclass(frozen=True)
class Disturbance:
    """Cells of one column that a first version got wrong."""

    column: str
    rows: Whole
    values: NDArray[Any]


@dataclass
class Delivery:
    """One file. `rows` are rows of the recorded table, `withdrawn_rows` those it withdraws."""

    recorded: Recorded
    reference_date: date
    version: int
    kind: str
    received: float
    rows: Whole
    withdrawn_rows: Whole
    disturbance: Disturbance | None = None
    sha256: str = field(default="", compare=False)

    @property
    def file_name(self) -> str:
        """By the agreed pattern."""
        contract = self.recorded.contract
        return f"{contract.id}_{self.reference_date}_v{self.version}.{contract.file_format}"

    @property
    def due(self) -> date:
        """Last day on which it is on time."""
        following = self.reference_date + timedelta(days=1)
        return following + timedelta(days=self.recorded.contract.due_day - 1)

    @property
    def is_late(self) -> bool:
        """Whether it arrived after the day it was due."""
        return self.received >= end_of(self.due)

    @property
    def received_at(self) -> datetime:
        """Arrival, in UTC."""
        return to_datetime(self.received)

    def cells(self, name: str) -> tuple[NDArray[Any], Mask]:
        """A column of the whole recorded table as this file gives it."""
        values, filled = self.recorded.cells(name, end_of(self.reference_date))
        if self.disturbance is not None and self.disturbance.column == name:
            values = values.copy()
            values[self.disturbance.rows] = self.disturbance.values
        return values, filled


def plan_deliveries(config: SimulationConfig, recorded: dict[str, Recorded]) -> list[Delivery]:
    """Plan every delivery: one a table a peildatum, and what goes wrong with some of them.

    Args:
        config: Period and fault rates.
        recorded: What is on record, by contract id.

    Returns:
        Deliveries in order of table, peildatum and version.
    """
    rng = config.generator("deliveries")
    plan: list[Delivery] = []
    organisations = sorted({each.contract.supplier for each in recorded.values()})
    base_day = {
        (organisation, day): rng.integers(2, 14)
        for organisation in organisations
        for day in config.reference_dates
    }
    for table in recorded.values():
        since = -np.inf
        for day in config.reference_dates:
            at = end_of(day)
            rows, gone = _content(table, since, at)
            received = at + base_day[table.contract.supplier, day] + rng.uniform(9, 17) * HOUR
            plan.extend(
                _versions(config, rng, Delivery(table, day, 1, "regular", received, rows, gone))
            )
            since = at
    return plan


def _content(table: Recorded, since: float, at: float) -> tuple[Whole, Whole]:
    """Rows a delivery holds, and rows it withdraws."""
    if table.contract.mode == "snapshot" or np.isinf(since):
        return np.flatnonzero(table.present(at)), np.empty(0, np.int64)
    rows = np.flatnonzero(table.changed(since, at))
    gone = np.flatnonzero(table.withdrawn(since, at))
    if not len(rows) and not len(gone) and table.contract.file_format == "jsonl":
        # Without records the file would be empty and could not be told from a failed transfer:
        # the partner repeats the last record.
        rows = np.flatnonzero(table.present(at))[-1:]
    return rows, gone


def _versions(
    config: SimulationConfig, rng: np.random.Generator, first: Delivery
) -> Iterator[Delivery]:
    """The delivery itself, possibly late or wrong, and the version that puts it right."""
    rates = config.faults
    draws, slack = rng.random(4), rng.uniform(0, 1, 3)
    contract, day = first.recorded.contract, first.reference_date
    is_initial = day == config.initial_delivery
    if is_late_by_story(config, contract.supplier, day):
        first.received = end_of(day) + 25 + 25 * slack[0]
    elif draws[0] < rates.late_delivery and not is_initial:
        first.received = end_of(day) + contract.due_day + 1 + 18 * slack[0] ** 2
    if day == config.end:
        # Everything about the last peildatum has to be known soon after it.
        first.received = min(first.received, end_of(day) + config.last_arrival_days - 3 + slack[0])
    again = first.received + 2 + 9 * slack[1]
    if day == config.end:
        again = min(again, end_of(day) + config.last_arrival_days - 0.5)
    if is_initial:
        yield first
        return
    second = Delivery(first.recorded, day, 2, "", again, first.rows, first.withdrawn_rows)
    if draws[1] < rates.partial_delivery and len(first.rows) > 1:
        first.kind, second.kind = "partial", "correction"
        keep = happens(rng, len(first.rows), 0.6 + 0.25 * slack[2])
        keep[0] = False
        first.rows = first.rows[keep]
        if not len(first.rows):
            first.rows = second.rows[-1:]
    elif draws[2] < rates.corrected_delivery and (wrong := _disturb(rng, first)) is not None:
        first.kind, second.kind = "corrected", "correction"
        first.disturbance = wrong
    elif draws[3] < rates.duplicated_delivery:
        second.kind = "duplicate"
    yield first
    if second.kind:
        yield second


def _disturb(rng: np.random.Generator, delivery: Delivery) -> Disturbance | None:
    """Choose cells of a moment column to be some days early in the first version."""
    at = end_of(delivery.reference_date)
    for name, column in delivery.recorded.columns.items():
        if column.granularity is None or column.required:
            continue
        values, filled = delivery.recorded.cells(name, at)
        # Moments in the future are plans, and stay as they are.
        rows = delivery.rows[filled[delivery.rows]]
        rows = rows[values[rows].astype(np.float64) < at]
        rows = rows[at_least(rng, 0.1, np.ones(len(rows), bool), minimum=1)]
        if len(rows):
            return Disturbance(name, rows, values[rows] - rng.integers(8, 40, len(rows)))
    return None


class Writer:
    """Writes planned deliveries; the cells of a table are put into text once, not once a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._texts: dict[tuple[str, str], Texts] = {}
        self._blanks: dict[tuple[str, str], str] = {}

    def write(self, delivery: Delivery) -> None:
        """Write one file and note its hash in the delivery."""
        contract = delivery.recorded.contract
        rows = np.concatenate([delivery.rows, delivery.withdrawn_rows])
        mutations = np.array(
            [CHANGED] * len(delivery.rows) + [WITHDRAWN] * len(delivery.withdrawn_rows),
            dtype=object,
        )
        if contract.file_format == "parquet":
            content = self._parquet(delivery, rows, mutations)
        else:
            content = self._text(delivery, rows, mutations)
        delivery.sha256 = sha256(content).hexdigest()
        (self.folder / delivery.file_name).write_bytes(content)

    def _parquet(self, delivery: Delivery, rows: Whole, mutations: Texts) -> bytes:
        columns: dict[str, pa.Array] = {}
        for column in delivery.recorded.contract.columns:
            if column.name == MUTATION:
                columns[MUTATION] = mutation_array(mutations)
            else:
                values, filled = delivery.cells(column.name)
                columns[column.name] = arrow_array(column, values[rows], filled[rows])
        return parquet_file(delivery.recorded.contract, columns)

    def _text(self, delivery: Delivery, rows: Whole, mutations: Texts) -> bytes:
        contract, at = delivery.recorded.contract, end_of(delivery.reference_date)
        cells: list[Texts] = []
        for column in contract.columns:
            if column.name == MUTATION:
                cells.append(fragments(contract, column, mutations, np.ones(len(rows), bool)))
                continue
            whole = self._texts_of(delivery.recorded, column.name)
            final = delivery.recorded.table.columns[column.name]
            made = np.where(
                final.known[rows] < at, whole[rows], self._blanks[contract.id, column.name]
            )
            values, filled = delivery.cells(column.name)
            if values is not final.values:
                # Few rows: those that read differently at this peildatum or in this version.
                other = np.flatnonzero(
                    (values[rows] != final.values[rows]) & filled[rows]
                    | (filled[rows] != (final.known[rows] < at))
                )
                made[other] = fragments(contract, column, values[rows[other]], filled[rows[other]])
            cells.append(made)
        return text_file(contract, layout(contract).rows(cells))

    def _texts_of(self, recorded: Recorded, name: str) -> Texts:
        contract = recorded.contract
        if (contract.id, name) not in self._texts:
            column, final = recorded.columns[name], recorded.table.columns[name]
            ever = np.isfinite(final.known)
            self._texts[contract.id, name] = fragments(contract, column, final.values, ever)
            blank = fragments(contract, column, final.values[:1], np.zeros(1, bool))
            self._blanks[contract.id, name] = str(blank[0]) if len(blank) else ""
        return self._texts[contract.id, name]


def arrival_register(deliveries: list[Delivery]) -> str:
    """The transfer server's register: file name and moment of arrival, in order of arrival."""
    ordered = sorted(deliveries, key=lambda each: (each.received, each.file_name))
    stamps = timestamp_texts(np.array([each.received for each in ordered]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["bestand", "ontvangen_op"])
    writer.writerows((each.file_name, stamp) for each, stamp in zip(ordered, stamps, strict=True))
    return out.getvalue()


def observable_state(
    deliveries: list[Delivery], reference_date: date, known_at: datetime | None = None
) -> pa.Table:
    """What the deliveries of one table say about a peildatum, read perfectly.

    Snapshots: the highest version of the latest peildatum. Change files: every peildatum in order,
    the highest version of each, the last record a key, without what was withdrawn.

    Args:
        deliveries: Every delivery of one table.
        reference_date: Latest peildatum that counts.
        known_at: Latest arrival that counts; None for all.

    Returns:
        Typed columns under their delivered names, without `mutatie`, sorted by key.
    """
    latest: dict[date, Delivery] = {}
    for each in sorted(deliveries, key=lambda each: (each.reference_date, each.version)):
        if each.reference_date <= reference_date and (
            known_at is None or each.received_at <= known_at
        ):
            latest[each.reference_date] = each
    recorded = deliveries[0].recorded
    chosen = list(latest.values())
    if recorded.contract.mode == "snapshot":
        chosen = chosen[-1:]
    n = len(recorded.table)
    present = np.zeros(n, bool)
    values = {name: recorded.table.columns[name].values.copy() for name in recorded.columns}
    filled = {name: np.zeros(n, bool) for name in recorded.columns}
    for delivery in chosen:
        for name in recorded.columns:
            at_values, at_filled = delivery.cells(name)
            values[name][delivery.rows] = at_values[delivery.rows]
            filled[name][delivery.rows] = at_filled[delivery.rows]
        present[delivery.rows] = True
        present[delivery.withdrawn_rows] = False
    table = pa.table(
        {
            name: arrow_array(column, values[name][present], filled[name][present])
            for name, column in recorded.columns.items()
        }
    )
    # Rows of an event log have no key.
    names = recorded.contract.key or table.column_names
    return table.sort_by([(name, "ascending") for name in names])
