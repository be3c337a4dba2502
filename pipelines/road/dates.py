"""The two dates of a build: as of when, and knowing what.

Here: reading the dates somebody names, and choosing those nobody names.
Not here: what a delivery is (`pipelines.deliveries`), and keeping the dates of a build
(`pipelines.warehouse`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.build import BuildDates, BuildError
from pipelines.deliveries.forms import moment_of
from pipelines.periods import month_end


@dataclass(frozen=True)
class Landed:
    """What the choice of dates needs to know of one landed delivery."""

    reference_date: date
    known_at: datetime


def resolve_dates(
    landed: Iterable[Landed],
    due_day: int,
    *,
    timezone: str,
    reference_date: str | None = None,
    known_at: str | None = None,
    now: datetime | None = None,
) -> BuildDates:
    """Choose the dates nobody named.

    Without a reference date a build takes the latest one landed whose deliveries are due: the
    first partner to deliver a new month must not make every other partner look late.

    Args:
        landed: The deliveries in the landing zone.
        due_day: Day of the month after the reference date on which deliveries are due.
        timezone: Zone of the chain's days, and of a moment that does not say its own.
        reference_date: Named reference date (ISO date or timestamp), if any.
        known_at: Named moment (ISO timestamp), if any; otherwise now.
        now: The clock; for tests.

    Returns:
        Both dates.

    Raises:
        BuildError: A date cannot be read or lies ahead, or nothing had been delivered by then.
    """
    moment = _moment(known_at, timezone) if known_at else now or datetime.now(UTC)
    today = moment.astimezone(ZoneInfo(timezone)).date()
    named = read_reference_date(reference_date) if reference_date else None
    days = sorted({delivery.reference_date for delivery in landed if delivery.known_at <= moment})
    if not days:
        raise BuildError(
            "er is nog niets ingelezen"
            + (f" dat op {known_at} bekend was" if known_at else "")
            + "; lever eerst bestanden met 'kwaliteitsmonitor deliver MAP'"
        )
    if named is None:
        due = [day for day in days if _due(day, due_day) <= today]
        return BuildDates((due or days[:1])[-1].isoformat(), moment)
    dates = BuildDates(named, moment)
    if dates.day < days[0]:
        raise BuildError(
            f"peildatum {named} ligt voor de eerste levering, die van {days[0].isoformat()}; "
            "noem die dag of een latere"
        )
    if dates.day > max(today, days[-1]):
        raise BuildError(
            f"peildatum {named} moet nog komen; noem een dag tot en met "
            f"{max(today, days[-1]).isoformat()}"
        )
    return dates


def read_reference_date(text: str) -> str:
    """The day or moment a text names, in one form whatever form it came in."""
    written = text.strip()
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(written).isoformat()
        except ValueError:
            continue
    raise BuildError(f"peildatum '{text}' is geen datum; schrijf bijvoorbeeld 2026-10-31")


def _moment(text: str, timezone: str) -> datetime:
    try:
        return moment_of(datetime.fromisoformat(text.strip()), timezone)
    except ValueError as error:
        raise BuildError(
            f"'{text}' is geen tijdstip; schrijf bijvoorbeeld 2026-11-20T12:00:00+01:00"
        ) from error


def _due(day: date, due_day: int) -> date:
    return month_end(day) + timedelta(days=due_day)
