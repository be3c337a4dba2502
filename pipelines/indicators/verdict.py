"""What is said of the data under a figure: a badge, and the reasons why.

Here: what is known of the inputs of an indicator, the limits beyond which it is not fit, and what
there is to say of it, as codes and numbers.
Not here: finding it out (`quality`), its sentences (`pipelines.wording.quality`), and what a figure
on unfit data becomes (`disclosure.unfit`).

Good is on time, complete, in order and agreeing, over every input and the whole period shown. Of
what is not fit the gravest thing is said. Of what asks for caution everything is, what weighs on
the newest figure first, each with how much it is and when it was. Two things are named beside
either badge and turn none: that figures still grow, which is how some work is recorded and which
the figures say themselves; and what is only suspected, since cases that never end look the same as
cases of which the end is missing.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

# One hand-off in five that stops before its start: the clocks of both sides do not fit together,
# and what is left is no sample of what happened (2026-11, data engineers).
NOT_FIT_SHARE = 0.20
# Case keys of a supplier that are found where cases begin. Under 98% some hand-offs are cut in two;
# under half of them most are (2026-11, data engineers).
CAUTION_LINKAGE = 0.98
NOT_FIT_LINKAGE = 0.50

# Shares are told to a tenth of a percent, and what is more than nothing is not told as nothing.
_SHARE_DECIMALS = 3
_TINY = 0.0005

OK, WITHHELD, NOT_DELIVERED = "ok", "withheld", "not_delivered"
GOOD, CAUTION, NOT_FIT = "good", "caution", "not_fit"

# Tables, each with the reference dates of the deliveries meant, in order.
Occurrences = tuple[tuple[str, tuple[date, ...]], ...]


@dataclass(frozen=True)
class HandoffRows:
    """What is amiss in the rows of one hand-off, of those in the period shown.

    Attributes:
        n: Hand-offs that started or ended in the period.
        n_early: Stopped before their start.
        n_unknown: Ended at a moment nobody could read.
        n_without_start: Their end is recorded, their start is not.
        n_without_stop: Open, while the hand-off that begins with their end was completed, or one
            that begins with their start and never ended first.
        n_unsent: Received, while nobody recorded that they were sent.
        n_suspected: Open for longer than any that ended in the two years before, whenever they
            started.
    """

    n: int = 0
    n_early: int = 0
    n_unknown: int = 0
    n_without_start: int = 0
    n_without_stop: int = 0
    n_unsent: int = 0
    n_suspected: int = 0

    @property
    def amiss(self) -> dict[str, int]:
        """Numbers of what is certainly amiss, by its code, in the order in which it is said."""
        return {
            "early": self.n_early,
            "unreadable": self.n_unknown,
            "without_start": self.n_without_start,
            "without_stop": self.n_without_stop,
            "unsent": self.n_unsent,
        }

    def share(self, n_of: int) -> float:
        """Some of the hand-offs as a share of all; 0 where there is none."""
        return n_of / self.n if self.n else 0.0


@dataclass(frozen=True)
class Inputs:
    """What is known of the inputs of one indicator.

    Attributes:
        since: First day of the period shown.
        never: Tables of which nothing usable ever came.
        stale: Tables whose last good state is a quarter old or older.
        absent: Tables without a usable delivery of the reference date.
        refused: Tables of which a redelivery of the reference date was refused, and none came that
            puts it right.
        held: Tables of which a delivery waits for confirmation.
        damaged: Tables of which a delivery is no longer what was written.
        beyond: Tables whose last delivery lies before the reference date, while none of that date
            was due: what happened in between is not known.
        unseen: Milestones of its hand-off that never occurred in the event log they come from.
        late: Deliveries in the period shown that came late.
        skipped: Deliveries in it, before the reference date, that never came.
        partial: Deliveries in it of which a later version held more rows.
        corrected: Deliveries in it of which a later version said something else.
        doubled: Deliveries in it that came twice with the same content.
        growing_since: First day of the periods whose figures may still change; None where none do.
        n_set_aside: Rows set aside of the deliveries in use.
        n_rows: Rows delivered in them.
        linkage: Share of the suppliers' case keys found where cases begin; None without keys. Of
            all their tables together: a key is linked or not for a supplier as a whole.
        suppliers: Those suppliers.
        n_findings: Findings in the tables.
        handoff: Rows of its hand-off.
    """

    since: date
    never: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    late: Occurrences = ()
    skipped: Occurrences = ()
    partial: Occurrences = ()
    corrected: Occurrences = ()
    doubled: Occurrences = ()
    growing_since: date | None = None
    n_set_aside: int = 0
    n_rows: int = 0
    linkage: float | None = None
    suppliers: tuple[str, ...] = ()
    n_findings: int = 0
    handoff: HandoffRows = HandoffRows()

    @property
    def completeness(self) -> float | None:
        """Share of the delivered rows that take part; None without rows."""
        return 1.0 - self.n_set_aside / self.n_rows if self.n_rows else None


@dataclass(frozen=True)
class Reason:
    """One thing to be said of the data.

    Attributes:
        code: What it is.
        facts: What stands in its sentence: `names` of tables, suppliers or milestones,
            `deliveries` (each `table`, `n`, and `last`, its last reference date), a `share`, a day
            `since`, a number `n` or, by what is amiss in rows, numbers `amiss`.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """A badge, what becomes of the figures, and why."""

    badge: str
    reasons: tuple[Reason, ...]
    status: str = OK

    @property
    def told(self) -> str:
        """The reasons as JSON, in the order in which they are said."""
        return json.dumps([asdict(reason) for reason in self.reasons], ensure_ascii=False)


