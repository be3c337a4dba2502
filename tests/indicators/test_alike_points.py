"""Series in which nothing changes, whose points are alike: queues, and what the pages say of them.

Cases that wait for the same places make one month resemble the next. First the queue of the
simulated chain: hand-off K14 waits for the weekly triage table, over 200 seeds without stories,
beside a queue of the same kind in plain numpy. Then every rate the product states of a shape, by a
plain simulation of unchanged series of that shape.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.indicators.background import Background
from pipelines.indicators.effect import sentences_of
from pipelines.indicators.false_alarms import BY_SHAPE, NORMAL, false_alarm_rate
from pipelines.indicators.signals import signals_of
from pipelines.settings import Settings
from pipelines.simulation.chronicle import Chronicle
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.local_domain import simulate_local_domain
from pipelines.simulation.moments import local_day
from pipelines.simulation.triage import simulate_triage
from pipelines.statistics.before_after import Answer, moved_after
from pipelines.statistics.intervals import wilson
from pipelines.statistics.series_shape import LEAST_AUTOCORRELATION, LEAST_SKEWNESS, shape_of
from pipelines.statistics.signals import RUN_LENGTH
from tests.indicators.plain_charts import (
    is_charted_by_steps,
    means_in_days,
    moving_range_lines,
    signals_on_last,
)
from tests.indicators.plain_queues import autoregressive, by_month, shapes, waits

SEEDS = range(200)
# From when the queue has filled until all that started is over.
MONTHS = pd.period_range("2022-04", "2026-08", freq="M")
N_PLAIN = 1500
THURSDAY = 0  # 1970-01-01, day 0 of the plain queue, was one
CAPACITY = SimulationConfig().capacities.triage_table_slots
WAITS = ("median", "rmst")
STATISTICS = (*WAITS, "share_within_norm")
NORM = 7  # days
LEAST = np.array([least for least, *_ in BY_SHAPE])


@pytest.fixture(scope="module")
def queues():
    """Per seed and month the wait for the triage table; per seed the share of places needed."""
    found = {name: [] for name in (*STATISTICS, "cases", "load")}
    for seed in SEEDS:
        chain = Chronicle(replace(SimulationConfig(), seed=seed).without_stories())
        simulate_triage(chain, simulate_local_domain(chain))
        [wait] = [one for one in chain.handoffs if one.handoff_id == "K14"]
        first = local_day(wait.started)
        days = pd.Series(local_day(wait.stopped) - first)
        month = pd.PeriodIndex(first.astype(np.int64).astype("datetime64[D]"), freq="M")
        by_start = days.groupby(month)
        for name, figures in {
            "median": by_start.median(),
            "rmst": by_start.mean(),
            "share_within_norm": (days <= NORM).groupby(month).mean(),
            "cases": by_start.size(),
        }.items():
            found[name].append(figures.reindex(MONTHS).to_numpy(float))
        n_weeks = (chain.end - chain.start) / 7
        found["load"].append(len(days) / n_weeks / CAPACITY)
    return {name: np.array(rows) for name, rows in found.items()}


def signals(queues, statistic):
    """Rows of the real table, one for each seed, every seed an indicator of its own."""
    values, cases = queues[statistic], queues["cases"]
    n_series, n_points = values.shape
    names = [f"wait_{seed:03}" for seed in range(n_series)]
    results = pd.DataFrame(
        {
            "indicator": np.repeat(names, n_points),
            "version": "1",
            "statistic": statistic,
            "view": "cohort",
            "clock": "gross",
            "side": "both",
            "unit": "calendar_days",
            "period_grain": "month",
            "period": np.tile(MONTHS.strftime("%Y-%m"), n_series),
            "dimension": "national",
            "member": "national",
            "value": values.ravel(),
            "numerator": (values * cases).ravel(),
            "denominator": cases.ravel(),
            "status": "ok",
        }
    )
    kinds, directions = dict.fromkeys(names, "lead_time"), dict.fromkeys(names, "lower")
    background = Background(kinds, directions, {}, date(2026, 8, 31))
    return signals_of(results, background).signal


def plain_queues(seed, queues, statistic):
    """The same wait, of queues as busy as those of the chain."""
    rng = np.random.default_rng(seed)
    load = rng.choice(queues["load"], N_PLAIN)
    arrived, days = waits(rng, N_PLAIN, len(MONTHS), load, places=CAPACITY, weekday=THURSDAY)
    if statistic == "share_within_norm":
        days = (days <= NORM) * 1.0
    series = by_month(arrived, days, len(MONTHS), is_median=statistic == "median")
    return series[~np.isnan(series).any(axis=1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statistic", "times_normal"), [("median", 5), ("rmst", 5), ("share_within_norm", 2)]
)
def test_queues_of_the_chain_signal_as_often_as_a_plain_queue_and_no_oftener_than_stated(
    queues, statistic, times_normal
):
    found = signals(queues, statistic)
    found = found[found["chart"] != "none"]
    plain = plain_queues(9012, queues, statistic)
    expected = signals_on_last(plain, moving_range_lines(plain)).mean()
    limits = wilson(int((found["rule"] != "none").sum()), len(found), level=0.99)
    stated = found["false_alarm_rate"].mean()

    # Of shares some have too few cases beyond the norm for these limits.
    assert len(found) == len(SEEDS) or statistic == "share_within_norm"
    assert len(found) > 0.7 * len(SEEDS)
    assert limits.lower <= expected <= limits.upper
    # Far more often than normal points do; on average the pages say no less than what happens.
    assert expected > times_normal * NORMAL
    assert limits.lower <= stated
    assert expected <= stated <= 2 * expected


@pytest.mark.slow
@pytest.mark.parametrize("statistic", WAITS)
def test_both_queues_are_of_one_kind(queues, statistic):
    """Otherwise the agreement above would show nothing."""
    plain = plain_queues(9013, queues, statistic)
    alike, lopsided = shapes(queues[statistic])
    plain_alike, plain_lopsided = shapes(plain)

    assert alike.mean() > LEAST_AUTOCORRELATION
    assert alike.mean() == pytest.approx(plain_alike.mean(), abs=0.05)
    assert lopsided.mean() == pytest.approx(plain_lopsided.mean(), abs=0.35)


@pytest.mark.slow
@pytest.mark.parametrize("statistic", WAITS)
def test_fewer_of_their_false_alarms_come_up_for_discussion(queues, statistic):
    """A run of seven is enough among independent points; among alike ones it no longer is."""
    found = signals(queues, statistic)
    found = found[found["rule"] != "none"]
    is_warned = found["warnings"].str.contains("alike_points|lopsided_points", regex=True)
    is_run_of_seven = (found["rule"] == "shift") & (found["n_run"] == RUN_LENGTH)
    is_up = found["discussion_rank"].notna()

    assert is_warned.mean() > 0.8
    assert (is_warned & is_run_of_seven).sum() > 0
    assert not is_up[is_warned & is_run_of_seven].any()
    assert is_up[~is_warned].all()
    assert is_up.mean() < 0.8


@pytest.mark.slow
@pytest.mark.parametrize("statistic", WAITS)
@pytest.mark.parametrize("n_before", [12, 24])
def test_whether_a_queue_moved_after_a_day_says_that_one_in_four_does(queues, statistic, n_before):
    n_after = 12
    found = [
        moved_after(series[-n_after - 1 - n_before : -n_after - 1], series[-n_after:])
        for series in queues[statistic]
    ]
    moved = [one for one in found if one.answer in {Answer.HIGHER, Answer.LOWER}]
    limits = wilson(len(moved), len(found), level=0.99)
    said = [sentences_of(one, "calendar_days", "month", None)[0] for one in moved]

    assert limits.lower <= 0.25 <= limits.upper
    assert np.mean(["een op de vier reeksen" in one for one in said]) > 0.7


def unchanged(rng, n_points):
    """Series of every kind without any change, from hardly to very alike, even and lopsided."""
    n_series, n_queues = 8000, 3000

    def any_strength():
        return rng.uniform(0, 0.95, n_series)

    yield autoregressive(rng, n_series, n_points, any_strength())
    spread = rng.uniform(0.1, 1.0, (n_series, 1))
    yield np.exp(spread * autoregressive(rng, n_series, n_points, any_strength()))
    load = rng.uniform(0.5, 0.97, n_queues)
    waited = by_month(*waits(rng, n_queues, n_points, load), n_points, is_median=False)
    yield waited[~np.isnan(waited).any(axis=1)]


def by_shape(series):
    """Row and column of `BY_SHAPE` each series belongs to, worked out in plain numpy."""
    n_points = series.shape[1]
    alike, lopsided = shapes(series)
    is_alike = alike > np.maximum(1.645 / np.sqrt(n_points) - 1 / n_points, 0.2)
    row = np.searchsorted(LEAST, np.where(is_alike, alike, 0.0), side="right") - 1
    return row, (np.abs(lopsided) >= 1.0).astype(int)


def test_every_rate_stated_of_a_shape_is_that_of_a_plain_simulation():
    rng = np.random.default_rng(9011)
    n_signals, n_series = np.zeros((len(BY_SHAPE), 2)), np.zeros((len(BY_SHAPE), 2))
    for n_points in (19, 36, 57):
        for series in unchanged(rng, n_points):
            cell = by_shape(series)
            np.add.at(n_signals, cell, signals_on_last(series, moving_range_lines(series)))
            np.add.at(n_series, cell, 1)
    measured = n_signals / n_series
    stated = np.array([shares for _, *shares in BY_SHAPE])

    # Even points that are no more alike than chance has it: the rate of the chart holds.
    assert measured[0, 0] <= false_alarm_rate("xmr", "median")
    difference = (stated - measured).ravel()[1:]
    assert difference.min() > -0.01, np.round(measured, 3)
    assert difference.max() < 0.03, np.round(measured, 3)


def test_the_shape_of_independent_points_is_seldom_taken_for_another():
    series = means_in_days(np.random.default_rng(9014), 4000, 24)
    series = series[is_charted_by_steps(series, 0.0)]
    found = [shape_of(one, np.zeros(one.size)) for one in series]
    plain_alike, plain_lopsided = shapes(series)

    np.testing.assert_allclose([one.autocorrelation for one in found], plain_alike)
    np.testing.assert_allclose([one.skewness for one in found], plain_lopsided)
    assert np.mean([one.is_alike for one in found]) < 0.06
    assert np.mean([one.is_lopsided for one in found]) < 0.06
    assert LEAST_SKEWNESS == 1.0


def test_the_page_of_methods_names_the_least_and_the_most():
    shares = sorted(share for _, *both in BY_SHAPE for share in both if share)
    least, most = round(100 * shares[0]), round(100 * shares[-1])
    texts = Settings().seeds_dir.parents[2] / "dashboard" / "texts"

    assert f"van {least} tot {most} op de 100" in (texts / "nl.yaml").read_text(encoding="utf-8")
    assert f"from {least} to {most} in 100" in (texts / "en.yaml").read_text(encoding="utf-8")
