"""From a log to a chain: which milestones and hand-offs it could have.

Here: milestones from activities, hand-offs from what directly follows what, and from which part of
the organisation to which.
Not here: finding and leaving out columns (`roles`), and writing the folder (`folder`).

A hand-off is proposed where, in enough cases, one activity is followed directly by another. Its
figure counts the first of both in a case; how often the second came first is said beside it, since
such cases are findings and no lead times. Where the second comes back after it, the first one not
before the start counts instead: there a stop before it belongs to something else.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import pairwise
from statistics import fmean, median
from zoneinfo import ZoneInfo

from pipelines.chain.log import LogError
from pipelines.chain.roles import Reduced
from pipelines.deliveries.contract import LIFECYCLE_OF_ROW

MOST_HANDOFFS = 12
# Followed directly by another in fewer cases than this, an activity hands nothing over.
LEAST_SHARE = 0.05
# With the second activity first in more cases than this, the order is not one of a hand-off.
MOST_REVERSED = 0.2
# Below this median a clock in days would show tenths only.
_HOURS_BELOW_DAYS = 3
_SECONDS_PER_DAY = 86_400

# Moments of each activity of a case, in order.
Moments = dict[str, list[datetime]]


@dataclass(frozen=True)
class Event:
    """One event: its case, its activity with the step of it, when, and by which group."""

    case: str
    activity: str
    moment: datetime
    group: str | None


@dataclass(frozen=True)
class Milestone:
    """An activity as a milestone.

    Attributes:
        code: Code in the seeds.
        activity: As the contract maps it.
        n_events: How often it occurs.
        n_cases: In how many cases.
        organisation: Part of the organisation that does it most often; None without groups.
    """

    code: str
    activity: str
    n_events: int
    n_cases: int
    organisation: str | None


@dataclass(frozen=True)
class Handoff:
    """A proposed hand-off.

    Attributes:
        code: Code in the seeds.
        start: Milestone that starts its clock.
        stop: Milestone that stops it.
        unit: Unit of its clock.
        occurrence: How start and stop are paired: `first` or `after`.
        n_following: Cases in which the second directly follows the first.
        n_completed: Cases with the first of both in this order.
        n_reversed: Cases with the second first; none where the one after the start counts.
        n_open: Cases without the second.
        median_days: Half of the completed took no longer.
    """

    code: str
    start: Milestone
    stop: Milestone
    unit: str
    occurrence: str
    n_following: int
    n_completed: int
    n_reversed: int
    n_open: int
    median_days: float


@dataclass(frozen=True)
class Proposal:
    """What a chain of this log would be.

    Attributes:
        log: The log with the columns that count.
        organisation: Code of the organisation that delivers it.
        groups: Code and name of each group in it.
        milestones: In order of how often they occur.
        handoffs: In the order of the process.
        n_cases: Cases with an event.
        n_events: Events with a case, an activity and a moment.
        n_left: Rows without one of those; the door sets them aside.
        last: The last moment.
    """

    log: Reduced
    organisation: str
    groups: dict[str, str]
    milestones: tuple[Milestone, ...]
    handoffs: tuple[Handoff, ...]
    n_cases: int
    n_events: int
    n_left: int
    last: datetime

    @property
    def reference_date(self) -> str:
        """Reference date of the run: the last moment, or day where the log knows only days.

        On the clock of the chain: its day is that of the delivery. Midnight is a day there.
        """
        is_midnight = self._local_last.time() == time()
        is_day = is_midnight or self.log.notation.is_day
        return self.last_day if is_day else self._local_last.isoformat()

    @property
    def last_day(self) -> str:
        """Local day of the last moment."""
        return self._local_last.date().isoformat()

    @property
    def _local_last(self) -> datetime:
        return self.last.astimezone(ZoneInfo(self.log.zone))


def propose(log: Reduced, organisation: str) -> Proposal:
    """Propose the milestones and hand-offs of a log.

    Returns:
        The proposal; the same log gives the same one.

    Raises:
        LogError: Nothing in it can be measured.
    """
    events = list(_events(log))
    if not events:
        raise LogError("geen rij heeft zaak, activiteit en moment; noem andere kolommen")
    by_case: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_case[event.case].append(event)
    for of_case in by_case.values():
        of_case.sort(key=lambda event: event.moment)  # Stable: a tie keeps the order of the file.
    groups = _codes(sorted({event.group for event in events if event.group}), taken={organisation})
    milestones = _milestones(events, groups)
    handoffs = _handoffs(list(by_case.values()), milestones, is_day=log.notation.is_day)
    if not handoffs:
        raise LogError(
            "geen activiteit wordt in genoeg zaken door een andere gevolgd; er is niets te meten"
        )
    case, activity, moment = (log.columns[column or ""] for column in (
        log.roles.case, log.roles.activity, log.roles.time))  # fmt: skip
    starts = log.columns[log.roles.start] if log.roles.start else moment
    return Proposal(
        log,
        organisation,
        {code: name for name, code in groups.items()},
        tuple(milestones.values()),
        tuple(handoffs),
        n_cases=len(by_case),
        n_events=len(events),
        n_left=sum(
            not (key and what and (end or start))
            for key, what, end, start in zip(case, activity, moment, starts, strict=True)
        ),
        last=max(event.moment for event in events),
    )


def slug(text: str) -> str:
    """A code made of a name: small letters, digits and underscores; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_")


