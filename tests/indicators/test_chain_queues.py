"""Queues of the simulated chain, in which nothing changes: how often they signal all the same.

Cases that wait for the same places make one period resemble the next, and the late ones come
together. Over 200 seeds without stories two hand-offs wait for capacity: K14 for the weekly triage
table (calendar days), K31 for the desk that gives advice on measures (working days). Their figures
and their late cases go through the real tables; beside them stand queues of the same kind and the
same rules in plain numpy.
"""

from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from pipelines.indicators.register import load_register
from pipelines.signals.background import Background
from pipelines.signals.charted import signals_of
from pipelines.signals.false_alarms import NORMAL, false_alarm_rate
from pipelines.signals.rare_events import rare_series
from pipelines.simulation.chronicle import Chronicle
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.local_domain import simulate_local_domain
from pipelines.simulation.moments import local_day
from pipelines.simulation.protection import simulate_protection
from pipelines.simulation.triage import simulate_triage
from pipelines.statistics.before_after import Answer, moved_after
from pipelines.statistics.intervals import wilson
from pipelines.statistics.series_shape import LEAST_AUTOCORRELATION
from tests.indicators.plain_charts import (
    exact_signals_on_last,
    geometric_lines,
    is_charted_by_steps,
    moving_range_lines,
    signals_on_last,
)
from tests.indicators.plain_events import T_CHART_POWER, gaps_of_late_cases, has_chart
from tests.indicators.plain_queues import (
    DAYS_A_MONTH,
    WARMING_UP,
    by_period,
    desk_waits,
    shapes,
    waits,
)
from tests.indicators.register import PATH

SEEDS = range(200)
N_PLAIN = 1500
CONFIG = SimulationConfig()
FIRST_MONTH = pd.Period(CONFIG.start, "M")
MONTHS_OF = {"M": 1, "Q": 3}
WAITS = ("median", "rmst")
THURSDAY = 0  # 1970-01-01, day 0 of the plain queue, was one
HANDLING = (4.5, 0.65)  # at the desk: median and spread of what comes after the wait, as simulated

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Queue:
    """A hand-off that waits for capacity.

    `first` and `last` are the months between which the queue has filled and all that started is
    over; `norm` and `late` are in days of its unit.
    """

    handoff: str
    unit: str
    first: str
    last: str
    norm: int
    late: int

    def periods(self, grain):
        """The periods wholly between the two."""
        n_periods = len(self.months) // MONTHS_OF[grain]
        return pd.period_range(pd.Period(self.first, "M").asfreq(grain), periods=n_periods)

    @property
    def months(self):
        """The months between the two, counted from the first one of the chain."""
        first, last = (pd.Period(month, "M").ordinal for month in (self.first, self.last))
        return range(first - FIRST_MONTH.ordinal, last - FIRST_MONTH.ordinal + 1)


TABLE = Queue("K14", "calendar_days", "2022-04", "2026-08", norm=7, late=14)
DESK = Queue("K31", "working_days", "2022-07", "2026-06", norm=10, late=10)


@pytest.fixture(scope="module")
def chains():
    """Per hand-off every case of every seed: day and month of its start, days until done."""
    found = {queue.handoff: [] for queue in (TABLE, DESK)}
    for seed in SEEDS:
        chain = Chronicle(replace(CONFIG, seed=seed).without_stories())
        simulate_protection(chain, simulate_triage(chain, simulate_local_domain(chain)))
        for queue in (TABLE, DESK):
            [handoffs] = [each for each in chain.handoffs if each.handoff_id == queue.handoff]
            # What has not ended began after the months that count.
            ended = ~np.isnan(handoffs.stopped)
            first = local_day(handoffs.started[ended]).astype("datetime64[D]")
            last = local_day(handoffs.stopped[ended]).astype("datetime64[D]")
            is_worked = queue.unit == "working_days"
            days = np.busday_count(first, last) if is_worked else (last - first).astype(int)
            found[queue.handoff].append(
                pd.DataFrame(
                    {
                        "seed": seed,
                        "day": first,
                        "month": first.astype("datetime64[M]").astype(int) - FIRST_MONTH.ordinal,
                        "days": days.astype(float),
                    }
                )
            )
    return {name: pd.concat(cases, ignore_index=True) for name, cases in found.items()}


