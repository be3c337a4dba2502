"""How a home stands: what is fresh, late, waits, failed, how long the disk lasts, and what is next.

Here: the facts, read from landing zone, notes, publications, log and disk; nothing is changed.
Not here: their sentences (`status`), and whether every byte is as it was written
(`pipelines.safekeeping.verify`).
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.build import BuildError, LastBuild, read_last_build
from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.due_days import due_on
from pipelines.deliveries.holding.waiting import waiting
from pipelines.deliveries.intake.inbox import look_into
from pipelines.deliveries.intake.outcome import REFUSED
from pipelines.deliveries.landing.held import Held
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import DATA_FILE
from pipelines.deliveries.landing.refused import damaged_refusals
from pipelines.deliveries.landing.zone import Landing, read_landing
from pipelines.journal import WORK, read_events
from pipelines.periods import month_end
from pipelines.progress import BEGUN, DONE, FAILED, HELD_BACK
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.current import current_path
from pipelines.road.lock import is_at_work
from pipelines.safekeeping.backup import places, read_backup
from pipelines.settings import Settings

BACKUP = "backup"
"""The event by which a backup is known to have been made."""
_YEAR = timedelta(days=365)
# Below this a build may end with a full disk: it writes its warehouse beside the old one.
_LEAST_FREE_IN_HOMES = 2


@dataclass(frozen=True)
class Late:
    """A table of which a delivery is due and not there.

    Attributes:
        table: Table with its supplier.
        reference_date: The newest day as of which it should have been delivered.
        due_on: Last day on which that was on time.
    """

    table: str
    reference_date: date
    due_on: date


@dataclass(frozen=True)
class Disk:
    """What the home takes of its disk.

    Attributes:
        free_bytes: Free for this user.
        used_bytes: Taken by the home.
        grows_bytes_a_year: What it grows, when it grows as the deliveries of the last year did.
    """

    free_bytes: int
    used_bytes: int
    grows_bytes_a_year: int

    @property
    def is_short(self) -> bool:
        """Whether the next build may not fit."""
        return self.free_bytes < _LEAST_FREE_IN_HOMES * self.used_bytes

    @property
    def years_left(self) -> float | None:
        """How long it lasts; None when it does not grow."""
        return self.free_bytes / self.grows_bytes_a_year if self.grows_bytes_a_year else None


@dataclass(frozen=True)
class Standing:
    """How a home stands.

    Attributes:
        n_landed: Deliveries that count.
        newest: Newest reference date among them; None when nothing landed.
        n_inbox: Files in the inbox.
        n_new: Those that were not taken in yet, by their name.
        n_other: What lies there and is no file to read.
        late: Tables of which a delivery is due.
        held: Deliveries that wait for confirmation.
        damaged: What is no longer what was written, in one line of Dutch each.
        last: What the last build left; None when there was none.
        published: Name of the current publication by audience; empty when there is none.
        broken: Audiences whose publication is not there or not what was published.
        failed: Steps of the last work that failed, by code, with their audience.
        is_at_work: A command or run is at work now.
        is_cut_short: The last work did not come to an end.
        n_refused: Files that were refused in the last work.
        disk: What the home takes.
        backed_up_at: When the last backup was made; None when none is recorded.
        next_due: Day by which the next deliveries are due; None without contracts for a month.
        now: The clock.
    """

    n_landed: int
    newest: date | None
    n_inbox: int
    n_new: int
    n_other: int
    late: tuple[Late, ...]
    held: tuple[Held, ...]
    damaged: tuple[str, ...]
    last: LastBuild | None
    published: Mapping[str, str]
    broken: tuple[str, ...]
    failed: tuple[str, ...]
    is_at_work: bool
    is_cut_short: bool
    n_refused: int
    disk: Disk
    backed_up_at: datetime | None
    next_due: date | None
    now: datetime

    @property
    def is_whole(self) -> bool:
        """Whether the last build got to its end."""
        return self.last is not None and set(self.last.published) >= set(AUDIENCES)

    @property
    def is_well(self) -> bool:
        """Whether nothing asks for the one who runs it; a late partner does not."""
        return self.is_whole and not (
            self.damaged or self.broken or self.failed or self.is_cut_short or self.disk.is_short
        )

    @property
    def state(self) -> str:
        """For a machine: `failed`, `attention` (somebody else is waited for), or `ok`."""
        if not self.is_well:
            return "failed"
        return "attention" if self.late or self.held or self.n_refused or self.n_other else "ok"


def read_standing(settings: Settings, now: datetime | None = None) -> Standing:
    """Look how a home stands.

    Args:
        settings: Whose home.
        now: The clock; for tests.
    """
    moment = now or datetime.now(UTC)
    contracts = load_contracts(settings.contracts_dir)
    landing = read_landing(settings)
    inbox = look_into([settings.inbox_dir], contracts)
    known = {delivery.file_name for delivery in landing.known}
    published = dict(_published(settings))
    failed, is_open, n_refused, noted_backup = _work(list(read_events(settings.home)))
    at_work = is_open and is_at_work(settings)
    late, next_due = late_tables(contracts, landing.counted, moment)
    return Standing(
        n_landed=len(landing.counted),
        newest=max((delivery.reference_date for delivery in landing.counted), default=None),
        n_inbox=len(inbox.files),
        n_new=sum(called not in known for called in inbox.files.values()),
        n_other=len(inbox.others),
        late=late,
        held=tuple(waiting(contracts, landing)),
        damaged=tuple(_damaged(settings, landing)),
        last=read_last_build(settings),
        published={name: path or "" for name, path in published.items()},
        broken=tuple(name for name, path in published.items() if path is None),
        failed=failed,
        is_at_work=at_work,
        is_cut_short=is_open and not at_work,
        n_refused=n_refused,
        disk=_disk(settings, landing.counted, moment),
        backed_up_at=max(filter(None, (noted_backup, *_backups(settings))), default=None),
        next_due=next_due,
        now=moment,
    )


def late_tables(
    contracts: Mapping[str, Contract], counted: Sequence[Landed], now: datetime
) -> tuple[tuple[Late, ...], date | None]:
    """Say of which tables the newest delivery that is due is not there, and when the next are due.

    Args:
        contracts: Contracts by id.
        counted: Deliveries that count.
        now: The clock.
    """
    newest: dict[str, date] = {}
    for delivery in counted:
        held = newest.get(delivery.contract_id, delivery.reference_date)
        newest[delivery.contract_id] = max(held, delivery.reference_date)
    late, due = [], []
    for name, contract in sorted(contracts.items()):
        if not contract.is_periodic:
            continue
        today = now.astimezone(ZoneInfo(contract.timezone)).date()
        day = month_end(today.replace(day=1) - timedelta(days=1))
        due.append(due_on(contract, day))
        if due[-1] < today:
            due[-1] = due_on(contract, month_end(day + timedelta(days=1)))
        else:
            day = month_end(day.replace(day=1) - timedelta(days=1))
        # Before the first delivery of the chain nothing is expected.
        if newest and day > min(newest.values()) and newest.get(name, date.min) < day:
            late.append(Late(name, day, due_on(contract, day)))
    return tuple(late), min(due, default=None)


def _published(settings: Settings) -> Iterator[tuple[str, str | None]]:
    """Name of the current publication of each audience, empty when there never was one."""
    for audience in AUDIENCES:
        try:
            path = current_path(settings, audience)
        except LookupError:
            yield audience, None
            continue
        yield audience, "" if path is None else path.stem if path.is_file() else None


def _damaged(settings: Settings, landing: Landing) -> Iterator[str]:
    yield from (damaged.sentence for damaged in landing.damaged)
    for name in damaged_refusals(settings):
        yield f"de aantekening van een weigering ({name}); van wie, zegt zij niet meer"


def _work(
    events: Sequence[dict[str, Any]],
) -> tuple[tuple[str, ...], bool, int, datetime | None]:
    """What the log says of the last work, and when the last backup was made."""
    last = _last_road(events)
    failed = dict.fromkeys(
        " ".join(filter(None, (event["step"], event.get("audience", ""))))
        for event in last
        if event["outcome"] in {FAILED, HELD_BACK} and event["step"] != WORK
    )
    if not failed and any((event["step"], event["outcome"]) == (WORK, FAILED) for event in last):
        # Between two steps, or before the first.
        failed = {WORK: None}
    is_over = any(event["step"] == WORK and event["outcome"] != BEGUN for event in last)
    backups = [event for event in events if (event["step"], event["outcome"]) == (BACKUP, DONE)]
    return (
        tuple(failed),
        bool(last) and not is_over,
        sum((event["step"], event["outcome"]) == ("delivery", REFUSED) for event in last),
        datetime.fromisoformat(backups[-1]["time"]) if backups else None,
    )


def _backups(settings: Settings) -> Iterator[datetime]:
    """When each backup within reach was made: a home that was put back has no log of before."""
    with suppress(OSError, ValueError):
        for place in places(settings):
            with suppress(BuildError):
                yield datetime.fromisoformat(read_backup(place).made_at)


def _last_road(events: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The events of the last work that took steps of the road, or never came to its end.

    A check or a backup that went well says nothing of a build that failed before it; a backup that
    went well says all of one that failed.
    """
    end, is_backed_up = len(events), False
    for at in range(len(events) - 1, -1, -1):
        if (events[at]["step"], events[at]["outcome"]) != (WORK, BEGUN):
            continue
        work = events[at:end]
        is_over = len(work) > 1 and any(event["step"] == WORK for event in work[1:])
        failed = {event["step"] for event in work if event["outcome"] == FAILED}
        is_mended = is_backed_up and failed == {WORK, BACKUP}
        is_of_road = bool({event["step"] for event in work} - {WORK, BACKUP})
        if not is_over or is_of_road or (failed and not is_mended):
            return work
        is_backed_up |= any((event["step"], event["outcome"]) == (BACKUP, DONE) for event in work)
        end = at
    return ()


def _disk(settings: Settings, counted: Sequence[Landed], now: datetime) -> Disk:
    used = sum(path.lstat().st_size for path in _files(settings.home))
    landed = [
        (delivery.known_at, (delivery.folder(settings) / DATA_FILE).stat().st_size)
        for delivery in counted
    ]
    total = sum(size for _, size in landed)
    recent = sum(size for known_at, size in landed if known_at > now - _YEAR)
    place = settings.home if settings.home.exists() else settings.home.parent
    return Disk(
        free_bytes=shutil.disk_usage(place).free,
        used_bytes=used,
        grows_bytes_a_year=round(used * recent / total) if total else 0,
    )


def _files(home: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(home):
        # A file may go while we look.
        yield from (path for name in names if (path := Path(folder, name)).exists())
