"""What is said of the data under a figure: a badge, and the sentences why.

Here: what is known of the inputs of an indicator, the limits beyond which it is not fit, and the
words for it in both languages.
Not here: finding it out (`quality`), and what a figure on unfit data becomes (`disclosure.unfit`).

Good is on time, complete, in order and agreeing, over every input and the whole period shown. Of
what is not fit the gravest thing is said. Of what asks for caution everything is, what weighs on
the newest figure first, each with how much it is and when it was. Two things are named beside
either badge and turn none: that figures still grow, which is how some work is recorded and which
the figures say themselves; and what is only suspected, since cases that never end look the same as
cases of which the end is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pipelines.indicators.periods import MONTHS_EN, MONTHS_NL

# One hand-off in five that stops before its start: the clocks of both sides do not fit together,
# and what is left is no sample of what happened (2026-11, data engineers).
NOT_FIT_SHARE = 0.20
# Case keys of a supplier that are found where cases begin. Under 98% some hand-offs are cut in two;
# under half of them most are (2026-11, data engineers).
CAUTION_LINKAGE = 0.98
NOT_FIT_LINKAGE = 0.50

_LEAST_SHARE = 0.001
# A badge is read by every audience: fewer cases than the strictest of them may see are "a few", and
# no number stands beside the whole it is of, from which a withheld one could be subtracted.
LEAST_NAMED = 10

OK, WITHHELD, NOT_DELIVERED = "ok", "withheld", "not_delivered"
GOOD, CAUTION, NOT_FIT = "good", "caution", "not_fit"

_ALL_GOOD = (
    "Alle leveringen zijn op tijd en compleet.",
    "All deliveries are on time and complete.",
)

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
class Verdict:
    """A badge, what becomes of the figures, and why."""

    badge: str
    sentence_nl: str
    sentence_en: str
    status: str = OK


def judge(inputs: Inputs) -> Verdict:
    """The badge of some inputs, and why."""
    for holds, status, say in _NOT_FIT:
        if holds(inputs):
            return Verdict(NOT_FIT, *say(inputs), status)
    reasons = [say(inputs) for holds, say in _CAUTION if holds(inputs)]
    badge = CAUTION if reasons else GOOD
    if not reasons:
        reasons = [_ALL_GOOD]
    reasons += [say(inputs) for holds, say in _NAMED if holds(inputs)]
    dutch, english = zip(*reasons, strict=True)
    return Verdict(badge, " ".join(dutch), " ".join(english))


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _when(found: Occurrences) -> tuple[str, str]:
    """Tables with the month they are of; of several the number and the last one."""
    dutch, english = [], []
    for table, days in found:
        last = max(days)
        nl, en = (f"{months[last.month - 1]} {last.year}" for months in (MONTHS_NL, MONTHS_EN))
        several = len(days) > 1
        dutch.append(f"{table} ({f'{len(days)} keer, laatst ' if several else ''}{nl})")
        english.append(f"{table} ({f'{len(days)} times, last ' if several else ''}{en})")
    return ", ".join(dutch), ", ".join(english)


def _percent(share: float, mark: str) -> str:
    """A share as a percentage; what is more than nothing is not called nothing."""
    less = "<" if 0.0 < share < _LEAST_SHARE else ""
    return less + f"{100 * max(share, _LEAST_SHARE if less else 0.0):.1f}%".replace(".", mark)


def _cases(n: int) -> tuple[str, str]:
    """A number of cases as everybody may read it."""
    return (str(n), str(n)) if n >= LEAST_NAMED else ("enkele", "a few")


def _since(day: date | None) -> tuple[str, str]:
    """From when a period runs, as it stands in a sentence."""
    if day is None:
        return "", ""
    return (
        f"sinds {MONTHS_NL[day.month - 1]} {day.year}",
        f"since {MONTHS_EN[day.month - 1]} {day.year}",
    )


def _of_deliveries(
    found: Callable[[Inputs], Occurrences], dutch: str, english: str
) -> Callable[[Inputs], tuple[str, str]]:
    """Say of which deliveries something holds."""

    def say(of: Inputs) -> tuple[str, str]:
        nl, en = _when(found(of))
        return dutch.format(nl), english.format(en)

    return say


# What may be amiss in rows of hand-offs, and whether those count.
_ROWS: tuple[tuple[Callable[[HandoffRows], int], str, str], ...] = (
    (
        lambda rows: rows.n_early,
        "{} vóór hun start gestopt (tellen niet mee)",
        "{} stopped before their start (do not count)",
    ),
    (
        lambda rows: rows.n_unknown,
        "{} met een einde dat niet te lezen is (tellen niet mee, ook niet als open)",
        "{} with a stop that cannot be read (do not count, as open neither)",
    ),
    (
        lambda rows: rows.n_without_start,
        "{} met een einde zonder begin (tellen niet mee)",
        "{} with a stop and no start (do not count)",
    ),
    (
        lambda rows: rows.n_without_stop,
        "{} zonder einde, terwijl hun vervolg is vastgelegd (tellen als open)",
        "{} without a stop while what follows it was recorded (count as open)",
    ),
    (
        lambda rows: rows.n_unsent,
        "{} ontvangen zonder vastgelegde verzending",
        "{} received without a recorded dispatch",
    ),
)


def _rows_amiss(of: Inputs) -> tuple[str, str]:
    """How many hand-offs in the period shown have what is amiss."""
    found = [(_cases(count(of.handoff)), nl, en) for count, nl, en in _ROWS if count(of.handoff)]
    since_nl, since_en = _since(of.since)
    return (
        f"Overdrachten {since_nl}: {', '.join(nl.format(n) for (n, _), nl, _ in found)}.",
        f"Hand-offs {since_en}: {', '.join(en.format(n) for (_, n), _, en in found)}.",
    )


# In order of gravity, with what becomes of the figures.
_NOT_FIT: tuple[
    tuple[Callable[[Inputs], object], str, Callable[[Inputs], tuple[str, str]]], ...
] = (
    (
        lambda of: of.never,
        NOT_DELIVERED,
        lambda of: (
            f"Zonder levering van {_named(of.never)}: daarvan is niets bruikbaars ontvangen.",
            f"Without delivery {_named(of.never)}: nothing usable of it was received.",
        ),
    ),
    (
        lambda of: of.stale,
        WITHHELD,
        lambda of: (
            f"Zonder levering van {_named(of.stale)}: de laatste is een kwartaal oud of ouder.",
            f"Without delivery {_named(of.stale)}: the last one is a quarter old or older.",
        ),
    ),
    (
        lambda of: of.linkage is not None and of.linkage < NOT_FIT_LINKAGE,
        WITHHELD,
        lambda of: (
            f"Slechts {_percent(of.linkage or 0.0, ',')} van de zaaksleutels in alle tabellen van "
            f"{_named(of.suppliers)} sluit aan op een zaak die ergens begon.",
            f"Only {_percent(of.linkage or 0.0, '.')} of the case keys in all tables of "
            f"{_named(of.suppliers)} link to a case that began somewhere.",
        ),
    ),
    (
        lambda of: of.handoff.share(of.handoff.n_early) > NOT_FIT_SHARE,
        WITHHELD,
        lambda of: (
            f"{_percent(of.handoff.share(of.handoff.n_early), ',')} van de overdrachten stopte "
            "vóór hun start: begin en einde passen niet op elkaar.",
            f"{_percent(of.handoff.share(of.handoff.n_early), '.')} of the hand-offs stopped "
            "before their start: starts and stops do not fit together.",
        ),
    ),
    (
        lambda of: of.handoff.share(of.handoff.n_unknown) > NOT_FIT_SHARE,
        WITHHELD,
        lambda of: (
            f"Van {_percent(of.handoff.share(of.handoff.n_unknown), ',')} van de overdrachten is "
            "het einde wel vastgelegd, maar niet te lezen.",
            f"Of {_percent(of.handoff.share(of.handoff.n_unknown), '.')} of the hand-offs the stop "
            "was recorded and cannot be read.",
        ),
    ),
)
# What weighs on the newest figure first; then what was put right; then rows.
_CAUTION: tuple[tuple[Callable[[Inputs], object], Callable[[Inputs], tuple[str, str]]], ...] = (
    (
        lambda of: of.beyond,
        lambda of: (
            f"De peildatum ligt na de laatste levering van {_named(of.beyond)}: wat daarna "
            "gebeurde is niet bekend en telt niet mee.",
            f"The reference date lies after the last delivery of {_named(of.beyond)}: what "
            "happened since is not known and does not count.",
        ),
    ),
    (
        lambda of: of.damaged,
        lambda of: (
            f"Een ingelezen levering van {_named(of.damaged)} is beschadigd geraakt; de vorige "
            "stand telt.",
            f"A delivery of {_named(of.damaged)} that was taken in got damaged; the previous state "
            "counts.",
        ),
    ),
    (
        lambda of: of.held,
        lambda of: (
            f"Een levering van {_named(of.held)} wacht op bevestiging; de vorige stand telt.",
            f"A delivery of {_named(of.held)} awaits confirmation; the previous state counts.",
        ),
    ),
    (
        lambda of: of.unseen,
        lambda of: (
            f"In het logboek komt nooit voor: {_named(of.unseen)}; wat daarmee eindigt, lijkt "
            "open.",
            f"Never occurs in the log: {_named(of.unseen)}; what ends with it looks open.",
        ),
    ),
    (
        lambda of: of.absent,
        lambda of: (
            f"Exclusief de laatste levering van {_named(of.absent)}; de vorige stand telt.",
            f"Without the latest delivery of {_named(of.absent)}; the previous state counts.",
        ),
    ),
    (
        lambda of: of.refused,
        lambda of: (
            f"Een herlevering van {_named(of.refused)} is geweigerd; de vorige stand telt.",
            f"A redelivery of {_named(of.refused)} was refused; the previous state counts.",
        ),
    ),
    (
        lambda of: of.skipped,
        _of_deliveries(
            lambda of: of.skipped,
            "Nooit ontvangen: {}.",
            "Never received: {}.",
        ),
    ),
    (
        lambda of: of.late,
        _of_deliveries(lambda of: of.late, "Te laat geleverd: {}.", "Delivered late: {}."),
    ),
    (
        lambda of: of.partial,
        _of_deliveries(
            lambda of: of.partial,
            "Eerst onvolledig geleverd en later aangevuld: {}.",
            "First delivered incomplete and completed later: {}.",
        ),
    ),
    (
        lambda of: of.corrected,
        _of_deliveries(
            lambda of: of.corrected,
            "Later gecorrigeerd: {}.",
            "Corrected later: {}.",
        ),
    ),
    (
        lambda of: of.doubled,
        _of_deliveries(
            lambda of: of.doubled,
            "Twee keer hetzelfde geleverd: {}.",
            "Delivered twice the same: {}.",
        ),
    ),
    (
        lambda of: of.n_set_aside,
        lambda of: (
            f"{_percent(of.n_set_aside / of.n_rows, ',')} van de rijen is terzijde gelegd.",
            f"{_percent(of.n_set_aside / of.n_rows, '.')} of the rows were set aside.",
        ),
    ),
    (
        lambda of: of.linkage is not None and of.linkage < CAUTION_LINKAGE,
        lambda of: (
            f"{_percent(of.linkage or 0.0, ',')} van de zaaksleutels in alle tabellen van "
            f"{_named(of.suppliers)} sluit aan op een zaak die ergens begon; de rest telt als "
            "halve overdracht.",
            f"{_percent(of.linkage or 0.0, '.')} of the case keys in all tables of "
            f"{_named(of.suppliers)} link to a case that began somewhere; the others count as half "
            "a hand-off.",
        ),
    ),
    (lambda of: any(count(of.handoff) for count, *_ in _ROWS), _rows_amiss),
)
_NAMED: tuple[tuple[Callable[[Inputs], object], Callable[[Inputs], tuple[str, str]]], ...] = (
    (
        lambda of: of.growing_since,
        lambda of: (
            f"Cijfers over perioden {_since(of.growing_since)[0]} kunnen nog veranderen: latere "
            "leveringen voegden aan zulke perioden nog gebeurtenissen toe.",
            f"Figures of periods {_since(of.growing_since)[1]} may still change: later deliveries "
            "kept adding events to such periods.",
        ),
    ),
    (
        lambda of: of.handoff.n_suspected,
        lambda of: (
            "Al langer open dan er in de laatste twee jaar één duurde: "
            f"{_cases(of.handoff.n_suspected)[0]}; mogelijk ontbreekt hun einde.",
            "Open for longer than any took in the last two years: "
            f"{_cases(of.handoff.n_suspected)[1]}; their stop may be missing.",
        ),
    ),
)