def by_seed_and_period(cases, queue, grain):
    """Cases that count, with the place of their period, in groups of seed and period."""
    places = (cases["month"] - queue.months[0]) // MONTHS_OF[grain]
    own = cases.assign(place=places)
    return own[places.between(0, len(queue.periods(grain)) - 1)].groupby(["seed", "place"])


@pytest.fixture(scope="module")
def figures(chains):
    """Per hand-off and grain: figures and cases by seed and period."""
    found = {}
    for queue, grain in ((TABLE, "M"), (TABLE, "Q"), (DESK, "M"), (DESK, "Q")):
        cases = chains[queue.handoff]
        cases = cases.assign(
            is_done=cases["days"] <= queue.norm, is_late=cases["days"] > queue.late
        )
        groups = by_seed_and_period(cases, queue, grain)
        found[queue.handoff, grain] = {
            name: values.unstack().to_numpy(float)
            for name, values in {
                "median": groups["days"].median(),
                "rmst": groups["days"].mean(),
                "share_within_norm": groups["is_done"].mean(),
                "late": groups["is_late"].sum(),
                "cases": groups.size(),
            }.items()
        }
    return found


def names(n_series):
    return [f"wait_{seed:03}" for seed in range(n_series)]


def table_of(statistic, view, unit, periods, values, cases, numerator):
    """The long table with one series for each seed, every seed an indicator of its own."""
    n_series, n_points = values.shape
    return pd.DataFrame(
        {
            "indicator": np.repeat(names(n_series), n_points),
            "version": "1",
            "statistic": statistic,
            "view": view,
            "clock": "gross",
            "side": "both",
            "unit": unit,
            "period_grain": {"M": "month", "Q": "quarter"}[periods.freqstr[0]],
            "period": np.tile(
                periods.strftime("%Y-%m" if periods.freqstr == "M" else "%Y-Q%q"), n_series
            ),
            "dimension": "national",
            "member": "national",
            "value": values.ravel(),
            "lower": np.nan,
            "upper": np.nan,
            "numerator": numerator.ravel(),
            "denominator": cases.ravel(),
            "status": "ok",
        }
    )


def charted(kind, results, rare=(), day=date(2026, 8, 31)):
    """Rows of the real table of the series that got a chart."""
    every = names(len(SEEDS))
    background = Background(dict.fromkeys(every, kind), dict.fromkeys(every, "lower"), {}, day)
    found = signals_of(results, background, rare).signal
    return found[found["chart"] != "none"]


def signals(figures, queue, statistic, grain):
    """Rows of the real table for one figure of a hand-off."""
    own = figures[queue.handoff, grain]
    values, cases = own[statistic], own["cases"]
    periods = queue.periods(grain)
    results = table_of(statistic, "cohort", queue.unit, periods, values, cases, values * cases)
    return charted("lead_time", results, day=periods[-1].end_time.date())


@pytest.fixture(scope="module")
def plain_cases(chains):
    """The same waits, of queues as busy as those of the chain: month of arrival, and days."""
    rng = np.random.default_rng(9012)
    n_weeks = ((CONFIG.end - CONFIG.start).days + 1) / 7
    slots = CONFIG.capacities.triage_table_slots
    load = chains["K14"].groupby("seed").size().to_numpy() / n_weeks / slots
    n_months = len(TABLE.months)
    arrived, days = waits(
        rng, N_PLAIN, n_months, rng.choice(load, N_PLAIN), places=slots, weekday=THURSDAY
    )
    # The desk opens with the chain; its plain queue counts from the same month on.
    month = chains["K31"]["month"]
    orders = np.bincount(month[month < DESK.months[-1] + 1]) / len(SEEDS)
    month, worked = desk_waits(rng, N_PLAIN, orders, CONFIG.capacities.measures_advice, HANDLING)
    return {
        "K14": (arrived / DAYS_A_MONTH - WARMING_UP, days),
        "K31": (month - DESK.months[0], worked),
    }


def plain_series(plain_cases, queue, statistic, grain):
    month, days = plain_cases[queue.handoff]
    period = np.floor(month / MONTHS_OF[grain]).astype(int)
    if statistic == "share_within_norm":
        days = (days <= queue.norm) * 1.0
    series = by_period(period, days, len(queue.periods(grain)), is_median=statistic == "median")
    return series[~np.isnan(series).any(axis=1)]