def _events(log: Reduced) -> Iterator[Event]:
    roles = log.roles
    n_rows = len(log.columns[roles.kept[0]])
    nothing: list[str | None] = [None] * n_rows
    steps = log.columns[roles.lifecycle] if roles.lifecycle else nothing
    groups = log.columns[roles.group] if roles.group else nothing
    ends = log.moments(roles.time)
    starts = log.moments(roles.start) or [None] * n_rows
    rows = zip(log.columns[roles.case or ""], log.columns[roles.activity or ""], strict=True)
    for at, (case, activity) in enumerate(rows):
        if not case or not activity:
            continue
        if roles.start:
            for step, moment in zip(LIFECYCLE_OF_ROW, (starts[at], ends[at]), strict=True):
                if moment:
                    yield Event(case, activity + step, moment, groups[at])
        elif moment := ends[at]:
            step = f"/{steps[at]}" if steps[at] else ""
            yield Event(case, activity + step, moment, groups[at])


def _codes(names: Sequence[str], taken: set[str], prefix: str = "g") -> dict[str, str]:
    """A code of its own for every name."""
    codes: dict[str, str] = {}
    used = set(taken)
    for name in names:
        code = slug(name)
        if not code[:1].isalpha():
            code = f"{prefix}_{code}".rstrip("_")
        unique, number = code, 2
        while unique in used:
            unique, number = f"{code}_{number}", number + 1
        used.add(unique)
        codes[name] = unique
    return codes


def _milestones(events: Sequence[Event], groups: dict[str, str]) -> dict[str, Milestone]:
    counts = Counter(event.activity for event in events)
    cases: dict[str, set[str]] = defaultdict(set)
    by_group: dict[str, list[str]] = defaultdict(list)
    for event in events:
        cases[event.activity].add(event.case)
        if event.group:
            by_group[event.activity].append(groups[event.group])
    names = sorted(counts, key=lambda activity: (-counts[activity], activity))
    codes = _codes(names, taken=set(), prefix="m")
    return {
        name: Milestone(
            code=codes[name],
            activity=name,
            n_events=counts[name],
            n_cases=len(cases[name]),
            organisation=_commonest(by_group[name]) if by_group[name] else None,
        )
        for name in names
    }


def _handoffs(
    cases: Sequence[Sequence[Event]], milestones: dict[str, Milestone], *, is_day: bool
) -> list[Handoff]:
    following: Counter[tuple[str, str]] = Counter()
    moments: list[Moments] = []
    for events in cases:
        following.update({(event.activity, other.activity) for event, other in pairwise(events)})
        of_case: Moments = {}
        for event in events:
            of_case.setdefault(event.activity, []).append(event.moment)
        moments.append(of_case)
    # The whole way: from what most cases begin with to what most of them end with.
    whole = (
        _commonest(events[0].activity for events in cases),
        _commonest(events[-1].activity for events in cases),
    )
    ranked = sorted(following, key=lambda pair: (-following[pair], pair))
    frequent = [pair for pair in ranked if following[pair] >= LEAST_SHARE * len(cases)]
    proposed: list[Handoff] = []
    for pair in dict.fromkeys((whole, *frequent)):
        if pair[0] == pair[1] or len(proposed) == MOST_HANDOFFS:
            continue
        measured = _measured(pair, following[pair], moments, milestones, is_day=is_day)
        if measured is not None:
            proposed.append(measured)
    place = _mean_places(cases)
    proposed.sort(key=lambda handoff: (place[handoff.start.activity], place[handoff.stop.activity]))
    width = len(str(len(proposed)))
    return [
        replace(handoff, code=f"H{number:0{width}d}")
        for number, handoff in enumerate(proposed, start=1)
    ]


def _measured(
    pair: tuple[str, str],
    n_following: int,
    moments: Sequence[Moments],
    milestones: dict[str, Milestone],
    *,
    is_day: bool,
) -> Handoff | None:
    """The hand-off as its figure would count it; None when the order is mostly the other one."""
    begun = [
        (of_case[pair[0]][0], of_case.get(pair[1], [])) for of_case in moments if pair[0] in of_case
    ]
    # The last of the moments of a case is not before the start where any is.
    comes_back = any(stops and stops[0] < start <= stops[-1] for start, stops in begun)
    days = [
        (stop - start).total_seconds() / _SECONDS_PER_DAY
        for start, stops in begun
        for stop in [stop for stop in stops if stop >= start or not comes_back][:1]
    ]
    completed = [length for length in days if length >= 0]
    n_reversed = len(days) - len(completed)
    if not completed or n_reversed > MOST_REVERSED * len(days):
        return None
    half = median(completed)
    unit = "days" if half >= _HOURS_BELOW_DAYS else "hours"
    return Handoff(
        code="",
        start=milestones[pair[0]],
        stop=milestones[pair[1]],
        unit="calendar_days" if is_day else unit,
        occurrence="after" if comes_back else "first",
        n_following=n_following,
        n_completed=len(completed),
        n_reversed=n_reversed,
        n_open=len(begun) - len(days),
        median_days=half,
    )


def _mean_places(cases: Sequence[Sequence[Event]]) -> dict[str, float]:
    """Where activities first come in the cases that have them: 0 at the start, 1 at the end."""
    places: dict[str, list[float]] = defaultdict(list)
    for events in cases:
        seen: set[str] = set()
        for at, event in enumerate(events):
            if event.activity not in seen:
                seen.add(event.activity)
                places[event.activity].append(at / len(events))
    return {activity: fmean(found) for activity, found in places.items()}


def _commonest(activities: Iterable[str]) -> str:
    """The one that occurs most; of two, the first of the alphabet."""
    counted = Counter(activities)
    return min(counted, key=lambda activity: (-counted[activity], activity))
