"""What lies in the landing zone: every version of every delivery, kept and never changed.

Here: reading it, and telling what counts from what waits and what is damaged.
Not here: the decision what lands (`pipelines.deliveries.intake`), writing it (`writer`), and which
deliveries a build uses (`pipelines.deliveries.current_state`).

Notes and data hold a hash, checked whenever the landing zone is read. What is no longer what was
written does not count, and is named; the same file delivered again takes its place.
"""

from dataclasses import dataclass
from datetime import date

from pipelines.deliveries.landing.held import Held, confirmation_in
from pipelines.deliveries.landing.integrity import is_whole
from pipelines.deliveries.landing.landed import Landed, landed_of
from pipelines.deliveries.landing.layout import DATA_FILE, NOTE_FILE, identity_of
from pipelines.sealed import DamagedError, unseal
from pipelines.settings import Settings


@dataclass(frozen=True)
class Damaged:
    """A delivery that landed, and of which what lies there is not what was written.

    Attributes:
        identity: Supplier, table, reference date and version, by the name of its folder.
        attempt: Which file of that version, by the name of its folder.
        landed: What its note says; None when it is the note that is damaged.
    """

    identity: tuple[str, str, date, int]
    attempt: int
    landed: Landed | None

    @property
    def contract_id(self) -> str:
        """Id of its contract."""
        return "_".join(self.identity[:2])

    @property
    def reference_date(self) -> date:
        """Day as of which the table is given."""
        return self.identity[2]

    @property
    def place(self) -> tuple[date, int, int]:
        """Where it stands among the deliveries of its table."""
        return *self.identity[2:], self.attempt

    @property
    def sentence(self) -> str:
        """What is wrong and how to mend it, in one line of Dutch."""
        organisation, table, day, version = self.identity
        what = "de rijen" if self.landed else "de aantekening"
        return (
            f"{organisation}_{table}_{day.isoformat()}_v{version}: wat er in de landingszone ligt "
            f"({what}) is niet meer wat er is weggeschreven; lees hetzelfde bestand opnieuw in, "
            f"of lever versie {version + 1}"
        )


@dataclass(frozen=True)
class Landing:
    """All that lies in the landing zone.

    Attributes:
        counted: Deliveries a build may use, by supplier, table, reference date and version.
        held: Deliveries that wait for confirmation, or waited.
        damaged: Deliveries of which something is not as it was written.
    """

    counted: tuple[Landed, ...]
    held: tuple[Held, ...] = ()
    damaged: tuple[Damaged, ...] = ()

    @property
    def known(self) -> tuple[Landed, ...]:
        """Every delivery that is whole, counted or not."""
        waiting = (held.landed for held in self.held if held.confirmation is None)
        return (*self.counted, *waiting)


def read_landing(settings: Settings) -> Landing:
    """Read every delivery, and check that it is what was written."""
    counted: list[Landed] = []
    held: list[Held] = []
    damaged: list[Damaged] = []
    for folder in sorted(settings.landing_dir.glob("[!._]*/*/*")):
        found = identity_of(folder)
        if found is None:
            continue
        identity, attempt = found
        try:
            landed = landed_of(unseal((folder / NOTE_FILE).read_text(encoding="utf-8")))
            confirmation = confirmation_in(folder) if landed.held_for else None
        # Whatever else may be wrong with a note: a field that is missing, or no date.
        except (OSError, DamagedError, KeyError, TypeError, ValueError, AttributeError):
            damaged.append(Damaged(identity, attempt, None))
            continue
        if (landed.identity, landed.attempt) != (identity, attempt):
            damaged.append(Damaged(identity, attempt, None))
        elif not is_whole(folder / DATA_FILE, landed.data_sha256):
            damaged.append(Damaged(identity, attempt, landed))
        elif landed.held_for:
            held.append(Held(landed, confirmation))
        else:
            counted.append(landed)
    counted += [delivery.confirmed for delivery in held if delivery.confirmed is not None]
    counted.sort(key=lambda delivery: (delivery.identity, delivery.attempt))
    held.sort(key=lambda delivery: (delivery.landed.identity, delivery.landed.attempt))
    damaged.sort(key=lambda delivery: (delivery.identity, delivery.attempt))
    return Landing(tuple(counted), tuple(held), tuple(damaged))


def read_registry(settings: Settings) -> list[Landed]:
    """Every delivery a build may use, by supplier, table, reference date and version."""
    return list(read_landing(settings).counted)