def agree(found, expected):
    """Seeds and plain simulation agree, and the pages say on average; what they say."""
    limits = wilson(int((found["rule"] != "none").sum()), len(found), level=0.99)
    assert limits.lower <= expected <= limits.upper
    return found["false_alarm_rate"].mean()


def handoff_of(parameter):
    return parameter.handoff if isinstance(parameter, Queue) else None


@pytest.mark.parametrize(
    ("queue", "statistic", "grain", "times_normal", "most"),
    [
        (TABLE, "median", "M", 5, 2),
        (TABLE, "rmst", "M", 5, 2),
        (TABLE, "rmst", "Q", 1, 3),
        (DESK, "median", "M", 5, 2),
        (DESK, "rmst", "M", 5, 2),
        # Transfers from OM to NCTV fill the desk in the middle of the series and are over at its
        # end: quarters are alike, and the last one seldom stands out.
        (DESK, "rmst", "Q", 1, np.inf),
    ],
    ids=handoff_of,
)
def test_queues_of_the_chain_signal_as_often_as_a_plain_queue_and_no_oftener_than_stated(
    figures, plain_cases, queue, statistic, grain, times_normal, most
):
    found = signals(figures, queue, statistic, grain)
    plain = plain_series(plain_cases, queue, statistic, grain)
    if statistic == "median":
        plain = plain[is_charted_by_steps(plain, 1.0)]
    expected = signals_on_last(plain, moving_range_lines(plain)).mean()
    stated = agree(found, expected)
    assert expected <= stated <= most * expected

    # Some medians are too coarse.
    assert len(found) == len(SEEDS) if statistic == "rmst" else len(found) > 0.4 * len(SEEDS)
    # More often than normal points do.
    assert expected > times_normal * NORMAL


@pytest.mark.parametrize(
    ("queue", "grain"), [(TABLE, "M"), (DESK, "M"), (DESK, "Q")], ids=handoff_of
)
@pytest.mark.parametrize("statistic", WAITS)
def test_both_queues_are_of_one_kind(figures, plain_cases, queue, grain, statistic):
    """Otherwise the agreement above would show nothing."""
    plain = plain_series(plain_cases, queue, statistic, grain)
    alike, lopsided = shapes(figures[queue.handoff, grain][statistic])
    plain_alike, plain_lopsided = shapes(plain)

    assert alike.mean() > LEAST_AUTOCORRELATION
    assert alike.mean() == pytest.approx(plain_alike.mean(), abs=0.05)
    assert lopsided.mean() == pytest.approx(plain_lopsided.mean(), abs=0.35)


def test_the_share_within_the_norm_of_the_desk_is_near_nine_in_ten(figures):
    assert figures["K31", "M"]["share_within_norm"].mean() == pytest.approx(0.92, abs=0.02)


@pytest.mark.parametrize("queue", [TABLE, DESK], ids=handoff_of)
@pytest.mark.parametrize("statistic", [*WAITS, "share_within_norm"])
def test_the_chance_of_what_they_signal_is_near_what_is_said(figures, queue, statistic):
    """Every fifth signals by the rules, and few of those are unlikely for a queue.

    The chance is right over all kinds of series together: of queues one of one in a hundred may
    come thrice as often.
    """
    found = signals(figures, queue, statistic, "M")
    for level, most in ((0.2, 0.2), (0.05, 0.05), (0.01, 0.03)):
        n_signals = int((found["p_value"] <= level).sum())
        assert wilson(n_signals, len(found), level=0.99).lower <= most


@pytest.mark.parametrize("statistic", WAITS)
@pytest.mark.parametrize("n_before", [12, 24])
def test_whether_a_queue_moved_after_a_day_says_that_one_in_four_does(figures, statistic, n_before):
    n_after = 12
    found = [
        moved_after(series[-n_after - 1 - n_before : -n_after - 1], series[-n_after:])
        for series in figures["K14", "M"][statistic]
    ]
    moved = [movement for movement in found if movement.answer in {Answer.HIGHER, Answer.LOWER}]
    limits = wilson(len(moved), len(found), level=0.99)

    assert limits.lower <= 0.25 <= limits.upper
    # The pages mark those, and beside the list stands: one in four (test_effect).
    assert np.mean([movement.moves_easily for movement in moved]) > 0.7


