"""The cells of the long table: which periods and dimensions a figure is given for.

Here: the grains, and the hand-offs of each cell counted per duration, out of `fct_handoff`.
Not here: the estimates of a cell (`lead_times`).

Hand-offs are read once, into a narrow table of codes. Each way of cutting them starts from that
table, and a coarser grain from the finer one, so that the cost grows with what is distinct (most
durations are whole days) and not with the number of hand-offs times the number of cuts.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.ahead import in_order
from pipelines.dimensions import NATIONAL
from pipelines.indicators.rolling import QUARTERS, ROLLING, RollingYears
from pipelines.periods import MONTHS, period_named
from pipelines.statistics.risk_sets import FEWEST_FOLLOWED

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# Months are short: nationally only. A dimension is crossed with quarters and years, never deeper.
GRAINS_OF_COUNTRY = ("month", "quarter", "year", "all")
GRAINS_OF_DIMENSIONS = ("quarter", "year")
# Where quarters hold too few: only for whoever may not see few.
COARSE_GRAINS = ("half_year",)
GRAINS_OF_CLUSTERS = ("half_year", "year")
# Behind the name of a dimension: its members in groups.
CLUSTERED = "_cluster"
# Dimensions by what a case is now, and not by what it was in its period.
DIMENSIONS_OF_TODAY = frozenset({"recommendation_state"})

KEYS = ("handoff_id", "period_grain", "period", "dimension", "member")

STATUSES = ("completed", "open", "competing")
_COMPLETED = STATUSES.index("completed")
_AT_A_TIME = 2
# Of `GRAINS_OF_COUNTRY`, those of periods that end.
ENDING = GRAINS_OF_COUNTRY[:3]
# Cluster by member, by dimension.
Clusters = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Clock:
    """One way of reading how long something took.

    Attributes:
        name: `gross`, or `net` of coded pauses.
        length: Column of `fct_handoff` with the length in the hand-off's unit.
        norm_length: Column with the length in the unit of the norm.
        status: Column with the state a case is in on this clock.
        followable: Column with its potential follow-up, ended or not.
        norm_followable: The same in the unit of the norm.
    """

    name: str
    length: str
    norm_length: str
    status: str
    followable: str
    norm_followable: str


GROSS = Clock("gross", "duration", "norm_duration", "status", "followable", "norm_followable")
NET = Clock(
    "net",
    "net_duration",
    "net_norm_duration",
    "net_status",
    "net_followable",
    "net_norm_followable",
)


@dataclass(frozen=True)
class Cohorts:
    """Cells, and the counted durations that belong to each, by cell and then by duration.

    Attributes:
        cells: One row per cell with its keys and the norm its hand-offs started under (NaN where
            the norm does not matter). A period in which the norm changed has a cell per norm.
        code: (N,) cell of each counted duration.
        duration: (N,) duration in the hand-off's unit.
        status: (N,) position in `STATUSES`.
        n_cases: (N,) cases.
        followed: (G,) potential follow-up that `FEWEST_FOLLOWED` hand-offs of the cell have, ended
            or not; NaN in a smaller cell.
    """

    cells: pd.DataFrame
    code: IntArray
    duration: FloatArray
    status: npt.NDArray[np.uint8]
    n_cases: IntArray
    followed: FloatArray

    @property
    def norm(self) -> FloatArray:
        """(G,) norm of each cell."""
        return self.cells["norm"].to_numpy(float)

    @property
    def is_completed(self) -> BoolArray:
        """(N,) whether the hand-off was completed."""
        found: BoolArray = self.status == _COMPLETED
        return found

    def select(self, keep: BoolArray) -> "Cohorts":
        """The cells where `keep` is true, with their rows."""
        if keep.all():
            return self
        new_code = np.where(keep, np.cumsum(keep) - 1, -1)
        rows = keep[self.code]
        return Cohorts(
            self.cells[keep].reset_index(drop=True),
            new_code[self.code[rows]],
            self.duration[rows],
            self.status[rows],
            self.n_cases[rows],
            self.followed[keep],
        )

    def split(self, handoffs: set[str]) -> "tuple[Cohorts, Cohorts]":
        """Cells of other hand-offs, and cells of these."""
        is_one = self.cells["handoff_id"].isin(handoffs).to_numpy(bool)
        return self.select(~is_one), self.select(is_one)

    @property
    def of_period(self) -> IntArray:
        """(G,) cells of one period and member have one number, whatever their norm."""
        keys = self.cells[list(KEYS)]
        is_new = (keys != keys.shift()).any(axis=1).to_numpy(bool)
        number: IntArray = np.cumsum(is_new) - 1
        return number

    def rows_by_cell(self) -> list[slice]:
        """Rows of each cell."""
        edges = np.searchsorted(self.code, np.arange(len(self.cells) + 1)).tolist()
        return [slice(begin, end) for begin, end in pairwise(edges)]

    def sums(self, mark: BoolArray) -> FloatArray:
        """(G,) cases per cell among the marked rows."""
        return np.bincount(
            self.code[mark], weights=self.n_cases[mark], minlength=len(self.cells)
        ).astype(float)

    def at_risk(self, times: FloatArray) -> FloatArray:
        """(G,) cases under observation at one time per cell; NaN where the time is."""
        counts = self.sums(self.duration >= times[self.code])
        return np.where(np.isnan(times), np.nan, counts)


class CohortReader:
    """Reads cohorts from the warehouse: hand-offs counted per cell and duration."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        allowed: Mapping[str, Sequence[str]],
        clusters: Clusters | None = None,
    ) -> None:
        """Put what is needed of every hand-off in a narrow table.

        Args:
            connection: Open warehouse with `marts.fct_handoff`.
            allowed: Dimensions each hand-off may be split by.
            clusters: Given, the reader reads the coarse cells: half-years, and the members that
                have a cluster in groups.
        """
        self.connection = connection
        self.is_coarse = clusters is not None
        self.groups = {f"{dimension}{CLUSTERED}": of for dimension, of in (clusters or {}).items()}
        self.handoffs = sorted(allowed)
        self.allowed = {
            handoff: [*dimensions, *(name for name in self.groups if _grouped(name) in dimensions)]
            for handoff, dimensions in allowed.items()
        }
        self.dimensions = sorted(
            {dimension for dimensions in self.allowed.values() for dimension in dimensions}
        )
        self.members = {dimension: self._members(dimension) for dimension in self.dimensions}
        dimensions = "".join(
            f"{_coded(self._column(dimension), self.members[dimension])} as {dimension}, "
            for dimension in self.dimensions
        )
        known = ", ".join(str(position) for position, _ in enumerate(self.handoffs)) or "null"
        # Only codes and numbers: a row takes a tenth of what it takes in `fct_handoff`.
        connection.execute(
            f"""
            create or replace temp table clocked as
            select {_coded("handoff_id", self.handoffs)} as handoff,
                {_coded("status", STATUSES)} as status,
                {_coded("net_status", STATUSES)} as net_status,
                case when start_month is not null then {_month("start_date")} end as start_month,
                case when stop_month is not null then {_month("stop_date")} end as stop_month,
                {dimensions} duration, norm_duration, norm_value, net_duration, net_norm_duration,
                followable, norm_followable, net_followable, net_norm_followable
            from marts.fct_handoff
            where duration is not null and status in {STATUSES} and handoff in ({known})
            """
        )
        self.years = RollingYears.of_chain(connection)
        self.with_norm = connection.execute(
            "select distinct handoff from clocked where norm_value is not null"
        ).fetchall()

    def _members(self, dimension: str) -> list[str]:
        if dimension in self.groups:
            return sorted(set(self.groups[dimension].values()))
        return self._distinct(dimension)

    def _column(self, dimension: str) -> str:
        """The member of a hand-off, as SQL."""
        if dimension not in self.groups:
            return dimension
        cases = " ".join(
            f"when {_quoted(member)} then {_quoted(cluster)}"
            for member, cluster in self.groups[dimension].items()
        )
        return f"case {_grouped(dimension)} {cases} end"

    def _grains_of(self, dimension: str) -> tuple[str, ...]:
        if not self.is_coarse:
            return GRAINS_OF_COUNTRY if dimension == NATIONAL else GRAINS_OF_DIMENSIONS
        return GRAINS_OF_CLUSTERS if dimension in self.groups else COARSE_GRAINS

    def _distinct(self, column: str) -> list[str]:
        rows = self.connection.execute(
            f"select distinct {column} from marts.fct_handoff where {column} is not null order by 1"
        ).fetchall()
        return [str(value) for (value,) in rows]

    def of_handoffs(self, handoffs: Sequence[str]) -> "CohortReader":
        """A reader of some of the hand-offs, on the same table."""
        narrower = copy(self)
        narrower.allowed = {handoff: self.allowed[handoff] for handoff in handoffs}
        return narrower

    def started(self, clock: Clock, *, by_norm: bool = False) -> Iterator[Cohorts]:
        """What started in the period, open or not: the national cohorts, then each dimension's.

        Args:
            clock: How lengths are read; a hand-off without that clock takes no part.
            by_norm: Lengths in the unit of the norm, only of what started under a norm.

        Yields:
            The cohorts of every grain, rolling years too.
        """
        return self._cohorts("start", STATUSES, clock, by_norm=by_norm)

    def completed(self, clock: Clock, *, by_norm: bool = False) -> Iterator[Cohorts]:
        """What was completed in the period, likewise; context, so without rolling years."""
        return self._cohorts("stop", STATUSES[:1], clock, by_norm=by_norm)

    def _cohorts(
        self, side: str, statuses: Sequence[str], clock: Clock, *, by_norm: bool
    ) -> Iterator[Cohorts]:
        codes = [STATUSES.index(status) for status in statuses]
        wanted = {}
        for dimension in (NATIONAL, *self.dimensions):
            handoffs = [
                position
                for position, handoff in enumerate(self.handoffs)
                if handoff in self.allowed
                and (dimension == NATIONAL or dimension in self.allowed[handoff])
            ]
            if by_norm:
                handoffs = [position for position in handoffs if (position,) in self.with_norm]
            if handoffs:
                wanted[dimension] = handoffs

        def counted(dimension: str) -> tuple[_Counted, _Counted]:
            self._count(dimension, wanted[dimension], side, codes, clock, by_norm=by_norm)
            return _Counted.read(self.connection, "counted"), _Counted.read(
                self.connection, "longest_followed"
            )

        # Counting the next one goes on while this one is estimated.
        ahead = in_order(counted, wanted, at_a_time=1)
        for dimension, found in zip(wanted, ahead, strict=True):
            yield self._of_dimension(dimension, *found, with_years=side == "start")

    def _count(
        self,
        dimension: str,
        handoffs: list[int],
        side: str,
        codes: list[int],
        clock: Clock,
        *,
        by_norm: bool,
    ) -> None:
        """Count what is distinct at the finest grain, and whom one can follow longest."""
        member = "0" if dimension == NATIONAL else dimension
        finest = MONTHS[self._grains_of(dimension)[0]]
        length, norm, followable = clock.length, "null::double", clock.followable
        if by_norm:
            length, norm = clock.norm_length, "norm_value"
            followable = clock.norm_followable
        cell = f"handoff, {side}_month // {finest} as period, {member} as member, {norm} as norm"
        rows = f"""
            from clocked
            where {_within("handoff", handoffs)} and {_within(clock.status, codes)}
                and {side}_month is not null and {member} is not null and {length} is not null
            group by all"""
        self.connection.execute(
            f"""
            create or replace temp table counted as
            select {cell}, {length} as duration, {clock.status} as status, count(*) as n_cases
            {rows};
            create or replace temp table longest_followed as
            select * exclude (longest), unnest(longest) as duration,
                {_COMPLETED} as status, 1 as n_cases
            from (select {cell}, max({followable}, {FEWEST_FOLLOWED}) as longest {rows})
            """
        )

    def _of_dimension(
        self, dimension: str, counted: "_Counted", longest: "_Counted", *, with_years: bool
    ) -> Cohorts:
        has_rolling = with_years and not self.is_coarse
        grains = [*self._grains_of(dimension), *([ROLLING] if has_rolling else [])]
        finest = MONTHS[grains[0]]

        def at_grain(rows: _Counted, grain: str) -> _Counted:
            if grain == ROLLING:
                quarter = rows.period // (MONTHS["quarter"] // finest)
                return rows.by_rolling_year(quarter, self.years)
            months = MONTHS.get(grain)
            # The whole history is one period.
            return rows.by_period(rows.period // (months // finest) if months else rows.period * 0)

        def of_grain(grain: str) -> tuple[str, _Counted, FloatArray]:
            # Whoever is among the longest of a period is so in its finest part.
            return grain, at_grain(counted, grain), at_grain(longest, grain).nth_longest()

        # Sorting and picking of large arrays leave Python's lock to the other thread.
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            # Rolling years, the longest work, go first.
            parts = list(pool.map(of_grain, grains[::-1]))[::-1]
        return _combined(parts, dimension, self.handoffs, self.members.get(dimension, [NATIONAL]))


@dataclass(frozen=True)
class _Counted:
    """Counted durations, in order of hand-off, member, norm and duration; (N,) arrays."""

    handoff: IntArray
    period: IntArray
    member: IntArray
    norm: FloatArray
    duration: FloatArray
    status: npt.NDArray[np.uint8]
    n_cases: IntArray

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection, table: str) -> "_Counted":
        """Read what was counted at the finest grain. Sorted once: coarser grains keep the order."""
        rows = connection.execute(
            "select handoff, period, member, norm, duration, status, n_cases "
            f"from {table} order by handoff, member, norm, duration"
        ).fetchnumpy()
        norm: FloatArray = np.ma.filled(np.ma.asarray(rows["norm"], float), np.nan)
        return cls(
            np.asarray(rows["handoff"], np.int64),
            np.asarray(rows["period"], np.int64),
            np.asarray(rows["member"], np.int64),
            norm,
            np.asarray(rows["duration"], float),
            np.asarray(rows["status"], np.uint8),
            np.asarray(rows["n_cases"], np.int64),
        )

    def by_period(self, period: IntArray) -> "_Counted":
        """The same rows, in order of hand-off, period, member, norm and duration."""
        first = int(period.min(initial=0))
        n_periods = int(period.max(initial=first)) - first + 1
        n_members = int(self.member.max(initial=0)) + 1
        cell = (self.handoff * n_periods + period - first) * n_members + self.member
        if cell.max(initial=0) <= np.iinfo(np.uint16).max:
            # Sixteen bits are sorted by counting, without comparing.
            cell = cell.astype(np.uint16)
        return replace(self, period=period)._take(cell.argsort(kind="stable"))

    def by_rolling_year(self, quarter: IntArray, years: RollingYears) -> "_Counted":
        """The rows once for each rolling year their quarter belongs to, in order as above."""
        ends = quarter[:, None] + np.arange(QUARTERS)
        row, ahead = np.nonzero((ends >= years.first) & (ends <= years.last))
        return self._take(row).by_period(ends[row, ahead])

    def starts_cell(self) -> BoolArray:
        """(N,) where the next cell begins, of rows in order of their cells."""
        is_new = np.ones(self.norm.size, bool)
        differs = [codes[1:] != codes[:-1] for codes in (self.handoff, self.period, self.member)]
        # Either all rows have a norm or none has: NaN never stands beside a number.
        differs.append((self.norm[1:] != self.norm[:-1]) & ~np.isnan(self.norm[1:]))
        is_new[1:] = np.logical_or.reduce(differs)
        return is_new

    def nth_longest(self) -> FloatArray:
        """(G,) `FEWEST_FOLLOWED`-th longest duration of each cell; NaN where there are fewer."""
        first = np.flatnonzero(self.starts_cell())
        nth = np.append(first, self.duration.size)[1:] - FEWEST_FOLLOWED
        return np.where(nth >= first, self.duration[np.maximum(nth, 0)], np.nan)

    def _take(self, rows: IntArray) -> "_Counted":
        return _Counted(*(getattr(self, field.name)[rows] for field in fields(self)))


