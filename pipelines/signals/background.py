"""What a series is judged against: direction, norms in time, and explained step changes.

Here: reading them from the warehouse, and what holds for one indicator on one day; which indicators
belong together, and how large a difference has to be.
Not here: charts (`charted`), and the notes themselves (`raw.kc_aantekening`).
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Any, TypeVar

import duckdb
import pandas as pd

from pipelines.indicators.followed import days_until_judged, read_tolerances
from pipelines.indicators.smallest_difference import smallest_of_statistic
from pipelines.warehouse import relation_exists

_NO_NOTES = """(
    select null::varchar as record_key, null::date as noted_on, null::varchar as handoff_id,
        null::varchar as indicator_id, null::varchar as note, null::varchar as note_kind
)"""


@dataclass(frozen=True)
class Norm:
    """A norm of a hand-off and the days on which it holds."""

    handoff_id: str
    unit: str
    value: float
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Rebase:
    """A dated, explained step change.

    Attributes:
        day: Day on which it happened.
        indicator: The indicator it is about; empty for all of the hand-off.
        handoff_id: The hand-off; empty when it names an indicator only.
    """

    day: date
    indicator: str
    handoff_id: str


@dataclass(frozen=True)
class Background:
    """What a series is judged against.

    Attributes:
        kinds: Kind of each indicator.
        directions: `lower`, `higher` or `neutral`, by indicator.
        handoffs: Hand-off of each indicator that has one.
        reference_day: Reference date of the build.
        norms: All norms.
        rebases: All rebases.
        horizons: How far the figures of a lead time look, in calendar days.
        followed: Until when each indicator is followed; the reference date where it is not named.
        smallest: Smallest difference that matters to each indicator, in its own unit.
        balancing: The balancing measure of each indicator that has one.
        same_cases: Pairs of lead times whose hand-offs share a start or a stop of the same cases.
        tolerances: Hours a transfer may take, by two-sided hand-off.
        bases: The counted set each indicator is a figure of.
    """

    kinds: Mapping[str, str]
    directions: Mapping[str, str]
    handoffs: Mapping[str, str]
    reference_day: date
    norms: tuple[Norm, ...] = ()
    rebases: tuple[Rebase, ...] = ()
    horizons: Mapping[str, float] = field(default_factory=dict)
    followed: Mapping[str, date] = field(default_factory=dict)
    smallest: Mapping[str, float] = field(default_factory=dict)
    balancing: Mapping[str, str] = field(default_factory=dict)
    same_cases: tuple[tuple[str, str], ...] = ()
    tolerances: Mapping[str, float] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)

    def of(self, indicators: Iterable[str]) -> "Background":
        """What the charts of some indicators can see of it: nothing of any other."""
        own = set(indicators)
        handoffs = {name: self.handoffs[name] for name in sorted(own & self.handoffs.keys())}
        theirs = set(handoffs.values())
        return Background(
            kinds=_those(self.kinds, own),
            directions=_those(self.directions, own),
            handoffs=handoffs,
            reference_day=self.reference_day,
            norms=tuple(norm for norm in self.norms if norm.handoff_id in theirs),
            rebases=tuple(
                rebase
                for rebase in self.rebases
                if rebase.indicator in own or (not rebase.indicator and rebase.handoff_id in theirs)
            ),
            horizons=_those(self.horizons, own),
            followed=_those(self.followed, own),
            tolerances=_those(self.tolerances, theirs),
        )

    def smallest_difference(self, indicator: str, statistic: str) -> float:
        """Smallest difference of a statistic that matters, in its unit; a share as .05."""
        return smallest_of_statistic(
            self.kinds[indicator], statistic, self.smallest.get(indicator, 0.0)
        )

    def agreements(self) -> Iterator[tuple[str, str]]:
        """The lead time of a hand-off with the agreement of both sides about it."""
        lead_times = {
            handoff: indicator
            for indicator, handoff in self.handoffs.items()
            if self.kinds.get(indicator) == "lead_time"
        }
        for indicator, handoff in self.handoffs.items():
            if self.kinds.get(indicator) == "reconciliation" and handoff in lead_times:
                yield lead_times[handoff], indicator

    def due_until(self, indicator: str, statistic: str, grain: str) -> date:
        """Last day on which a case may have started to be followed long enough by now.

        For a lead time that is its horizon, for a share within norm its longest norm, for an
        incidence its twelve months, for agreement what `days_until_judged` says. A cohort of which
        part was followed shorter has a figure, with a wide interval; beside cohorts followed to the
        end it would stand out for no other reason.
        """
        return self.reference_day - self._time_to_follow(indicator, statistic, grain)

    def followed_until(self, indicator: str, statistic: str, grain: str) -> date:
        """The same of the deliveries that came: earlier where a table came late.

        A series that ends before the day until which it is due lacks its last periods, so what it
        says is not about now.
        """
        until = self.followed.get(indicator, self.reference_day)
        return until - self._time_to_follow(indicator, statistic, grain)

    def _time_to_follow(self, indicator: str, statistic: str, grain: str) -> timedelta:
        days = 0.0
        if statistic == "share_within_norm":
            handoff = self.handoffs.get(indicator)
            own = [norm for norm in self.norms if norm.handoff_id == handoff]
            days = max((_in_days(norm.value, norm.unit) for norm in own), default=0.0)
        elif self.kinds.get(indicator) == "lead_time":
            days = self.horizons.get(indicator, 0.0)
        elif self.kinds.get(indicator) == "reconciliation":
            tolerance = self.tolerances.get(self.handoffs.get(indicator, ""), 0.0)
            days = days_until_judged(tolerance, grain)
        elif statistic == "cumulative_incidence_12m":
            days = 365.0
        return timedelta(days=math.ceil(days))

    def norm_of(self, indicator: str, unit: str, on: date) -> float | None:
        """The norm of a lead time on a day, where it is in the unit of the clock."""
        if self.kinds.get(indicator) != "lead_time":
            return None
        handoff = self.handoffs.get(indicator)
        found = [
            norm.value
            for norm in self.norms
            if norm.handoff_id == handoff and norm.unit == unit and norm.holds_on(on)
        ]
        return found[0] if found else None

    def has_norm(self, indicator: str) -> bool:
        """Whether its hand-off has a norm at all."""
        return any(norm.handoff_id == self.handoffs.get(indicator) for norm in self.norms)

    def norm_changes(self, indicator: str) -> list[date]:
        """Days on which the norm of a hand-off began to differ from the one before."""
        handoff = self.handoffs.get(indicator)
        own = sorted(
            (norm for norm in self.norms if norm.handoff_id == handoff),
            key=lambda norm: norm.valid_from,
        )
        return [later.valid_from for later in own[1:]]

    def begins_of(self, indicator: str, statistic: str) -> list[date]:
        """Days on which a series begins anew: a note that rebases, or another norm of its share."""
        is_of_norm = statistic == "share_within_norm"
        return [*self.rebases_of(indicator), *(self.norm_changes(indicator) if is_of_norm else [])]

    def rebases_of(self, indicator: str) -> list[date]:
        """Days on which the series of an indicator begin anew."""
        handoff = self.handoffs.get(indicator)
        return [
            rebase.day
            for rebase in self.rebases
            if rebase.indicator == indicator
            or (not rebase.indicator and handoff is not None and rebase.handoff_id == handoff)
        ]


Fact = TypeVar("Fact")


def _those(facts: Mapping[str, Fact], names: set[str]) -> dict[str, Fact]:
    return {name: facts[name] for name in sorted(names & facts.keys())}


def read_background(connection: duckdb.DuckDBPyConnection, reference_day: date) -> Background:
    """Read register, norms and rebases from the warehouse.

    Args:
        connection: Open warehouse with `indicators.indicator`, `indicators.rebase` and
            `marts.dim_norm`.
        reference_day: Reference date of the build.
    """
    register = connection.execute(
        "select indicator, kind, direction, coalesce(handoff_id, ''), horizon, unit, "
        "smallest_difference, balancing_indicator, followed_until, base "
        "from indicators.indicator"
    ).fetchall()
    handoffs = connection.execute(
        "select handoff_id, subject, start_milestone, stop_milestone, population_dimension, "
        "population_members from marts.dim_handoff order by handoff_id"
    ).df()
    norms = connection.execute(
        "select handoff_id, unit, value, valid_from, valid_to from marts.dim_norm order by norm_id"
    ).fetchall()
    rebases = connection.execute(
        "select day, coalesce(indicator, ''), coalesce(handoff_id, '') from indicators.rebase"
    ).fetchall()
    return Background(
        kinds={entry[0]: entry[1] for entry in register},
        directions={entry[0]: entry[2] for entry in register},
        handoffs={entry[0]: entry[3] for entry in register if entry[3]},
        reference_day=reference_day,
        norms=tuple(
            Norm(handoff, unit, float(value), _day(start), _day(end) if end else None)
            for handoff, unit, value, start, end in norms
            if value is not None
        ),
        rebases=tuple(Rebase(_day(day), indicator, handoff) for day, indicator, handoff in rebases),
        horizons={
            entry[0]: _in_days(float(entry[4]), entry[5])
            for entry in register
            if entry[4] is not None and not math.isnan(entry[4])
        },
        smallest={entry[0]: float(entry[6]) for entry in register if entry[6] is not None},
        balancing={entry[0]: entry[7] for entry in register if entry[7]},
        same_cases=tuple(
            (lead_times[first], lead_times[second])
            for lead_times in [
                {entry[3]: entry[0] for entry in register if entry[1] == "lead_time"}
            ]
            for first, second in _sharing_cases(handoffs.fillna("").to_dict("records"))
            if first in lead_times and second in lead_times
        ),
        followed={entry[0]: _day(entry[8]) for entry in register},
        tolerances=read_tolerances(connection),
        bases={entry[0]: entry[9] for entry in register if entry[9]},
    )


def _sharing_cases(handoffs: Iterable[Mapping[Any, Any]]) -> Iterator[tuple[str, str]]:
    """Pairs of hand-offs that clock the same cases from the same start, or up to the same stop.

    A hand-off without a population is about all; two with one share cases only where it is by the
    same dimension and has a member in common.
    """
    for first, second in combinations(handoffs, 2):
        shares_end = any(
            first[end] and first[end] == second[end]
            for end in ("start_milestone", "stop_milestone")
        )
        if first["subject"] != second["subject"] or not shares_end:
            continue
        own, other = (
            set(filter(None, handoff["population_members"].split("|")))
            for handoff in (first, second)
        )
        is_by_one = first["population_dimension"] == second["population_dimension"]
        if not own or not other or (is_by_one and own & other):
            yield str(first["handoff_id"]), str(second["handoff_id"])


def rebase_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every note that rebases: dated, explained, and about a hand-off or an indicator.

    Args:
        connection: Open warehouse; a chain without notes has none.

    Returns:
        Columns `record_key, day, handoff_id, indicator, note`.
    """
    has_notes = relation_exists(connection, "marts", "fct_decision")
    notes = "marts.fct_decision" if has_notes else _NO_NOTES
    return connection.execute(
        f"""
        select record_key, noted_on as day, handoff_id, indicator_id as indicator,
            note
        from {notes}
        where note_kind = 'herijking' and trim(coalesce(note, '')) <> ''
            and coalesce(indicator_id, handoff_id) is not null
        order by day, record_key
        """
    ).df()


def _in_days(length: float, unit: str) -> float:
    """A length in calendar days; five working days last a week."""
    return {"hours": length / 24.0, "working_days": length * 7.0 / 5.0}.get(unit, length)


def _day(value: Any) -> date:
    """A day as Python's own; DuckDB gives it as date or timestamp."""
    stamp = pd.Timestamp(value)
    return date(stamp.year, stamp.month, stamp.day)
