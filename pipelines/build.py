"""What every layer knows of a build: its dates, why it cannot go on, and what the last one left.

Here: `BuildDates`, `BuildError`, and the one note in the home folder that outlives a run.
Not here: choosing dates, planning and building (`pipelines.road`), which alone writes the note.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from pipelines.atomic import write_text
from pipelines.sealed import seal, unseal
from pipelines.settings import Settings

LAST_BUILD = "last_build.json"
# How a moment is written in the name of a publication.
_MOMENT = "%Y%m%dT%H%M%SZ"


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

    @property
    def name(self) -> str:
        """Both as they begin the name of a publication; names sort as the dates do."""
        return f"{self.day.isoformat()}_{self.known_at.astimezone(UTC):{_MOMENT}}"


@dataclass(frozen=True)
class LastBuild:
    """What a home remembers of the build that began last in it.

    Attributes:
        known_at: The latest moment any build looked at: what comes later counts from after it.
        reference_date: Its reference date; empty when it is not known.
        chain: Folder of its chain; empty for the built-in one.
        code: Fingerprint of all it rests on but deliveries: code, seeds, contracts, date.
        inputs: Fingerprint per table of its deliveries, and of the decisions known.
        candidates: Publication that passed the door out, by audience.
        published: Audiences whose current publication is of this build.
        is_lost: Nothing but the moment is known: the note was damaged or gone, and the names of the
            publications say what was known.
    """

    known_at: datetime
    reference_date: str = ""
    chain: str = ""
    code: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, str] = field(default_factory=dict)
    published: tuple[str, ...] = ()
    is_lost: bool = False


def read_last_build(settings: Settings) -> LastBuild | None:
    """What the last build left; None when there was none."""
    try:
        return _noted(unseal((settings.home / LAST_BUILD).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Late arrivals count from after the last build: that moment must not be lost.
        known = [
            moment
            for path in settings.published_dir.glob("*/[!.]*.duckdb")
            if (moment := _known_at_in(path.stem)) is not None
        ]
        return LastBuild(max(known), is_lost=True) if known else None


def write_last_build(settings: Settings, note: LastBuild) -> None:
    """Remember a build, atomically."""
    fields = asdict(note)
    del fields["is_lost"]
    write_text(settings.home / LAST_BUILD, seal({**fields, "known_at": note.known_at.isoformat()}))


def _noted(note: dict[str, Any]) -> LastBuild:
    return LastBuild(
        **{
            **note,
            "known_at": datetime.fromisoformat(note["known_at"]),
            "published": tuple(note["published"]),
        }
    )


def _known_at_in(name: str) -> datetime | None:
    """The moment in the name of a publication; see `BuildDates.name`."""
    try:
        return datetime.strptime(name.split("_")[1], _MOMENT).replace(tzinfo=UTC)
    except (IndexError, ValueError):
        return None
