"""What should have come, when it came, and what is missing.

Here: the state of each delivery as a build knows it.
Not here: when deliveries are due (`due_days`), which a build uses (`landing.landed`), and the
figures they feed (dbt).

Expected are the ends of every month after the first reference date of a table, up to the reference
date of the build, once their due day is past. A delivery is judged by its first accepted version:
a redelivery corrects, and does not make what was on time late.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.due_days import due_on, expected_dates, month_end
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.holding.waiting import is_overtaken
from pipelines.deliveries.intake.resubmission import VERSION_EXISTS
from pipelines.deliveries.landing.held import Held
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.refused import Refused
from pipelines.deliveries.landing.zone import Damaged
from pipelines.deliveries.rule_texts import finding_of

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
    known = [
        landed
        for landed in registry
        if landed.known_at <= known_at
        and landed.reference_date <= reference_date
        and landed.contract_id in contracts
    ]
    turned_down = [
        refused
        for refused in refusals
        if refused.known_at <= known_at
        and refused.reference_date is not None
        and refused.reference_date <= reference_date
        and f"{refused.organisation}_{refused.table}" in contracts
    ]
    in_use = {landed.delivery_id for landed in used}
    # A table of which nothing ever landed is expected from the start of its chain.
    chain_start = min((landed.reference_date for landed in known), default=None)
    states: list[DeliveryState] = []
    for contract in contracts.values():
        mine = sorted(
            (landed for landed in known if landed.contract_id == contract.id),
            key=lambda landed: landed.place,
        )
        refused = [
            refused
            for refused in turned_down
            if f"{refused.organisation}_{refused.table}" == contract.id
        ]
        states += _received(contract, mine, in_use)
        states += _refused(contract, mine, refused)
        lost = [
            damage
            for damage in damaged
            if damage.contract_id == contract.id
            and damage.reference_date <= reference_date
            and (damage.landed is None or damage.landed.known_at <= known_at)
        ]
        states += _damaged(contract, mine, lost)
        waiting = [
            waiting.landed
            for waiting in held
            if waiting.landed.contract_id == contract.id
            and waiting.landed.reference_date <= reference_date
            and waiting.waits_at(known_at)
        ]
        states += _held(contract, mine, waiting)
        if not contract.is_periodic:
            continue
        first = mine[0].reference_date if mine else chain_start
        present = {landed.reference_date for landed in (*mine, *waiting)}
        present |= {damage.reference_date for damage in lost}
        today = known_at.astimezone(ZoneInfo(contract.timezone)).date()
        days = [] if first is None else list(expected_dates(first, reference_date))
        if first is not None and not mine and month_end(first) == first:
            days.insert(0, first)
        states += [
            DeliveryState(
                contract.supplier,
                contract.table,
                day,
                None,
                MISSING,
                due_on(contract, day),
                findings=(finding_of("levering_ontbreekt", "warning"),),
            )
            for day in days
            if day not in present and due_on(contract, day) < today
        ]
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


def _received(
    contract: Contract, mine: Sequence[Landed], in_use: set[str]
) -> Iterator[DeliveryState]:
    status: dict[date, str] = {}
    for landed in mine:
        due = due_on(contract, landed.reference_date) if contract.is_periodic else None
        arrived = landed.received_at.astimezone(ZoneInfo(contract.timezone)).date()
        is_first = landed.reference_date not in status
        status.setdefault(landed.reference_date, LATE if due and arrived > due else ON_TIME)
        late = status[landed.reference_date] == LATE and is_first
        yield DeliveryState(
            landed.organisation,
            landed.table,
            landed.reference_date,
            landed.version,
            status[landed.reference_date],
            due,
            landed.received_at,
            landed.known_at,
            landed.rows,
            landed.rows_quarantined,
            landed.content_sha256,
            landed.contract_version,
            landed.delivery_id in in_use,
            findings=landed.findings
            + ((finding_of("levering_te_laat", "warning"),) if late else ()),
        )


def _refused(
    contract: Contract, mine: Sequence[Landed], refused: Sequence[Refused]
) -> Iterator[DeliveryState]:
    landed = {accepted.mark for accepted in mine}
    for file in refused:
        if file.reference_date is None or file.mark in landed:
            # Refused once, accepted later: under a mended contract, for instance.
            continue
        due = due_on(contract, file.reference_date) if contract.is_periodic else None
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
            due,
            file.received_at,
            file.known_at,
            0,
            0,
            "",
            file.contract_version,
            is_open=not _is_put_right(file, mine),
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


def _held(
    contract: Contract, mine: Sequence[Landed], waiting: Sequence[Landed]
) -> Iterator[DeliveryState]:
    for landed in waiting:
        yield DeliveryState(
            contract.supplier,
            contract.table,
            landed.reference_date,
            landed.version,
            HELD,
            due_on(contract, landed.reference_date) if contract.is_periodic else None,
            landed.received_at,
            landed.known_at,
            landed.rows,
            landed.rows_quarantined,
            landed.content_sha256,
            landed.contract_version,
            is_open=not is_overtaken(contract, landed.place, mine),
            findings=landed.findings,
        )


def _damaged(
    contract: Contract, mine: Sequence[Landed], damaged: Sequence[Damaged]
) -> Iterator[DeliveryState]:
    for damage in damaged:
        _, _, day, version = damage.identity
        landed = damage.landed
        yield DeliveryState(
            contract.supplier,
            contract.table,
            day,
            version,
            DAMAGED,
            due_on(contract, day) if contract.is_periodic else None,
            landed.received_at if landed else None,
            landed.known_at if landed else None,
            sha256=landed.content_sha256 if landed else "",
            contract_version=landed.contract_version if landed else "",
            is_open=not is_overtaken(contract, damage.place, mine),
            findings=(finding_of("levering_beschadigd", "critical"),),
        )


def utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC."""
    return moment.astimezone(UTC) if moment else None
