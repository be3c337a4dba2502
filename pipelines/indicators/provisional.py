"""What a figure may still become, where later deliveries kept adding to periods of its age.

Here: the triangles of what each delivery added, and the 90% band they give a figure: `kan nog
veranderen`. A figure has a band where, and only where, periods of its age still grow.
Not here: the chain ladder itself (`pipelines.statistics.chain_ladder`), which delivery first
carried an event (`pipelines.deliveries.registration`), and what is not delivered at all
(`followed until`).

What began late is added to what started; what ended late turns open cases into ended ones. Starts
and stops of a hand-off grow as the columns they are recorded in, other figures as the milestones
of the slowest table it is made from. A quantile moves with the share of cases that ended by
then, along its own interval; a restricted mean with the part of the time up to its horizon that
cases no longer wait. A stock and an age have no band: they grow and shrink at once. Nor has an
incidence, of which it is not known when late ends began: of its indicator is said that it grows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.horizons import horizons
from pipelines.indicators.lead_time_rows import QUANTILES
from pipelines.indicators.register import Indicator
from pipelines.indicators.rolling import ROLLING
from pipelines.memo import digest
from pipelines.periods import MONTHS, first_day, last_day, month_number
from pipelines.statistics.chain_ladder import (
    Development,
    Growth,
    count_limits,
    develop,
    growth,
    share_limits,
)
from pipelines.statistics.intervals import normal_quantile

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

COLUMNS = ["provisional_lower", "provisional_upper"]
GROWS = "grows"
LEVEL = 0.9
# A year of deliveries: with fewer, how much periods grow is a guess.
FEWEST_DELIVERIES = 12
# Deliveries after which a period is taken as whole (2026-11, data engineers: two years).
_OLDEST = 24
_NOTHING = 1e-9
# With less than half a case to come, nothing is the likeliest. A narrower band is not to be seen
# in a figure as it is written (2026-11, data engineers).
_LEAST_EXPECTED = 0.5
_NARROWEST_SHARE = 0.005
_NARROWEST_LENGTH = 0.1
_SIMPLE_SHARES = frozenset({"share", "matched"})
# Figures about the deliveries themselves.
_ABOUT_DATA = "data_quality"
_PERIOD = ["period_grain", "period"]
_RATES = ("starts", "stops", "ended", "quick")
_STARTED, _ENDED = "start", "stop"


@dataclass(frozen=True)
class Triangle:
    """What was registered of each month, by delivery.

    Attributes:
        first: Number of the first month, as in `_month`.
        now: Month of the last delivery.
        counts: (M,) what is registered now of each month.
        development: How months grow.
    """

    first: int
    now: int
    counts: FloatArray
    development: Development

    @cached_property
    def growing_since(self) -> int:
        """The first month that still grows; the one after the last where none does."""
        ages = np.flatnonzero(self.development.ultimate > 1.0 + _NOTHING)
        return self.now - int(ages.max()) if len(ages) else self.now + 1

    def grows(self, months: IntArray) -> bool:
        """Whether anything is expected yet of some months."""
        return bool(len(months)) and int(months.max()) >= self.growing_since

    def of_months(self, months: IntArray) -> tuple[Growth, float]:
        """What may still come of months together, and what they have now."""
        inside = months[(months >= self.first) & (months <= self.now)]
        return self.of_counts(inside, self.counts[inside - self.first])

    def of_counts(self, months: IntArray, counts: FloatArray) -> tuple[Growth, float]:
        """What may still come beside other counts of months, that grow as these do."""
        return growth(self.development, counts, self.now - months), float(counts.sum())


class Rates(NamedTuple):
    """Growth per case: what is expected, and its variances; of one period, or (N,) of figures."""

    mean: FloatArray
    process: FloatArray
    parameter: FloatArray

    @classmethod
    def of(cls, still: Growth, n: float) -> "Rates":
        """Growth of so many cases; none of none."""
        if not n:
            return NONE
        found = (still.expected / n, still.process / n, still.parameter / n**2)
        return cls(*(np.asarray(per_case) for per_case in found))


NONE = Rates(np.asarray(0.0), np.asarray(0.0), np.asarray(0.0))


class Registered:
    """Triangles of the columns of a chain, from which delivery first carried each event."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read what was registered when, and which deliveries there were.

        Args:
            connection: Open warehouse with `raw.registration` and `raw.delivery`.
        """
        cells = connection.execute(
            f"""
            select organisation || '_' || table_name as name, column_name,
                {_month("happened_on")} as month, {_month("carried_by")} as seen, count(*) as n
            from raw.registration
            group by all
            order by all
            """
        ).df()
        self._cells = {str(name): rows for name, rows in cells.groupby("name")}
        rows = connection.execute(
            f"""
            select organisation || '_' || table_name, min({_month("reference_date")}),
                max({_month("reference_date")}), count(distinct reference_date)
            from raw.delivery
            where status in ('on_time', 'late')
            group by all
            having count(distinct reference_date) >= {FEWEST_DELIVERIES}
            """
        ).fetchall()
        self._deliveries = {name: (first, last) for name, first, last, _ in rows}
        self._contents: dict[str, str] = {}

    def content(self, table: str) -> str:
        """Digest of all that triangles can see of a table."""
        if table not in self._contents:
            self._contents[table] = digest(
                self._cells.get(table, pd.DataFrame()), self._deliveries.get(table)
            )
        return self._contents[table]

    def triangle(self, columns: Mapping[str, set[str]]) -> Triangle | None:
        """The triangle of some columns together; None without enough history, or events.

        Args:
            columns: Names of columns by table `<organisation>_<table>`.
        """
        known = self._deliveries.keys() & self._cells.keys() & columns.keys()
        if not known or known != columns.keys():
            return None
        cells = pd.concat(
            [
                self._cells[name][self._cells[name]["column_name"].isin(columns[name])]
                for name in sorted(known)
            ]
        )
        if cells.empty:
            return None
        first_seen = max(self._deliveries[name][0] for name in known)
        now = min(self._deliveries[name][1] for name in known)
        month, seen = (cells[column].to_numpy(np.int64) for column in ("month", "seen"))
        first = int(month.min())
        n_months = now - first + 1
        if n_months < FEWEST_DELIVERIES:
            return None
        added = np.zeros((n_months, _OLDEST + 1))
        inside = (month <= now) & (seen <= now)
        age = np.clip(seen - month, 0, _OLDEST)[inside]
        np.add.at(added, (month[inside] - first, age), cells["n"].to_numpy(float)[inside])
        cumulative = added.cumsum(axis=1)
        delivery = first + np.arange(n_months)[:, None] + np.arange(_OLDEST + 1)
        shown = (delivery >= first_seen) & (delivery <= now)
        return Triangle(first, now, cumulative[:, -1], develop(np.where(shown, cumulative, np.nan)))


def provisional_limits(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    feeding: Mapping[str, set[str]],
    figures: pd.DataFrame,
    registered: Registered | None = None,
) -> pd.DataFrame:
    """The band of what each figure may still become.

    Args:
        connection: Open warehouse with `raw.registration` and the marts.
        register: The indicators.
        feeding: Tables each indicator is made from.
        figures: Figures in the long contract.
        registered: What was registered when; read when None.

    Returns:
        Columns `provisional_lower, provisional_upper`, on the index of the figures, missing where
        nothing is expected to change; and `grows`: whether it is, also of what has no band.
    """
    bands = pd.DataFrame(np.nan, index=figures.index, columns=COLUMNS).assign(**{GROWS: False})
    registered = registered or Registered(connection)
    milestones = _milestone_columns(connection)
    ends = _Ends(connection, [entry.handoff for entry in register if entry.handoff])
    shown = figures[(figures["status"] == "ok") & figures["value"].notna()]
    by_indicator = {str(name): rows for name, rows in shown.groupby("indicator")}
    of_handoff = columns_of_handoffs(connection)
    horizon_of = horizons(connection)
    for indicator in register:
        rows = by_indicator.get(indicator.id)
        if rows is None or indicator.kind == "stock" or indicator.family == _ABOUT_DATA:
            continue
        if indicator.kind == "lead_time":
            columns = of_handoff.get(indicator.handoff or "", {})
            starts, stops = (
                [registered.triangle(columns[role])] if columns.get(role) else []
                for role in (_STARTED, _ENDED)
            )
        else:
            tables = [
                {name: milestones[name]} for name in feeding[indicator.id] if name in milestones
            ]
            starts, stops = [registered.triangle(table) for table in tables], []
        growth_of = _GrowthOf(starts, stops, ends.of(indicator.handoff or ""))
        if growth_of.is_none:
            continue
        rows = rows.join(growth_of.periods(rows), on=_PERIOD, how="inner")
        horizon = horizon_of.get(indicator.handoff or "", np.nan)
        for (view, statistic), alike in rows.groupby(["view", "statistic"]):
            found = _band(str(view), str(statistic), alike, horizon)
            if found is not None:
                bands.loc[alike.index, COLUMNS] = np.stack(found, axis=1)
        if indicator.kind == "cumulative_incidence":
            still = rows["denominator"] * rows["starts_mean"] >= _LEAST_EXPECTED
            bands.loc[rows.index[still], GROWS] = True
    bands[GROWS] |= bands[COLUMNS[0]].notna()
    return bands


class _GrowthOf:
    """How the periods of one indicator still grow."""

    def __init__(
        self,
        starts: list[Triangle | None],
        stops: list[Triangle | None],
        ends: "_Ended",
    ) -> None:
        self._starts, self._stops = (
            [
                triangle
                for triangle in each
                if triangle is not None and triangle.growing_since <= triangle.now
            ]
            for each in (starts, stops)
        )
        self._ends = ends

    @property
    def is_none(self) -> bool:
        return not (self._starts or self._stops)

    def periods(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What may still come of each period that grows; its index is grain and period.

        Returns:
            Twelve columns: of `starts` (late starts, or rows of another figure), of `stops` (late
            starts and stops of what ended in it), of `ended` (late stops of what started in it)
            and of `quick` (of the quicker half of that) the mean and both variances.
        """
        both = [*self._starts, *self._stops]
        span = min(triangle.first for triangle in both), max(triangle.now for triangle in both)
        found = {}
        for grain, period in rows[_PERIOD].drop_duplicates().itertuples(index=False, name=None):
            still = self._of_months(_months_of(grain, period, span))
            if any(rates.mean for rates in still):
                found[grain, period] = np.concatenate(still)
        keys = zip(*found, strict=True) if found else ([], [])
        index = pd.MultiIndex.from_arrays([list(level) for level in keys], names=_PERIOD)
        names = [f"{rate}_{field}" for rate in _RATES for field in Rates._fields]
        return pd.DataFrame(list(found.values()), index=index, columns=names, dtype=float)

    def _of_months(self, months: IntArray) -> tuple[Rates, ...]:
        """Growth of starts, of stops and of what ended; of several tables the slowest."""
        starts = stops = ended = quick = begun = NONE
        started, stopped, counts, n_quick = self._ends
        for triangle in self._starts:
            if triangle.grows(months):
                starts = _slowest(starts, Rates.of(*triangle.of_months(months)))
            mine = (
                np.isin(stopped, months) & (started >= triangle.first) & (started <= triangle.now)
            )
            if triangle.grows(started[mine]):
                begun = _slowest(begun, Rates.of(*triangle.of_counts(started[mine], counts[mine])))
        for triangle in self._stops:
            if triangle.grows(months):
                stops = Rates.of(*triangle.of_months(months))
            mine = np.isin(started, months) & (stopped <= triangle.now)
            if triangle.grows(stopped[mine]):
                ended = Rates.of(*triangle.of_counts(stopped[mine], counts[mine]))
                quick = Rates.of(*triangle.of_counts(stopped[mine], n_quick[mine]))
        return starts, _both(stops, begun), ended, quick