def plain_late_by_month(plain_cases, queue):
    month, days = plain_cases[queue.handoff]
    n_months = len(queue.months)
    counted = (month >= 0) & (month < n_months)
    cell = (np.floor(month) + n_months * np.arange(len(days))[:, None])[counted].astype(int)
    shape = (len(days), n_months)
    late = np.bincount(cell, weights=days[counted] > queue.late, minlength=len(days) * n_months)
    return late.reshape(shape), np.bincount(cell, minlength=late.size).reshape(shape)


@pytest.mark.parametrize("is_share", [False, True], ids=["count", "share"])
def test_late_cases_of_a_queue_on_a_chart_with_exact_limits(figures, plain_cases, is_share):
    late, cases = (figures["K14", "M"][name] for name in ("late", "cases"))
    statistic, view = ("share", "cohort") if is_share else ("count", "completed")
    values = late / cases if is_share else late
    found = charted(
        statistic, table_of(statistic, view, "cases", TABLE.periods("M"), values, cases, late)
    )
    found = found[found["chart"] == "exact"]
    more, of = plain_late_by_month(plain_cases, TABLE)
    few = (more.mean(axis=1) < 3) & (more.sum(axis=1) > 0)
    base = of if is_share else np.ones_like(of)
    expected = exact_signals_on_last(more[few], base[few], is_share=is_share).mean()

    assert len(found) > 0.8 * len(SEEDS)
    assert expected <= agree(found, expected) <= 2 * expected
    # A month at the end of a long queue holds a clump, and the page says so.
    assert expected > false_alarm_rate("exact", statistic)
    is_warned = found["warnings"].str.contains("clumped_events")
    assert is_warned[found["rule"] != "none"].mean() > 0.8


def rare(chains, queue, kind):
    """Gaps between late cases as the product takes them out of its marts, by seed."""
    [entry] = [
        indicator
        for indicator in load_register(PATH)
        if indicator.id == "exclusivity_local_measures"
    ]
    connection = duckdb.connect()
    connection.execute("create schema marts")
    register = []
    cases = chains[queue.handoff]
    cases = cases[cases["month"].isin(queue.months)]
    connection.register("cases", cases.assign(is_late=cases["days"] > queue.late))
    for seed, name in enumerate(names(len(SEEDS))):
        connection.execute(
            f"create table marts.{name} as select day, is_late from cases where seed = {seed}"
        )
        register.append(
            entry.model_copy(
                update={
                    "id": name,
                    "kind": kind,
                    "mart": name,
                    "date_column": "day",
                    "numerator_column": "is_late",
                    "denominator_column": None,
                    "filter_column": None,
                    "direction": "lower",
                }
            )
        )
    return rare_series(connection, register)


@pytest.mark.parametrize(
    ("queue", "chart"), [(TABLE, "t"), (TABLE, "g"), (DESK, "g")], ids=handoff_of
)
def test_gaps_between_late_cases_of_a_queue(chains, plain_cases, queue, chart):
    series = rare(chains, queue, "count" if chart == "t" else "share")
    nothing = table_of("count", "completed", "cases", queue.periods("M"), *[np.zeros((0, 1))] * 3)
    found = charted("count", nothing, rare=series)
    signalled = []
    month, days = plain_cases[queue.handoff]
    for when, waited in zip(month, days, strict=True):
        counted = (when >= 0) & (when < len(queue.months))
        gaps = gaps_of_late_cases(
            when[counted] * DAYS_A_MONTH, waited[counted] > queue.late, in_cases=chart == "g"
        )
        if has_chart(gaps, counted.sum(), in_cases=chart == "g"):
            points = gaps[None, :] ** (1 / T_CHART_POWER) if chart == "t" else gaps[None, :]
            lines = moving_range_lines(points) if chart == "t" else geometric_lines(points)
            signalled.append(signals_on_last(points, lines)[0])
    expected = np.mean(signalled)

    stated = agree(found, expected)
    assert set(found["chart"]) == {chart}
    # Of the others more than one case in ten is late, or most of them follow one another.
    assert len(found) > 0.2 * len(SEEDS)
    # Transfers of the years before make the late cases of the desk fewer in truth.
    plain = wilson(int(sum(signalled)), len(signalled), level=0.99)
    assert queue is DESK or plain.lower <= stated
    assert min(stated, expected) > 2 * false_alarm_rate(chart, "days_between")
    is_warned = found["warnings"].str.contains("alike_points|clumped_events", regex=True)
    assert is_warned[found["rule"] != "none"].mean() > (0.5 if queue is DESK else 0.8)
