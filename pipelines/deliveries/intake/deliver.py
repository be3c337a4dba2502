"""Taking in deliveries: from a list of files to what landed, what was set aside, what was refused.

Here: the order of the steps, and what each file comes to.
Not here: the steps themselves: names (`naming`), contracts (`contract`), files (`readers`), the
anonymity guard (`guard`), types (`conversion`), rules (`suite`), disk (`landing`).

Files of one table go through the rules together, each on its own to the landing zone. One refused
file never stops another. Per file always: rows in = rows landed + rows set aside + rows refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.deliveries.accepted import as_known, read_accepted
from pipelines.deliveries.contract import Contract, load_contracts, timezone_of
from pipelines.deliveries.conversion import convert, quote
from pipelines.deliveries.findings import ROWS_SHOWN, Finding, Refusal, Tally, count_of
from pipelines.deliveries.guard.cells import inspect_cells, inspect_text
from pipelines.deliveries.guard.columns import check_columns
from pipelines.deliveries.guard.dates import inspect_dates
from pipelines.deliveries.guard.hit import refusal_of
from pipelines.deliveries.holding.losses import Losses
from pipelines.deliveries.holding.waiting import Verdict, continuation, is_overtaken, why_held
from pipelines.deliveries.intake import manifest
from pipelines.deliveries.intake.arrivals import check_day, known_from, read_arrivals
from pipelines.deliveries.intake.inbox import look_into
from pipelines.deliveries.intake.naming import DeliveryName, agreed_name, parse_name
from pipelines.deliveries.intake.outcome import (
    ACCEPTED,
    ALREADY_KNOWN,
    HELD,
    INCOMPLETE,
    PARTLY_QUARANTINED,
    REFUSED,
    DeliveryReport,
    Outcome,
)
from pipelines.deliveries.intake.resubmission import (
    VERSION_EXISTS,
    continues,
    hash_and_size,
    is_same,
)
from pipelines.deliveries.intake.row_rules import (
    door_finding,
    later_events,
    unreadable_rows,
    without_set_aside,
)
from pipelines.deliveries.intake.thresholds import check_thresholds, refusal_by_rule
from pipelines.deliveries.landing.copied import Copied, bring_in, is_in_inbox, take_away
from pipelines.deliveries.landing.integrity import file_sha256
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.marks import mark_of
from pipelines.deliveries.landing.quarantine import empty_quarantine, refuse, sweep
from pipelines.deliveries.landing.refused import Refused, read_refusals
from pipelines.deliveries.landing.set_aside import ROW_COLUMN, known_of
from pipelines.deliveries.landing.writer import LandingWriter
from pipelines.deliveries.landing.zone import Landing, read_landing
from pipelines.deliveries.partner.found_before import found_before, previous_delivery
from pipelines.deliveries.partner.report import Report
from pipelines.deliveries.partner.report_page import write_report
from pipelines.deliveries.readers import (
    Part,
    Source,
    as_refusals,
    check_extension,
    judging,
    open_source,
)
from pipelines.deliveries.readers.row_places import locate
from pipelines.deliveries.suite import Check, broken_rows
from pipelines.settings import Settings

# Whoever takes in deliveries also wants to name what it comes to.
__all__ = [
    "ACCEPTED",
    "ALREADY_KNOWN",
    "PARTLY_QUARANTINED",
    "REFUSED",
    "DeliveryReport",
    "Outcome",
    "deliver",
]

# Rows of several files that go through the rules together.
ROWS_PER_BATCH = 250_000
RULES_COLUMN = "_rules"
# A refused file without a contract has no agreed term.
_DEFAULT_QUARANTINE_DAYS = 30

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Progress = Callable[[int, int, str], None]


@dataclass
class _File:
    """One file on its way in: where it lies, and the copy of it that is read.

    `called` is what may be printed and kept of its name.
    """

    path: Path
    called: str
    sha256: str
    mark: str
    received_at: datetime
    name: DeliveryName | None = None
    contract: Contract | None = None
    source: Source | None = None
    writer: LandingWriter | None = None
    refusal: Refusal | None = None
    lost: Landed | None = None
    follows: Landed | None = None
    attempt: int = 0
    manifest: str | None = None
    copied: Copied | None = None
    rows: int = 0
    landed: int = 0
    aside: int = 0
    malformed_seen: int = 0
    tallies: dict[tuple[str, str], tuple[Finding, Tally]] = field(default_factory=dict)
    fill: dict[str, int] = field(default_factory=dict)

    @property
    def readable(self) -> Path:
        """What is read: the copy, as soon as there is one."""
        return self.copied.path if self.copied else self.path

    @property
    def agreed(self) -> tuple[DeliveryName, Contract]:
        """Name and contract, of a file that has both."""
        if self.name is None or self.contract is None:
            raise ValueError(f"{self.called} heeft geen contract")
        return self.name, self.contract

    def count(
        self, finding: Finding, rows: Sequence[int] | Numbers, number: int | None = None
    ) -> None:
        """Count rows that break a rule; as many as are given, or more."""
        place = (finding.rule, finding.column)
        _, tally = self.tallies.setdefault(place, (finding, Tally(finding.severity)))
        tally.add((int(row) for row in rows[:ROWS_SHOWN]), len(rows) if number is None else number)

    def findings(self) -> tuple[Finding, ...]:
        """All that was found so far."""
        notes = tuple(self.source.notes) if self.source else ()
        return notes + tuple(
            replace(finding, rows=tally.rows, total=self.rows, row_numbers=tuple(tally.row_numbers))
            for _, (finding, tally) in sorted(self.tallies.items())
        )


def deliver(
    paths: Iterable[Path],
    settings: Settings,
    *,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> DeliveryReport:
    """Take in files.

    May be interrupted at any moment and repeated: each delivery exists wholly or not at all, and
    one that exists is recognised. A refused file goes to quarantine, out of the product's own inbox
    alone: anybody else's folder keeps what is in it. Hold the writer's lock.

    Args:
        paths: Files, or folders of which everything is looked at.
        settings: Where landing zone, quarantine and contracts are.
        now: The clock; for tests.
        progress: Called with files done, files in all, and the name of the file.

    Returns:
        What everything that lay there came to.

    Raises:
        ContractError: A contract is not right.
        ArrivalError: A register of arrivals cannot be read.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    contracts = load_contracts(settings.contracts_dir)
    sweep(settings)
    empty_quarantine(settings, moment)
    landing = read_landing(settings)
    known = {landed.identity: landed for landed in landing.known}
    damaged = {damage.identity: damage for damage in landing.damaged}
    inbox = look_into(paths, contracts)
    arrivals = read_arrivals((path.parent for path in inbox.files), timezone_of(contracts))
    intake = _Intake(settings, contracts, moment, len(inbox.files), progress, landing)
    waiting: dict[tuple[str, str], list[_File]] = {}
    for path, called in inbox.files.items():
        sha256 = file_sha256(path)
        mark = mark_of(settings, sha256)
        file = _File(path, called, sha256, mark, arrivals.get(path, moment))
        file.manifest = manifest.hash_in_manifest(path)
        if file.manifest not in {None, file.sha256}:
            intake.note_incomplete(file)
            continue
        try:
            _identify(file, contracts)
            name, contract = file.agreed
            identity = (name.organisation, name.table, name.reference_date, name.version)
            if intake.is_known(file, known.get(identity)):
                continue
            if identity in damaged and file.follows is None:
                # Only what landed there may take its place, and it counts from when that did.
                file.lost, file.attempt = damaged[identity].landed, damaged[identity].attempt
                if file.lost is not None and not is_same(file.readable, file.sha256, file.lost):
                    raise _version_exists(file.lost)
        except Refusal as refusal:
            file.refusal = refusal
            intake.finish(file)
            continue
        waiting.setdefault((contract.id, contract.version), []).append(file)
    for group in waiting.values():
        intake.take_in(group, known)
    outcomes = (*intake.settled(), *inbox.others)
    return DeliveryReport(tuple(sorted(outcomes, key=lambda outcome: outcome.file_name)))


