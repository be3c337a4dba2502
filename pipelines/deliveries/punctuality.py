"""What should have come, when it came, and what is missing.

Here: the state of each delivery as a build knows it.
Not here: when deliveries are due (`due_days`), which a build uses (`landing.landed`), and the
figures they feed (dbt).

Expected are the ends of every month after the first reference date of a table, up to the reference
date of the build, once their due day is past. A delivery is judged by its first accepted version:
a redelivery corrects, and does not make what was on time late.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.due_days import due_on, expected_dates
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.holding.waiting import is_overtaken
from pipelines.deliveries.landing.held import Held
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.refused import VERSION_EXISTS, Refused
from pipelines.deliveries.landing.zone import Damaged
from pipelines.deliveries.rule_texts import finding_of
from pipelines.periods import month_end

ON_TIME, LATE, MISSING, REFUSED = "on_time", "late", "missing", "refused"


HELD, DAMAGED = "held", "damaged"


@dataclass(frozen=True)
class DeliveryState:
    """One delivery that was expected or received.

    Attributes:
        organisation: Supplier.
        table: Table, without the supplier.
        reference_date: Day as of which the table is given.
        version: Number of the delivery; None when it is missing.
        status: `on_time`, `late`, `missing`, `refused`, `held` or `damaged`.
        due_on: Last day on which it was on time; None when no day was agreed.
        received_at: When it arrived; None when it is missing.
        known_at: From when it counts; None when it is missing.
        rows: Rows landed.
        rows_quarantined: Rows set aside.
        sha256: Hash of what was in the file; empty when nothing of it landed.
        contract_version: Version of its contract.
        is_used: The build uses it.
        is_open: Refused, held or damaged, and nothing that came later has put it right.
        findings: What was found in it.
    """

    organisation: str
    table: str
    reference_date: date
    version: int | None
    status: str
    due_on: date | None
    received_at: datetime | None = None
    known_at: datetime | None = None
    rows: int = 0
    rows_quarantined: int = 0
    sha256: str = ""
    contract_version: str = ""
    is_used: bool = False
    is_open: bool = False
    findings: tuple[Finding, ...] = ()


def delivery_states(
    contracts: Mapping[str, Contract],
    registry: Sequence[Landed],
    refusals: Sequence[Refused],
    held: Sequence[Held],
    damaged: Sequence[Damaged],
    used: Sequence[Landed],
    reference_date: date,
    known_at: datetime,
) -> list[DeliveryState]:
    """Judge every delivery expected or received, as known at a moment.

    Args:
        contracts: Contracts by id.
        registry: All accepted deliveries.
        refusals: All refused files.
        held: Deliveries that wait for confirmation, or waited.
        damaged: Deliveries of which something is not as it was written.
        used: Deliveries the build uses.
        reference_date: Reference date of the build.
        known_at: What is known later does not count.

    Returns:
        One per expected or received delivery, in order of supplier, table, day and version.
    """
    tables = _known_tables(contracts, registry, refusals, held, damaged, reference_date, known_at)
    days = [landed.reference_date for table in tables.values() for landed in table.landed]
    chain_start = min(days, default=None)
    in_use = {landed.delivery_id for landed in used}
    states: list[DeliveryState] = []
    for key, contract in contracts.items():
        table = tables[key]
        states += _received(contract, table, in_use)
        states += _refused(contract, table)
        states += _held(contract, table)
        states += _damaged(contract, table)
        if contract.is_periodic:
            today = known_at.astimezone(ZoneInfo(contract.timezone)).date()
            states += _missing(contract, table, chain_start, reference_date, today)
    return sorted(
        states,
        key=lambda state: (
            state.organisation,
            state.table,
            state.reference_date,
            state.version or 0,
            state.sha256,
        ),
    )


@dataclass(frozen=True)
class _Table:
    """What a build knows of one table: what counts in order, what was refused, waits or broke."""

    landed: list[Landed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    waiting: list[Landed] = field(default_factory=list)
    damaged: list[Damaged] = field(default_factory=list)


def _known_tables(
    contracts: Mapping[str, Contract],
    registry: Sequence[Landed],
    refusals: Sequence[Refused],
    held: Sequence[Held],
    damaged: Sequence[Damaged],
    reference_date: date,
    known_at: datetime,
) -> dict[str, _Table]:
    tables = {key: _Table() for key in contracts}

    def table_of(contract_id: str, day: date | None, moment: datetime) -> _Table:
        """Where something belongs; what the build does not know belongs nowhere that is kept."""
        is_known = day is not None and day <= reference_date and moment <= known_at
        return tables.get(contract_id, _Table()) if is_known else _Table()

    for landed in sorted(registry, key=lambda landed: landed.place):
        table_of(landed.contract_id, landed.reference_date, landed.known_at).landed.append(landed)
    for file in refusals:
        table_of(file.contract_id, file.reference_date, file.known_at).refused.append(file)
    for waiting in held:
        if waiting.waits_at(known_at):
            landed = waiting.landed
            table = table_of(landed.contract_id, landed.reference_date, landed.known_at)
            table.waiting.append(landed)
    for damage in damaged:
        moment = damage.landed.known_at if damage.landed else known_at
        table_of(damage.contract_id, damage.reference_date, moment).damaged.append(damage)
    return tables


def _due(contract: Contract, reference_date: date) -> date | None:
    return due_on(contract, reference_date) if contract.is_periodic else None


def _state(contract: Contract, landed: Landed, status: str, **more: Any) -> DeliveryState:
    """The state of a delivery of which rows lie in the landing zone."""
    return DeliveryState(
        contract.supplier,
        contract.table,
        landed.reference_date,
        landed.version,
        status,
        _due(contract, landed.reference_date),
        landed.received_at,
        landed.known_at,
        landed.rows,
        landed.rows_quarantined,
        landed.content_sha256,
        landed.contract_version,
        **more,
    )


def _received(contract: Contract, table: _Table, in_use: set[str]) -> Iterator[DeliveryState]:
    status: dict[date, str] = {}
    for landed in table.landed:
        due = _due(contract, landed.reference_date)
        arrived = landed.received_at.astimezone(ZoneInfo(contract.timezone)).date()
        is_first = landed.reference_date not in status
        status.setdefault(landed.reference_date, LATE if due and arrived > due else ON_TIME)
        is_late = is_first and status[landed.reference_date] == LATE
        late = (finding_of("levering_te_laat", "warning"),) if is_late else ()
        yield _state(
            contract,
            landed,
            status[landed.reference_date],
            is_used=landed.delivery_id in in_use,
            findings=landed.findings + late,
        )


def _refused(contract: Contract, table: _Table) -> Iterator[DeliveryState]:
    accepted = {landed.mark for landed in table.landed}
    for file in table.refused:
        if file.reference_date is None or file.mark in accepted:
            # Refused once, accepted later: under a mended contract, for instance.
            continue
        findings = file.findings or (
            Finding(
                file.rule,
                "critical",
                rows=file.rows,
                total=file.rows,
                reason_nl=file.reason,
                reason_en="The delivery was refused.",
                remedy_nl=file.remedy,
            ),
        )
        yield DeliveryState(
            file.organisation,
            file.table,
            file.reference_date,
            file.version,
            REFUSED,
            _due(contract, file.reference_date),
            file.received_at,
            file.known_at,
            contract_version=file.contract_version,
            is_open=not _is_put_right(file, table.landed),
            findings=findings,
        )


def _is_put_right(refused: Refused, mine: Sequence[Landed]) -> bool:
    """Whether a refused file came again and was accepted: as it was named, or as a higher version.

    A file refused because its version is there already is not put right by that version.
    """
    version, moment = refused.version or 0, (refused.known_at, refused.received_at)
    return any(
        landed.version > version
        or (
            landed.version == version
            and refused.rule != VERSION_EXISTS
            and (landed.known_at, landed.received_at) >= moment
        )
        for landed in mine
        if landed.reference_date == refused.reference_date
    )


def _held(contract: Contract, table: _Table) -> Iterator[DeliveryState]:
    for landed in table.waiting:
        is_open = not is_overtaken(contract, landed.place, table.landed)
        yield _state(contract, landed, HELD, is_open=is_open, findings=landed.findings)


def _damaged(contract: Contract, table: _Table) -> Iterator[DeliveryState]:
    for damage in table.damaged:
        _, _, day, version = damage.identity
        landed = damage.landed
        yield DeliveryState(
            contract.supplier,
            contract.table,
            day,
            version,
            DAMAGED,
            _due(contract, day),
            landed.received_at if landed else None,
            landed.known_at if landed else None,
            sha256=landed.content_sha256 if landed else "",
            contract_version=landed.contract_version if landed else "",
            is_open=not is_overtaken(contract, damage.place, table.landed),
            findings=(finding_of("levering_beschadigd", "critical"),),
        )


def _missing(
    contract: Contract, table: _Table, chain_start: date | None, reference_date: date, today: date
) -> Iterator[DeliveryState]:
    """A table of which nothing ever landed is expected from the start of its chain."""
    first = table.landed[0].reference_date if table.landed else chain_start
    if first is None:
        return
    present = {landed.reference_date for landed in (*table.landed, *table.waiting)}
    present |= {damage.reference_date for damage in table.damaged}
    days = list(expected_dates(first, reference_date))
    if not table.landed and month_end(first) == first:
        days.insert(0, first)
    for day in days:
        due = due_on(contract, day)
        if day not in present and due < today:
            yield DeliveryState(
                contract.supplier,
                contract.table,
                day,
                None,
                MISSING,
                due,
                findings=(finding_of("levering_ontbreekt", "warning"),),
            )


def utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC."""
    return moment.astimezone(UTC) if moment else None
