"""The two dates of a build, and the memory of the last one.

Here: which reference date and known-at moment a build has when nobody names them, the lock that
lets one command write at a time, and the note of the last build.
Not here: the steps of a build (`pipelines.assets`), nor what a delivery is
(`pipelines.deliveries`).
"""

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pipelines.atomic import write_text
from pipelines.private import close_to_others, owner_only
from pipelines.settings import Settings


class BuildError(RuntimeError):
    """A build cannot start or go on; the message names the cause and the remedy."""


@dataclass(frozen=True)
class BuildDates:
    """As of when, and knowing what.

    Attributes:
        reference_date: Cases as they stood at the end of this day (ISO date), or at this moment
            (ISO timestamp, for an event log that ends in the middle of a day).
        known_at: Deliveries known by this moment, with time zone.
    """

    reference_date: str
    known_at: datetime

    @property
    def day(self) -> date:
        """Day of the reference date."""
        return date.fromisoformat(self.reference_date[:10])


@dataclass(frozen=True)
class Landed:
    """What the choice of dates needs to know of one landed delivery."""

    reference_date: date
    known_at: datetime


def resolve_dates(
    landed: Iterable[Landed],
    due_day: int,
    *,
    reference_date: str | None,
    known_at: datetime | None,
    now: datetime | None = None,
) -> BuildDates:
    """Choose the dates nobody named.

    Without a reference date a build takes the latest one landed whose deliveries are due: the
    first partner to deliver a new month must not make every other partner look late.

    Args:
        landed: The deliveries in the landing zone.
        due_day: Day of the month after the reference date on which deliveries are due.
        reference_date: Named reference date (ISO date or timestamp), if any.
        known_at: Named moment, if any; otherwise now.
        now: The clock; for tests.

    Returns:
        Both dates.

    Raises:
        BuildError: Nothing is landed by then, or a date cannot be read.
    """
    moment = known_at or now or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    known = [one for one in landed if one.known_at <= moment]
    if reference_date is not None:
        try:
            datetime.fromisoformat(reference_date)
        except ValueError as error:
            raise BuildError(
                f"peildatum '{reference_date}' is geen datum; schrijf bijvoorbeeld 2026-10-31"
            ) from error
        return BuildDates(reference_date, moment)
    days = sorted({one.reference_date for one in known})
    if not days:
        raise BuildError(
            "er is nog niets ingelezen; lever eerst bestanden met 'kwaliteitsmonitor deliver MAP'"
        )
    due = [day for day in days if _due(day, due_day) <= moment.date()]
    return BuildDates((due or days[:1])[-1].isoformat(), moment)


def _due(day: date, due_day: int) -> date:
    first_of_next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next_month + timedelta(days=due_day - 1)


def read_last_build(settings: Settings) -> dict[str, str]:
    """The note the last build left; empty when there was none."""
    path = settings.home / "last_build.json"
    if not path.exists():
        return {}
    note: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return note


def write_last_build(settings: Settings, dates: BuildDates) -> None:
    """Leave a note of this build, atomically.

    `deliver` reads it: a file that arrives later may never count as known before this build.
    """
    latest = max(
        dates.known_at,
        datetime.fromisoformat(
            read_last_build(settings).get("known_at", dates.known_at.isoformat())
        ),
    )
    write_text(
        settings.home / "last_build.json",
        json.dumps({"known_at": latest.isoformat(), "reference_date": dates.reference_date}),
    )


@contextmanager
def one_writer(settings: Settings) -> Iterator[None]:
    """Hold the lock of the home folder: one command changes state at a time.

    The operating system frees it when the process ends, however it ends.

    Raises:
        BuildError: Another command holds it.
    """
    owner_only()
    close_to_others(settings.home)
    with settings.lock_path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildError(
                f"een andere opdracht werkt in {settings.home}; wacht tot die klaar is "
                "of kies een andere map met KWALITEITSMONITOR_HOME"
            ) from error
        yield