class _Judged(NamedTuple):
    """Rows of a file that were judged and are still to be written."""

    file: _File
    part: Part
    typed: pa.Table
    broken: list[tuple[Check, Numbers]]


class _Intake:
    """One run: the connection it works with, and what it has come to so far."""

    def __init__(
        self,
        settings: Settings,
        contracts: Mapping[str, Contract],
        now: datetime,
        total: int,
        progress: Progress | None,
        landing: Landing,
    ) -> None:
        self.settings = settings
        self._contracts = contracts
        self._timezone = timezone_of(contracts)
        self._now = now
        self.outcomes: list[Outcome] = []
        self._total = total
        self._progress = progress
        self._accepted = read_accepted(settings.contracts_dir)
        self._refusals = read_refusals(settings)
        # What counts, by table; and what waits for confirmation.
        self._by_table: dict[str, list[Landed]] = {}
        for landed in landing.counted:
            self._by_table.setdefault(landed.contract_id, []).append(landed)
        self._waiting = {
            held.landed.identity: held.landed for held in landing.held if held.confirmation is None
        }
        self._connection = _connection()
        self._losses = Losses(_connection(), settings)

    def take_in(
        self, files: Sequence[_File], known: dict[tuple[str, str, date, int], Landed]
    ) -> None:
        """Take in files under one version of one contract."""
        batch: list[_File] = []
        parts: list[tuple[_File, Part]] = []
        rows = 0
        for file in files:
            name, _ = file.agreed
            # Two files of one run may claim the same place.
            first = known.get((name.organisation, name.table, name.reference_date, name.version))
            with _refusing(file):
                if self.is_known(file, first):
                    continue
                part = self._open(file)
                if part is not None:
                    parts.append((file, part))
                    rows += part.cells.num_rows
            batch.append(file)
            if rows >= ROWS_PER_BATCH:
                self._finish_batch(batch, parts, known)
                batch, parts, rows = [], [], 0
        self._finish_batch(batch, parts, known)

    def _open(self, file: _File) -> Part | None:
        """Read a file: a small one to its only part, a large one right to the end.

        Raises:
            Refusal: It cannot be read, or must not come in.
        """
        name, contract = file.agreed
        self._bring_in(file)
        if file.manifest not in {None, file.sha256}:
            raise Refusal(
                manifest.RULE,
                "het bestand veranderde terwijl het werd ingelezen",
                "wacht tot het helemaal is overgebracht en lees het opnieuw in",
            )
        with open_source(file.readable, name, contract) as source:
            file.source = source
            check_columns(source.columns, contract)
            file.writer = LandingWriter(self.settings)
            part = next(source.parts, None)
            following = next(source.parts, None)
            if part is not None and following is not None:
                # Too large to share the work with others.
                self._in_parts(file, _chain(part, following, source.parts))
                part = None
            self._look_at_malformed(file)
        return part

    def _bring_in(self, file: _File) -> Copied:
        """Have a copy of a file that cannot change any more."""
        if file.copied is None:
            file.copied = bring_in(self.settings, file.path)
            file.sha256 = file.copied.sha256
            file.mark = mark_of(self.settings, file.sha256)
        return file.copied

    def is_known(self, file: _File, first: Landed | None) -> bool:
        """Whether a file has landed before, packed in this way or another; then it is reported.

        A file that begins with all of what landed and goes on has not: that was half of it.

        Args:
            file: The file.
            first: What landed in its place; None when nothing did.

        Raises:
            Refusal: Another file has landed in its place.
        """
        if first is None or first is file.follows:
            return False
        if is_same(file.readable, file.sha256, first):
            self.note_known(file)
            return True
        if not continues(file.readable, first):
            raise _version_exists(first)
        file.follows, file.attempt = first, first.attempt + 1
        return False

    def note_incomplete(self, file: _File) -> None:
        """Report a file that is not, or not yet, what the manifest beside it says."""
        file.name = agreed_name(file.path.name, self._contracts)
        self.outcomes.append(
            self._outcome(
                file,
                INCOMPLETE,
                "het bestand is niet, of nog niet, wat het controlegetal ernaast zegt",
                "wacht tot het helemaal is overgebracht, of lever beide opnieuw",
                rule=manifest.RULE,
            )
        )
        self._tell(file)

    def _finish_batch(
        self,
        batch: Sequence[_File],
        parts: Sequence[tuple[_File, Part]],
        known: dict[tuple[str, str, date, int], Landed],
    ) -> None:
        try:
            self._judge_together([(file, part) for file, part in parts if file.refusal is None])
            for file in batch:
                # Two files of one batch may claim the same place too.
                landed = self.finish(file, known)
                if landed is not None:
                    known[landed.identity] = landed
        finally:
            for file in batch:
                if file.writer is not None:
                    file.writer.discard()
                if file.copied is not None:
                    file.copied.remove()

    def _judge_together(self, batch: Sequence[tuple[_File, Part]]) -> None:
        """Judge files at once; when one of them breaks what judges, each by itself."""
        clean = [waiting for waiting in batch if self._passes_guard(*waiting)]
        try:
            judged = self._judged(clean)
        except Exception:
            judged = []
            for file, part in clean:
                # An error can leave a connection unusable for whoever comes next.
                self._connection = _connection()
                with _refusing(file):
                    judged += self._judged([(file, part)])
        for waiting in judged:
            with _refusing(waiting.file):
                self._write(*waiting)

    def _in_parts(self, file: _File, parts: Iterator[Part]) -> None:
        """Judge a large file part by part, and the uniqueness of its key over all parts.

        Raises:
            Refusal: A key occurs twice.
        """
        _, contract = file.agreed
        keys = contract.key
        self._connection.execute("create or replace temp table seen_keys as select 1 where false")
        is_started = False
        for part in parts:
            if not self._passes_guard(file, part):
                return
            landing = None
            for judged in self._judged([(file, part)]):
                landing = self._write(*judged)
            if file.refusal is not None:
                return
            if keys and landing is not None:
                self._connection.register("part_keys", landing.select([*keys]))
                verb = (
                    "insert into seen_keys"
                    if is_started
                    else "create or replace temp table seen_keys as"
                )
                self._connection.execute(f"{verb} from part_keys")
                self._connection.unregister("part_keys")
                is_started = True
        if keys and is_started:
            named = ", ".join(quote(key) for key in keys)
            doubles = self._connection.execute(
                "select coalesce(sum(n), 0) from (select count(*) as n from seen_keys "
                f"group by {named} having n > 1)"
            ).fetchall()[0][0]
            for rule in contract.rules:
                if rule.arguments.get("column_list") == list(keys) and doubles:
                    finding = Finding(
                        rule.name,
                        rule.severity,
                        ", ".join(keys),
                        int(doubles),
                        file.rows,
                        (),
                        rule.reason,
                        "",
                        "Herstel de rijen in de bron en lever opnieuw.",
                    )
                    if rule.severity == "critical":
                        raise refusal_by_rule(finding)
        self._connection.execute("drop table if exists seen_keys")

    def _look_at_malformed(self, file: _File) -> None:
        """Guard and set aside the lines that have no cells."""
        source = file.source
        if source is None or file.writer is None:
            return
        lines = source.malformed[file.malformed_seen :]
        file.malformed_seen = len(source.malformed)
        if not lines:
            return
        name, _ = file.agreed
        file.rows += len(lines)
        hits = inspect_text(lines, name.reference_date)
        if hits:
            raise refusal_of(hits)
        # One line of JSON may hold several records.
        numbers = list(dict.fromkeys(number for number, _ in lines))
        file.count(door_finding("regelopbouw", ""), numbers, len(lines))
        file.aside += len(lines)

    def _passes_guard(self, file: _File, part: Part) -> bool:
        """Count the rows of a part and look for what identifies; a file with that is refused."""
        name, contract = file.agreed
        file.rows += part.cells.num_rows
        with _refusing(file):
            part.cells = _in_order(part.cells, contract)
            hits = inspect_cells(part.cells, part.row_numbers, contract, name.reference_date)
            if hits:
                raise refusal_of(hits)
        return file.refusal is None

    def _judged(self, parts: Sequence[tuple[_File, Part]]) -> list[_Judged]:
        """Convert and judge parts of files under one contract, and write nothing yet.

        Returns:
            Each part with its typed rows and the rules it breaks.
        """
        if not parts:
            return []
        _, contract = parts[0][0].agreed
        cells = pa.concat_tables([part.cells for _, part in parts]).combine_chunks()
        typed = convert(self._connection, cells, contract)
        sizes = [part.cells.num_rows for _, part in parts]
        owners = np.repeat(np.arange(len(parts), dtype=np.int64), sizes)
        ends = np.cumsum([0, *sizes])
        last_days = np.array([file.agreed[0].reference_date for file, _ in parts], "datetime64[D]")
        broken = (
            unreadable_rows(contract, cells, typed)
            + broken_rows(contract, typed, owners)
            + later_events(contract, typed, last_days[owners])
        )
        broken = without_set_aside(contract, typed, owners, broken)
        judged = []
        for at, (file, part) in enumerate(parts):
            start, end = int(ends[at]), int(ends[at + 1])
            mine = [
                (check, positions[(positions >= start) & (positions < end)] - start)
                for check, positions in broken
            ]
            judged.append(
                _Judged(
                    file,
                    part,
                    typed.slice(start, end - start),
                    [(check, positions) for check, positions in mine if len(positions)],
                )
            )
        return judged

    def _write(
        self, file: _File, part: Part, typed: pa.Table, broken: list[tuple[Check, Numbers]]
    ) -> pa.Table | None:
        """Write one part of a file; the rows that land, or None when it was refused."""
        name, contract = file.agreed
        hits = inspect_dates(typed, part.row_numbers, contract, name.reference_date)
        if hits:
            file.refusal = refusal_of(hits)
            return None
        aside: dict[int, list[str]] = {}
        for check, positions in broken:
            finding = Finding(
                check.rule,
                check.effect,
                check.column,
                0,
                0,
                (),
                check.reason_nl,
                check.reason_en,
                check.remedy_nl,
            )
            file.count(finding, part.row_numbers[positions])
            if check.effect == "quarantine":
                for position in positions:
                    aside.setdefault(int(position), []).append(f"{check.rule} ({check.column})")
        for column in part.cells.column_names:
            cells = part.cells[column]
            file.fill[column] = file.fill.get(column, 0) + len(cells) - cells.null_count
        keep = np.ones(typed.num_rows, dtype=bool)
        places = np.array(sorted(aside), dtype=np.int64)
        keep[places] = False
        rows = typed.append_column(ROW_COLUMN, pa.array(part.row_numbers))
        writer = file.writer
        if writer is None:
            return None
        landing = rows.filter(pa.array(keep)) if len(places) else rows
        writer.write(landing)
        file.landed += int(keep.sum())
        if len(places):
            set_aside = part.cells.take(places)
            set_aside = set_aside.append_column(ROW_COLUMN, pa.array(part.row_numbers[places]))
            words = ["; ".join(aside[int(place)]) for place in places]
            writer.set_aside(set_aside.append_column(RULES_COLUMN, pa.array(words)))
            file.aside += len(places)
            known = known_of(contract, part.cells, typed, places, broken)
            writer.note_aside(known.append_column(ROW_COLUMN, pa.array(part.row_numbers[places])))
        return landing

    def finish(
        self, file: _File, known: dict[tuple[str, str, date, int], Landed] | None = None
    ) -> Landed | None:
        """Let a file land, or refuse it; and report it."""
        landed = None
        if file.refusal is None:
            name, _ = file.agreed
            first = (known or {}).get(
                (name.organisation, name.table, name.reference_date, name.version)
            )
            try:
                if self.is_known(file, first):
                    return None
                findings = _located(file, file.findings())
                check_thresholds(file.agreed[1], findings, file.rows, file.aside)
                landed = self._land(file, findings)
            except Refusal as refusal:
                file.refusal = refusal
        if file.refusal is not None:
            if file.source is not None:
                # Also the records that were not read any more.
                file.rows = max(file.rows, file.source.held())
            self._refuse(file, file.refusal)
        self._tell(file)
        return landed

    def _land(self, file: _File, findings: tuple[Finding, ...]) -> Landed:
        name, contract = file.agreed
        writer = file.writer
        if writer is None:
            raise ValueError(f"{file.called} is niet gelezen")
        if file.rows == 0:
            writer.write(_no_rows(contract))
            if contract.mode == "snapshot":
                findings += (door_finding("lege_levering", ""),)
        content, size = file.sha256, self._bring_in(file).size
        if name.compression:
            with as_refusals(name, contract):
                content, size = hash_and_size(file.readable)
        if file.landed == 0 and file.rows > 0:
            writer.write(_no_rows(contract))
        lost = file.lost
        verdict = None
        if lost is None:
            verdict = self._losses.judge(
                contract,
                (name.reference_date, name.version, file.attempt),
                writer.finish(),
                self._by_table.get(contract.id, []),
            )
        follows = file.follows
        if follows is not None and any(
            landed.identity == follows.identity for landed in self._by_table.get(contract.id, [])
        ):
            # What counts was half, it seems; somebody has to say so before another takes its place.
            verdict = continuation()
        if verdict is not None:
            findings += (verdict.finding,)
        findings = as_known(
            name.organisation, name.table, name.reference_date, findings, self._accepted
        )
        held_for = lost.held_for if lost else _held_for(verdict, findings)
        landed = Landed(
            organisation=name.organisation,
            table=name.table,
            reference_date=name.reference_date,
            version=name.version,
            file_name=file.called,
            sha256=file.sha256,
            content_sha256=content,
            contract_version=contract.version,
            received_at=lost.received_at if lost else file.received_at,
            known_at=lost.known_at if lost else known_from(self.settings, file.received_at),
            rows=file.landed,
            rows_quarantined=file.aside,
            findings=lost.findings if lost else _as_held(findings, held_for),
            fill=file.fill,
            quarantine_until=self._term(contract.quarantine_days) if file.aside else None,
            held_for=held_for,
            content_size=size,
            attempt=file.attempt,
            mark=file.mark,
        )
        writer.commit(landed)
        if landed.held_for:
            self._hold(file, landed, contract)
            self._clear_away(file)
            return landed
        self._by_table.setdefault(landed.contract_id, []).append(landed)
        self._report(landed, contract)
        # Last: an intake cut short before this finds the file again, and reports it.
        self._clear_away(file)
        if file.aside:
            reason = (
                f"{count_of(file.landed, 'rij', 'rijen')} ingelezen, {file.aside} terzijde gelegd"
            )
            remedy = "lever de terzijde gelegde rijen verbeterd opnieuw, met een hoger versienummer"
        else:
            reason, remedy = f"{count_of(file.landed, 'rij', 'rijen')} ingelezen", ""
        self.outcomes.append(
            self._outcome(
                file,
                PARTLY_QUARANTINED if file.aside else ACCEPTED,
                reason,
                remedy,
                rows_landed=file.landed,
                rows_quarantined=file.aside,
                findings=landed.findings,
            )
        )
        return landed

    def _hold(self, file: _File, landed: Landed, contract: Contract) -> None:
        """Let a delivery wait for confirmation; it landed, and does not count."""
        self._waiting[landed.identity] = landed
        self._report(landed, contract)
        self.outcomes.append(
            self._outcome(
                file,
                HELD,
                why_held(landed),
                f"lever versie {landed.version + 1}, of bevestig haar met 'kwaliteitsmonitor "
                f"deliver --confirm {landed.delivery_id} --reason …'",
                rule=landed.held_for,
                rows_landed=file.landed,
                rows_quarantined=file.aside,
                findings=landed.findings,
            )
        )

    def settled(self) -> list[Outcome]:
        """What every file came to, now that all are in: what was held may have been overtaken."""
        return [
            replace(
                outcome,
                status=ALREADY_KNOWN,
                reason="deze levering was aangehouden; een latere kwam ervoor in de plaats",
                remedy="",
            )
            if outcome.status == HELD and self._is_overtaken(outcome)
            else outcome
            for outcome in self.outcomes
        ]

    def _is_overtaken(self, held: Outcome) -> bool:
        table = f"{held.organisation}_{held.table}"
        if held.reference_date is None or held.version is None:
            return False
        identity = (held.organisation, held.table, held.reference_date, held.version)
        return is_overtaken(
            self._contracts[table], self._waiting[identity].place, self._by_table.get(table, [])
        )

    def _clear_away(self, file: _File) -> None:
        """Keep what landed and no more: a workbook or log also holds what nobody agreed on.

        Hidden sheets, comments, authors, metadata. A file that is not in our own inbox stays with
        whoever gave it; one that landed in an intake that was cut short here goes now.
        """
        name, _ = file.agreed
        if not name.holds_more_than_cells or not is_in_inbox(self.settings, file.path):
            return
        judged = file.sha256
        copied = self._bring_in(file)
        if copied.sha256 == judged:
            take_away(self.settings, file.path, copied)
        copied.remove()

    def _report(self, landed: Landed, contract: Contract) -> None:
        """Tell the partner what landed; also again when an earlier intake was cut short."""
        previous = previous_delivery(landed, self._by_table.get(landed.contract_id, []))
        before = found_before(landed, previous, self._refusals)
        report = Report.of_landed(landed, previous, self._accepted, self._timezone, before)
        write_report(self.settings.feedback_dir, report, contract)

    def _has_report(self, landed: Landed) -> bool:
        stem = Report.of_landed(landed, None, (), self._timezone).stem
        return (self.settings.feedback_dir / f"{stem}.html").exists()

    def _refuse(self, file: _File, refusal: Refusal) -> None:
        name, contract = file.name, file.contract
        copied = self._bring_in(file)
        days = contract.quarantine_days if contract else _DEFAULT_QUARANTINE_DAYS
        # The guard's own findings stand alone: the rest could point at content.
        findings = (
            refusal.findings or ()
            if refusal.is_anonymity
            else (*refusal.findings, *file.findings())
        )
        unique = {finding.place: finding for finding in reversed(_located(file, findings))}
        # The rows a reason ends with are those of the first finding.
        refusal.findings = tuple(unique[finding.place] for finding in refusal.findings)
        note = Refused(
            file_name=file.called,
            mark=file.mark,
            received_at=file.received_at,
            known_at=known_from(self.settings, file.received_at),
            rule=refusal.rule,
            reason=refusal.reason,
            remedy=refusal.remedy,
            organisation=name.organisation if name else "",
            table=name.table if name else "",
            reference_date=name.reference_date if name else None,
            version=name.version if name else None,
            contract_version=contract.version if contract else "",
            rows=file.rows,
            quarantine_until=self._term(days),
            findings=tuple(unique[place] for place in sorted(unique)),
        )
        # A file that stays with its giver is refused at every intake, and was so from the first.
        for earlier in self._refusals:
            if (earlier.mark, earlier.file_name, earlier.rule) == (
                note.mark,
                note.file_name,
                note.rule,
            ):
                note = replace(
                    note,
                    received_at=earlier.received_at,
                    known_at=earlier.known_at,
                    quarantine_until=earlier.quarantine_until,
                )
        if file.writer is not None:
            file.writer.discard()
        # Before the file leaves the inbox: an intake cut short here starts the refusal anew.
        previous = previous_delivery(note, self._by_table.get(name.contract_id if name else "", []))
        before = found_before(note, previous, self._refusals)
        report = Report.of_refused(note, self._timezone, before)
        write_report(self.settings.feedback_dir, report, contract)
        aside = refuse(self.settings, copied, note).relative_to(self.settings.home)
        is_gone = take_away(self.settings, file.path, copied)
        self._refusals = [earlier for earlier in self._refusals if earlier.mark != note.mark] + [
            note
        ]
        self.outcomes.append(
            self._outcome(
                file,
                REFUSED,
                refusal.reason,
                refusal.remedy,
                rule=refusal.rule,
                rows_refused=file.rows,
                findings=note.findings,
                kept=f"het bestand ligt nu in {aside}"
                if is_gone
                else f"het bestand blijft staan waar het stond; een kopie ligt in {aside}",
            )
        )

    def _term(self, days: int) -> date:
        """Last day of what goes into quarantine now, however long ago it arrived."""
        return (self._now + timedelta(days=days)).date()

    def note_known(self, file: _File) -> None:
        """Report a file that had landed before."""
        name, contract = file.agreed
        identity = (name.organisation, name.table, name.reference_date, name.version)
        if (waiting := self._waiting.get(identity)) is not None:
            self._hold(file, waiting, contract)
            self._clear_away(file)
            self._tell(file)
            return
        for landed in self._by_table.get(name.contract_id, []):
            if landed.delivery_id == name.delivery_id and not self._has_report(landed):
                self._report(landed, contract)
        self._clear_away(file)
        self.outcomes.append(
            self._outcome(file, ALREADY_KNOWN, "deze levering is al ingelezen; er verandert niets")
        )
        self._tell(file)

    def _outcome(
        self, file: _File, status: str, reason: str, remedy: str = "", **more: Any
    ) -> Outcome:
        name = file.name
        return Outcome(
            file_name=file.called,
            status=status,
            reason=reason,
            remedy=remedy,
            organisation=name.organisation if name else "",
            table=name.table if name else "",
            reference_date=name.reference_date if name else None,
            version=name.version if name else None,
            mark=file.mark,
            rows_in=file.rows,
            **more,
        )

    def _tell(self, file: _File) -> None:
        if self._progress is not None:
            self._progress(len(self.outcomes), self._total, file.called)