def _combined(
    parts: list[tuple[str, _Counted, FloatArray]],
    dimension: str,
    handoffs: Sequence[str],
    members: Sequence[str],
) -> Cohorts:
    cells: list[tuple[object, ...]] = []
    codes: list[IntArray] = []
    for grain, rows, _ in parts:
        is_new = rows.starts_cell()
        codes.append(np.cumsum(is_new) - 1 + len(cells))
        cells.extend(
            (
                handoffs[handoff],
                grain,
                _named(grain, period),
                dimension,
                members[member],
                one_norm,
            )
            for handoff, period, member, one_norm in zip(
                *(
                    column[is_new].tolist()
                    for column in (rows.handoff, rows.period, rows.member, rows.norm)
                ),
                strict=True,
            )
        )
    return Cohorts(
        pd.DataFrame(cells, columns=[*KEYS, "norm"]).astype({"norm": float}),
        np.concatenate(codes).astype(np.int64),
        np.concatenate([rows.duration for _, rows, _ in parts]),
        np.concatenate([rows.status for _, rows, _ in parts]),
        np.concatenate([rows.n_cases for _, rows, _ in parts]),
        np.concatenate([followed for _, _, followed in parts]),
    )


def _named(grain: str, number: int) -> str:
    """The period of a number; a rolling year has that of its last quarter."""
    return (
        "all" if grain == "all" else period_named(number, "quarter" if grain == ROLLING else grain)
    )


def _coded(column: str, values: Sequence[str]) -> str:
    """The position of a text in a list, as SQL; null for any other text."""
    if not values:
        return "null::integer"
    listed = ", ".join(map(_quoted, values))
    return f"enum_code(try_cast({column} as enum({listed})))::usmallint"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _grouped(name: str) -> str:
    """The dimension whose members a clustered one holds in groups."""
    return name.removesuffix(CLUSTERED)


def _month(day: str) -> str:
    return f"(year({day}) * 12 + month({day}) - 1)::smallint"


def _within(column: str, codes: Sequence[int]) -> str:
    return f"{column} in ({', '.join(map(str, codes))})"