def _slowest(first: Rates, other: Rates) -> Rates:
    """Of the growth of two tables the larger."""
    return max(first, other, key=lambda rates: float(rates.mean))


def _both(rates: Rates, other: Rates) -> Rates:
    """Growth of what has to be registered twice: a start and a stop."""
    return Rates(
        (1 + rates.mean) * (1 + other.mean) - 1,
        rates.process + other.process,
        rates.parameter + other.parameter,
    )


def _band(
    view: str, statistic: str, rows: pd.DataFrame, horizon: float
) -> tuple[FloatArray, FloatArray] | None:
    """The band of figures of one view and statistic; None where they have none."""
    value, n = (rows[column].to_numpy(float) for column in ("value", "denominator"))
    starts, stops, ended, quick = (
        Rates(*(rows[f"{rate}_{field}"].to_numpy(float) for field in Rates._fields))
        for rate in _RATES
    )
    found = None
    if statistic in {"count", "started"}:
        found = _of_count(value, starts)
    elif statistic == "completed":
        found = _of_count(value, _both(starts, ended))
    elif statistic == "rate":
        count = rows["numerator"].to_numpy(float)
        each = np.divide(value, count, out=np.full_like(value, np.nan), where=count > 0)
        lower, upper = _of_count(count, starts)
        found = each * lower, each * upper
    elif statistic in _SIMPLE_SHARES:
        found = _of_share(value, n, starts)
    elif statistic == "share_within_norm":
        found = _of_share(value, n, *((starts, ended) if view == "cohort" else (stops,)))
    elif statistic in QUANTILES:
        # By their median only the quicker half has ended, longer ago than the others.
        of_cohort = starts, (quick if statistic == "median" else ended)
        growth_of = of_cohort if view == "cohort" else (stops, NONE)
        found = _of_quantile(rows, QUANTILES[statistic], *growth_of)
    elif statistic == "rmst":
        found = _of_mean(rows, horizon, starts, ended)
    return found