def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )


@contextmanager
def _refusing(file: _File) -> Iterator[None]:
    """Let whatever is raised over a file refuse that file, and go on with the others."""
    try:
        with judging(file.agreed[0]):
            yield
    except Refusal as refusal:
        file.refusal = refusal


def _identify(file: _File, contracts: dict[str, Contract]) -> None:
    """Find out whose file it is, by its name alone.

    Raises:
        Refusal: The name says nothing, or says something that cannot be.
    """
    name = agreed_name(file.path.name, contracts)
    if name is None and parse_name(file.path.name) is None:
        raise Refusal(
            "bestandsnaam",
            "de bestandsnaam heeft niet de afgesproken vorm",
            "noem het bestand <leverancier>_<tabel>_<jjjj-mm-dd>_v<versie>.<formaat>",
        )
    if name is None:
        raise Refusal(
            "bestandsnaam",
            "er is geen contract voor de leverancier en de tabel in de bestandsnaam",
            "gebruik de leverancier en de tabel uit de specificatie, of noem met --chain de keten "
            "waar het bij hoort",
        )
    file.name = name
    file.contract = contracts[name.contract_id].for_reference_date(name.reference_date)
    check_day(
        name.reference_date, file.received_at.astimezone(ZoneInfo(file.contract.timezone)).date()
    )
    check_extension(name, file.contract)


