"""What taking in comes to: one outcome per file, and the report over all of them.

Here: the outcome and the report, for whoever asked for the intake.
Not here: how it is reached (`intake`), what a partner is told (`partner`), and the lasting record
(`landing`).
"""

from dataclasses import dataclass
from datetime import date

from pipelines.deliveries.findings import Finding

ACCEPTED = "accepted"
PARTLY_QUARANTINED = "partly_quarantined"
REFUSED = "refused"
ALREADY_KNOWN = "already_known"
HELD = "held"
# Of what is not, or not yet, what the manifest beside it says.
INCOMPLETE = "incomplete"
# Of what is no file, or cannot be opened: it stays where it is.
LEFT = "left"
# Of what a transfer server is still writing.
IN_TRANSIT = "in_transit"


@dataclass(frozen=True)
class Outcome:
    """What one file came to.

    Attributes:
        file_name: How the file is called; see `naming`.
        status: `accepted`, `partly_quarantined`, `held`, `incomplete`, `refused`, `already_known`,
            `left` or `in_transit`.
        reason: In one line of Dutch: what happened.
        remedy: In one line of Dutch: what to do; empty when there is nothing to do.
        rule: Rule that refused it; empty otherwise.
        organisation: Supplier; empty when the name does not tell.
        table: Table; empty when the name does not tell.
        reference_date: Day as of which the table is given, if the name tells.
        version: Number of the delivery, if the name tells.
        mark: Mark of the file; see `marks`.
        rows_in: Rows read.
        rows_landed: Rows in the landing zone.
        rows_quarantined: Rows set aside.
        rows_refused: Rows refused with the file.
        findings: What was found in it.
        kept: In one line of Dutch: where a refused file lies now; empty for any other.
    """

    file_name: str
    status: str
    reason: str
    remedy: str = ""
    rule: str = ""
    organisation: str = ""
    table: str = ""
    reference_date: date | None = None
    version: int | None = None
    mark: str = ""
    rows_in: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    rows_refused: int = 0
    findings: tuple[Finding, ...] = ()
    kept: str = ""

    @property
    def line(self) -> str:
        """File, rule, reason, remedy and where the file is in one line."""
        rule = f"{self.rule}: " if self.rule else ""
        remedy = "".join(f"; {addition}" for addition in (self.remedy, self.kept) if addition)
        return f"{self.file_name}: {rule}{self.reason}{remedy}"


@dataclass(frozen=True)
class DeliveryReport:
    """What a list of files came to.

    Attributes:
        outcomes: One for everything that lay there, in order of file name.
    """

    outcomes: tuple[Outcome, ...]

    @property
    def accepted(self) -> tuple[Outcome, ...]:
        """Files that landed, wholly or with rows set aside."""
        return self._with(ACCEPTED, PARTLY_QUARANTINED)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """Files of which nothing landed."""
        return self._with(REFUSED)

    @property
    def held(self) -> tuple[Outcome, ...]:
        """Files that wait: for confirmation, or to be what their manifest says."""
        return self._with(HELD, INCOMPLETE)

    @property
    def already_known(self) -> tuple[Outcome, ...]:
        """Files that had landed before."""
        return self._with(ALREADY_KNOWN)

    @property
    def left(self) -> tuple[Outcome, ...]:
        """What is no file, or cannot be opened."""
        return self._with(LEFT)

    @property
    def in_transit(self) -> tuple[Outcome, ...]:
        """What was not there as a whole yet."""
        return self._with(IN_TRANSIT)

    def _with(self, *statuses: str) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.status in statuses)
