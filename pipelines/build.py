"""What every layer knows of a build: its dates, why it cannot go on, and what the last one left.

Here: `BuildDates`, `BuildError`, and the one note in the home folder that outlives a run.
Not here: choosing dates, planning and building (`pipelines.road`), which alone writes the note.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

from pipelines.atomic import write_text
from pipelines.sealed import seal, unseal
from pipelines.settings import Settings

LAST_BUILD = "last_build.json"


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
        return f"{self.day.isoformat()}_{self.known_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


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
    """

    known_at: datetime
    reference_date: str = ""
    chain: str = ""
    code: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, str] = field(default_factory=dict)
    published: tuple[str, ...] = ()


def read_last_build(settings: Settings) -> LastBuild | None:
    """What the last build left; None when there was none."""
    path = settings.home / LAST_BUILD
    if not path.exists():
        return None
    note = unseal(path.read_text(encoding="utf-8"))
    # A note of before the rest was kept holds the moment alone.
    known = {name: note[name] for name in LastBuild.__dataclass_fields__ if name in note}
    return LastBuild(
        **{
            **known,
            "known_at": datetime.fromisoformat(note["known_at"]),
            "published": tuple(note.get("published", ())),
        }
    )


def write_last_build(settings: Settings, note: LastBuild) -> None:
    """Remember a build, atomically."""
    fields = {**asdict(note), "known_at": note.known_at.isoformat()}
    write_text(settings.home / LAST_BUILD, seal(fields))