def _version_exists(known: Landed) -> Refusal:
    """The refusal of a file in whose place another one landed."""
    return Refusal(
        VERSION_EXISTS,
        f"versie {known.version} van {known.reference_date.isoformat()} is al ingelezen, "
        "met een andere inhoud",
        f"lever de verbetering als versie {known.version + 1}",
    )


def _held_for(verdict: Verdict | None, findings: Iterable[Finding]) -> str:
    """The rule a delivery waits for; not for what is accepted as known."""
    if verdict is None or not verdict.is_held:
        return ""
    rule = verdict.finding.rule
    return "" if any(finding.rule == rule and finding.is_accepted for finding in findings) else rule


def _as_held(findings: Iterable[Finding], held_for: str) -> tuple[Finding, ...]:
    """The findings of a delivery, with the one for which nothing of it is used made grave."""
    return tuple(
        replace(finding, severity="critical") if finding.rule == held_for else finding
        for finding in findings
    )


def _located(file: _File, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings with the place of their rows in the file; of a file that could be opened."""
    if file.name is None or file.contract is None or file.source is None:
        return tuple(findings)
    found = tuple(findings)
    # A file that breaks off has rows to name and no lines to count.
    with suppress(Refusal), as_refusals(file.name, file.contract):
        return locate(found, file.readable, file.name, file.contract, file.source.columns)
    return found


def _in_order(cells: pa.Table, contract: Contract) -> pa.Table:
    """The columns of the contract, in its order: parts of several files fit together."""
    present = set(cells.column_names)
    empty = pa.nulls(cells.num_rows, pa.string())
    return pa.table(
        {
            column.name: cells[column.name] if column.name in present else empty
            for column in contract.columns
        }
    )


def _no_rows(contract: Contract) -> pa.Table:
    connection = duckdb.connect()
    cells = pa.table({column.name: pa.array([], pa.string()) for column in contract.columns})
    typed = convert(connection, cells, contract)
    return typed.append_column(ROW_COLUMN, pa.array([], pa.int64()))


def _chain(first: Part, second: Part, rest: Iterator[Part]) -> Iterator[Part]:
    yield first
    yield second
    yield from rest