def judge(inputs: Inputs) -> Verdict:
    """The badge of some inputs, and why."""
    unfit = next(_not_fit(inputs), None)
    if unfit is not None:
        reason, status = unfit
        return Verdict(NOT_FIT, (reason,), status)
    reasons = tuple(_cautions(inputs))
    return Verdict(CAUTION if reasons else GOOD, (*reasons, *_beside(inputs)))


def _not_fit(of: Inputs) -> Iterator[tuple[Reason, str]]:
    """What makes data unfit, the gravest first, with what becomes of the figures."""
    if of.never:
        yield Reason("never", {"names": of.never}), NOT_DELIVERED
    if of.stale:
        yield Reason("stale", {"names": of.stale}), WITHHELD
    if of.linkage is not None and of.linkage < NOT_FIT_LINKAGE:
        yield _unlinked("hardly_linked", of, of.linkage), WITHHELD
    for code, n_of in (("early", of.handoff.n_early), ("unreadable", of.handoff.n_unknown)):
        share = of.handoff.share(n_of)
        if share > NOT_FIT_SHARE:
            yield Reason(code, {"share": as_told(share)}), WITHHELD


def _cautions(of: Inputs) -> Iterator[Reason]:
    """What asks for caution: what weighs on the newest figure; what was put right; then rows."""
    for code in ("beyond", "damaged", "held", "unseen", "absent", "refused"):
        names: tuple[str, ...] = getattr(of, code)
        if names:
            yield Reason(code, {"names": names})
    for code in ("skipped", "late", "partial", "corrected", "doubled"):
        found: Occurrences = getattr(of, code)
        if found:
            yield Reason(code, {"deliveries": [_delivered(*table) for table in found]})
    if of.n_set_aside:
        yield Reason("set_aside", {"share": as_told(of.n_set_aside / of.n_rows)})
    if of.linkage is not None and of.linkage < CAUTION_LINKAGE:
        yield _unlinked("linked", of, of.linkage)
    amiss = {code: n for code, n in of.handoff.amiss.items() if n}
    if amiss:
        yield Reason("rows", {"since": of.since.isoformat(), "amiss": amiss})


def _beside(of: Inputs) -> Iterator[Reason]:
    """What is named beside either badge and turns none."""
    if of.growing_since:
        yield Reason("growing", {"since": of.growing_since.isoformat()})
    if of.handoff.n_suspected:
        yield Reason("suspected", {"n": of.handoff.n_suspected})


def _unlinked(code: str, of: Inputs, linkage: float) -> Reason:
    return Reason(code, {"share": as_told(linkage), "names": of.suppliers})


def _delivered(table: str, days: tuple[date, ...]) -> dict[str, Any]:
    return {"table": table, "n": len(days), "last": max(days).isoformat()}


def as_told(share: float) -> float:
    """A share as finely as it may be read: in full it would tell the number it was made from."""
    return round(share, _SHARE_DECIMALS) or (_TINY if share > 0 else 0.0)
