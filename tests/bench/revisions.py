"""Whether the band of what a figure may still become holds what it becomes.

Here: chains that exist of what was registered when, and of nothing else (months of starts and
stops, each carried by the delivery of its month or by a later one), and how often the band of each
statistic holds the figure once all is registered.
Not here: the bands (`pipelines.indicators.provisional`).

`python -m tests.bench.revisions` prints it over twenty chains and writes it down for the methods
page. What a figure becomes is what it would be now, had all that happened been registered: that
its cases are followed longer too is no revision.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from pipelines.indicators.horizons import horizon
from pipelines.indicators.provisional import provisional_limits
from pipelines.indicators.register import Indicator
from pipelines.statistics.intervals import quantiles_of_completed, wilson
from pipelines.statistics.survival import kaplan_meier_by_group
from tests.bench.measured import store

CHAINS = 20
N_MONTHS, FIRST_DELIVERY = 36, 12
LAST_YEAR = 24
NORM = 21
# Twice the median of two weeks' exponential, on the ladder.
HORIZON = horizon(14 * np.log(2), "calendar_days")
TABLES = {"om_intake", "nctv_triage"}
# Share registered in the delivery of its month, and in each later one.
LATE = (0.6, 0.2, 0.1, 0.06, 0.04)


@dataclass(frozen=True)
class Chain:
    """Hand-offs of a chain, with the month whose delivery first carried start and stop.

    Attributes:
        start: (N,) day of the start, from day 0; months have 30 days.
        stop: (N,) day of the stop.
        start_seen: (N,) month of the delivery that carried the start.
        stop_seen: (N,) likewise for the stop.
    """

    start: np.ndarray
    stop: np.ndarray
    start_seen: np.ndarray
    stop_seen: np.ndarray

    @classmethod
    def simulate(cls, seed: int, lags: tuple[float, ...], monthly: float = 40.0) -> "Chain":
        """Hand-offs that start at random and take two weeks, registered with a lag of months."""
        rng = np.random.default_rng(seed)
        start = np.sort(rng.uniform(0, 30 * N_MONTHS, rng.poisson(monthly * N_MONTHS)))
        stop = start + rng.exponential(14, len(start))

        def seen(day: np.ndarray) -> np.ndarray:
            lag = rng.choice(len(lags), len(day), p=lags)
            return np.maximum((day // 30).astype(int) + lag, FIRST_DELIVERY)

        return cls(start, stop, seen(start), seen(stop))

    @property
    def is_known(self) -> np.ndarray:
        return self.start_seen < N_MONTHS

    @property
    def is_ended(self) -> np.ndarray:
        return self.is_known & (self.stop_seen < N_MONTHS)

    def figures(self, *, final: bool, since: int = 0) -> pd.DataFrame:
        """What started, what ended and how long it took, as known now or in the end."""
        month = self.start // 30
        there = np.ones(len(month), bool) if final else self.is_known
        within = (there if final else self.is_ended) & (self.stop - self.start <= NORM)
        # Followed until now, whatever is registered of it.
        done = (there if final else self.is_ended) & (self.stop < 30 * N_MONTHS)
        length = np.where(done, self.stop, 30 * N_MONTHS) - self.start
        rows = []
        periods = [("month", label(n), {n}) for n in range(since, N_MONTHS)]
        periods += [
            ("quarter", f"{2023 + n // 4}-Q{n % 4 + 1}", {3 * n, 3 * n + 1, 3 * n + 2})
            for n in range(since // 3, N_MONTHS // 3)
        ]
        for grain, period, months in periods:
            mine = np.isin(month, list(months))
            n, x = (mine & there).sum(), (mine & within).sum()
            nothing = np.nan, np.nan
            rows.append((grain, period, "cohort", "started", np.nan, float(n), *nothing))
            rows.append((grain, period, "cohort", "completed", np.nan, float((mine & done).sum()),
                         *nothing))  # fmt: skip
            # The norm of what started in the last month is not over.
            if N_MONTHS - 1 not in months:
                rows.append((grain, period, "cohort", "share_within_norm", float(n), x / n,
                             *nothing))  # fmt: skip
                rows += [
                    (grain, period, *figure)
                    for figure in _lengths(length[mine & there], done[mine & there])
                ]
            stopped = done & np.isin(self.stop // 30, list(months))
            rows += [(grain, period, *figure) for figure in _of_completed(length[stopped])]
        columns = ["period_grain", "period", "view", "statistic", "denominator", "value", "lower",
                   "upper"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns).assign(
            indicator="triage", status="ok", dimension="national", numerator=np.nan
        )


def _lengths(length: np.ndarray, is_done: np.ndarray) -> Iterator[tuple]:
    """Median, P90 and restricted mean of one cohort, each with its ends."""
    found = kaplan_meier_by_group(
        length, is_done, np.zeros(len(length), int), 1, probabilities=(0.5, 0.9), tau=HORIZON
    )
    for at, statistic in enumerate(("median", "p90")):
        ends = (found.quantiles[0, at], found.quantile_lower[0, at], found.quantile_upper[0, at])
        yield ("cohort", statistic, float(len(length)), *ends)
    ends = found.rmst[0], found.rmst_lower[0], found.rmst_upper[0]
    yield ("cohort", "rmst", float(len(length)), *ends)


def _of_completed(length: np.ndarray) -> Iterator[tuple]:
    """Median, P90 and share within the norm of what ended in one period."""
    n = len(length)
    for statistic, p in (("median", 0.5), ("p90", 0.9)):
        found = quantiles_of_completed(np.sort(length), np.zeros(n, int), 1, p)
        yield ("completed", statistic, float(n), found.value[0], found.lower[0], found.upper[0])
    within = float((length <= NORM).sum())
    ends = (float(end[0]) for end in wilson(np.array([within]), np.array([n])))
    yield ("completed", "share_within_norm", float(n), within / n, *ends)


def label(month: int) -> str:
    return f"{2023 + month // 12}-{month % 12 + 1:02d}"


def day(month: int) -> str:
    return f"{label(month)}-28"


@contextmanager
def warehouse(chain: Chain) -> Iterator[duckdb.DuckDBPyConnection]:
    """What the monitor keeps of the deliveries of a chain, up to the last month."""
    events = [
        ("om", "intake", "verzonden_op", chain.start, chain.start_seen),
        ("nctv", "triage", "oordeel_op", chain.stop, chain.stop_seen),
    ]
    registration = pd.concat(
        pd.DataFrame(
            {
                "organisation": organisation,
                "table_name": table,
                "column_name": column,
                "happened_on": [day(int(happened // 30)) for happened in moment[seen < N_MONTHS]],
                "carried_by": [day(month) for month in seen[seen < N_MONTHS]],
            }
        )
        for organisation, table, column, moment, seen in events
    )
    ended = chain.is_ended
    handoffs = pd.DataFrame(
        {
            "start_date": [day(int(start // 30)) for start in chain.start[ended]],
            "stop_date": [day(min(int(stop // 30), N_MONTHS - 1)) for stop in chain.stop[ended]],
            "duration": (chain.stop - chain.start)[ended],
        }
    )
    deliveries = pd.DataFrame(
        [
            (organisation, table, day(month))
            for organisation, table, *_ in events
            for month in range(FIRST_DELIVERY, N_MONTHS)
        ],
        columns=["organisation", "table_name", "reference_date"],
    )
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema marts")
        for name, frame, dates in (
            ("raw.registration", registration, ("happened_on", "carried_by")),
            ("raw.delivery", deliveries, ("reference_date",)),
            ("marts.fct_handoff", handoffs, ("start_date", "stop_date")),
        ):
            connection.register("frame", frame)
            cast = ", ".join(f"{column}::date as {column}" for column in dates)
            connection.execute(f"create table {name} as select * replace ({cast}) from frame")
        connection.execute(
            """
            alter table raw.delivery add column status varchar default 'on_time';
            alter table marts.fct_handoff add column handoff_id varchar default 'K13';
            alter table marts.fct_handoff add column status varchar default 'completed';
            alter table marts.fct_handoff add column unit varchar default 'calendar_days';
            create table marts.dim_handoff as
            select 'K13' as handoff_id, 'sent' as start_milestone, 'judged' as stop_milestone;
            create table marts.dim_milestone as from (values
                ('sent', 'om', 'intake', 'verzonden_op'), ('judged', 'nctv', 'triage', 'oordeel_op')
            ) as milestones (milestone, organisation, table_name, column_name);
            """
        )
        yield connection


ENTRY = Indicator.model_construct(id="triage", kind="lead_time", handoff="K13", family="triage")


def with_bands(chain: Chain, figures: pd.DataFrame) -> pd.DataFrame:
    with warehouse(chain) as connection:
        bands = provisional_limits(connection, [ENTRY], {"triage": TABLES}, figures)
    return figures.join(bands)


FIGURE = ["period_grain", "period", "view", "statistic"]


def covered(seeds: range) -> pd.DataFrame:
    """Every figure with a band, what it became (`final`), and whether it is within (`is_in`)."""
    found = []
    for seed in seeds:
        chain = Chain.simulate(seed, LATE)
        now = with_bands(chain, chain.figures(final=False, since=LAST_YEAR))
        now = now.merge(chain.figures(final=True, since=LAST_YEAR)[[*FIGURE, "value"]].rename(
            columns={"value": "final"}), on=FIGURE)  # fmt: skip
        found.append(now[now["provisional_lower"].notna() & now["final"].notna()])
    figures = pd.concat(found)
    lower, upper = figures["provisional_lower"] - 1e-9, figures["provisional_upper"] + 1e-9
    is_in = figures["final"].between(lower, upper)
    return figures.assign(is_in=is_in)


def main() -> None:
    """Print how often the bands hold, per statistic, and write it down for the methods page."""
    parser = argparse.ArgumentParser(description="Revision bands against what figures became.")
    parser.add_argument("--chains", type=int, default=CHAINS, help="chains simulated")
    n_chains = parser.parse_args().chains
    found = covered(range(n_chains))
    rows = []
    for (view, statistic), alike in found.groupby(["view", "statistic"], sort=False):
        n, inside = len(alike), int(alike["is_in"].sum())
        ends = (round(float(end[0]), 4) for end in wilson(np.array([inside]), np.array([n])))
        lower, upper = ends
        rows.append(
            {
                "question": f"revision.{view}.{statistic}", "unit": "share", "n": n,
                "value": round(inside / n, 4), "lower": lower, "upper": upper,
            }
        )  # fmt: skip
        changed = (alike["value"] - alike["final"]).abs() > 1e-9
        print(f"{view:10} {statistic:18} {n:5} {inside / n:.3f} ({lower:.3f}-{upper:.3f})"
              f"  changed {changed.mean():.2f}")  # fmt: skip
    print(f"all {len(found)}: {found['is_in'].mean():.3f}")
    store("revisions", "python -m tests.bench.revisions", n_chains, rows)


if __name__ == "__main__":
    main()