def _of_count(count: FloatArray, rates: Rates) -> tuple[FloatArray, FloatArray]:
    """Limits of a count, where it may change by a case."""
    lower, upper = count_limits(count, *rates, LEVEL)
    return _where(count * rates.mean >= _LEAST_EXPECTED, lower, upper)


def _where(
    changes: npt.NDArray[np.bool_], lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Limits where a figure may change; missing elsewhere."""
    return np.where(changes, lower, np.nan), np.where(changes, upper, np.nan)


def _of_share(
    share: FloatArray, n: FloatArray, starts: Rates, ended: Rates = NONE
) -> tuple[FloatArray, FloatArray]:
    """Limits of a share, where late starts or late stops may change it by a case."""
    inside = share * n
    lower, upper = share_limits(
        (inside, n - inside),
        (starts.mean, starts.process),
        (inside * ended.mean, inside * ended.process + inside**2 * ended.parameter),
        LEVEL,
    )
    changes = n * starts.mean + inside * ended.mean >= _LEAST_EXPECTED
    return _where(changes & (upper - lower >= _NARROWEST_SHARE), lower, upper)


def _of_quantile(
    rows: pd.DataFrame, p: float, starts: Rates, ended: Rates
) -> tuple[FloatArray, FloatArray]:
    """Limits of a quantile, by how far its own interval says a change of the share moves it."""
    value, lower, upper, n = (
        rows[column].to_numpy(float) for column in ("value", "lower", "upper", "denominator")
    )
    share_lower, share_upper = _of_share(np.full_like(n, p), n, starts, ended)
    half_width = normal_quantile(0.95) * np.sqrt(p * (1 - p) / n)

    def moved(to: FloatArray) -> FloatArray:
        # More cases that ended by then: the quantile comes earlier.
        steps = (to - p) / half_width
        sooner, later = value - steps * (value - lower), value - steps * (upper - value)
        found: FloatArray = np.where(steps > 0, sooner, later)
        return found

    sooner, later = np.maximum(moved(share_upper), 0.0), moved(share_lower)
    return _where(later - sooner >= _NARROWEST_LENGTH, sooner, later)


def _of_mean(
    rows: pd.DataFrame, horizon: float, starts: Rates, ended: Rates
) -> tuple[FloatArray, FloatArray]:
    """Limits of a restricted mean: its horizon less the time that cases no longer wait.

    That time is a share of which each case has a part: it varies less than one of which each case
    has all or nothing, as the mean's own interval says.
    """
    mean, own_lower, own_upper, n = (
        rows[column].to_numpy(float) for column in ("value", "lower", "upper", "denominator")
    )
    done = 1.0 - mean / horizon
    ends = _of_share(done, n, starts, ended)
    own = (own_upper - own_lower) / (2.0 * horizon)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = normal_quantile(0.95) * np.sqrt(done * (1.0 - done) / n)
        odds_lower, odds_upper = (np.log(end / (1.0 - end)) for end in ends)
        half = np.minimum(own / whole, 1.0) * (odds_upper - odds_lower) / 2.0
        middle = (odds_lower + odds_upper) / 2.0
        least, most = (horizon / (1.0 + np.exp(middle + side * half)) for side in (1.0, -1.0))
    return _where(most - least >= _NARROWEST_LENGTH, least, most)


class _Ended(NamedTuple):
    """When what was completed of one hand-off started and stopped; (N,) arrays.

    Attributes:
        started: Months of start.
        stopped: Months of stop.
        n: How many were completed so.
        n_quick: How many of them took no longer than half of all do.
    """

    started: IntArray
    stopped: IntArray
    n: FloatArray
    n_quick: FloatArray


class _Ends:
    """When what started in a month was completed, per hand-off."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, handoffs: list[str]) -> None:
        rows = connection.execute(
            f"""
            select handoff_id, {_month("start_date")} as started, {_month("stop_date")} as stopped,
                count(*)::double as n, count(*) filter (is_quick)::double as n_quick
            from (
                select *, duration <= median(duration) over (partition by handoff_id) as is_quick
                from marts.fct_handoff
                where status = 'completed' and handoff_id in (select unnest($handoffs))
            )
            group by all
            -- Rates are added up, and their last digits depend on which comes first.
            order by all
            """,
            {"handoffs": handoffs},
        ).df()
        self._by_handoff = {str(name): ended for name, ended in rows.groupby("handoff_id")}

    def of(self, handoff: str) -> _Ended:
        """When what was completed of a hand-off started and stopped."""
        rows = self._by_handoff.get(handoff)
        if rows is None:
            return _Ended(*(np.empty(0, kind) for kind in (np.int64, np.int64, float, float)))
        return _Ended(
            *(rows[column].to_numpy(np.int64) for column in ("started", "stopped")),
            *(rows[column].to_numpy(float) for column in ("n", "n_quick")),
        )


def _month(day: str) -> str:
    """A month as a whole number, as SQL."""
    return f"(year({day}) * 12 + month({day}) - 1)::bigint"


def growing_since(figures: pd.DataFrame, grows: pd.Series) -> dict[str, date]:
    """First day of the first quarter of which a national figure still grows, by indicator.

    Args:
        figures: Figures in the long contract.
        grows: Whether each is expected to change yet, on the same index.
    """
    is_meant = grows & (figures["period_grain"] == "quarter") & (figures["dimension"] == NATIONAL)
    first = figures[is_meant].groupby("indicator")["period"].min()
    return {str(indicator): first_day(period) for indicator, period in first.items()}


def _months_of(grain: str, period: str, span: tuple[int, int]) -> IntArray:
    """Months of a period as whole numbers, as far as anything is known of them."""
    first, now = span
    if grain == "all":
        return np.arange(first, now + 1)
    last = month_number(last_day(period))
    length = MONTHS["year" if grain == ROLLING else grain]
    return np.arange(last - length + 1, min(last, now) + 1)


def _milestone_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Columns that are milestones, by table."""
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select organisation || '_' || table_name, column_name from marts.dim_milestone "
        "where column_name is not null"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def columns_of_handoffs(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, dict[str, dict[str, set[str]]]]:
    """Columns in which starts and stops of each hand-off are recorded, by role and table."""
    found: dict[str, dict[str, dict[str, set[str]]]] = {}
    for handoff, role, table, column in connection.execute(
        """
        with named as (
            select handoff_id, 'start' as role, unnest(string_split(start_milestone, '|')) as name
            from marts.dim_handoff
            union all
            select handoff_id, 'stop', unnest(string_split(stop_milestone, '|'))
            from marts.dim_handoff
        )
        select handoff_id, role, organisation || '_' || table_name, column_name
        from named inner join marts.dim_milestone
            on named.name in (milestone, organisation || '.' || milestone)
        where column_name is not null
        """
    ).fetchall():
        found.setdefault(handoff, {}).setdefault(role, {}).setdefault(table, set()).add(column)
    return found
