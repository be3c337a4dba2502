"""A series in which nothing changes: how often it signals all the same, over 200 seeds.

The series go through the real table (`signals_of`). Beside it stand the same rules in plain numpy,
on many more series of the same kind; the share over 200 seeds has to agree with theirs within its
interval, and theirs may not be above what the pages say.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.signals.background import Background
from pipelines.signals.charted import signals_of
from pipelines.signals.false_alarms import NORMAL, false_alarm_rate
from pipelines.signals.rare_events import RareSeries
from pipelines.signals.series import STEP_CHANCE
from pipelines.statistics.intervals import wilson
from pipelines.statistics.signals import xmr_chart
from tests.indicators.plain_charts import (
    QUARTERS,
    exact_signals_on_last,
    geometric_lines,
    is_charted_by_steps,
    means_in_days,
    medians_in_days,
    moving_range_lines,
    share_scores,
    signals_on_last,
)

SEEDS = range(200)
N_POINTS = 24
N_PLAIN = 6000
KINDS = {
    "median": "lead_time",
    "rmst": "lead_time",
    "share": "share",
    "count": "flow",
    "stock": "stock",
}


def long_table(indicator, statistic, view, values, numerators=None, denominators=None):
    """One series per row of `values`, as members of one dimension, in the long contract."""
    n_series, n_points = values.shape
    nothing = np.full(values.shape, np.nan)
    return pd.DataFrame(
        {
            "indicator": indicator,
            "version": "1",
            "statistic": statistic,
            "view": view,
            "clock": "gross",
            "side": "both",
            "unit": "calendar_days" if statistic in {"median", "rmst"} else "cases",
            "period_grain": "quarter",
            "period": np.tile(QUARTERS[-1 - n_points : -1], n_series),
            "dimension": "parket",
            "member": np.repeat([f"seed_{seed}" for seed in range(n_series)], n_points),
            "value": values.ravel(),
            "lower": np.nan,
            "upper": np.nan,
            "numerator": (nothing if numerators is None else numerators).ravel(),
            "denominator": (nothing if denominators is None else denominators).ravel(),
            "status": "ok",
        }
    )


def charted(kind, statistic, view, values, numerators=None, denominators=None):
    """The rows of `signal` of series that got a chart."""
    background = Background({"one": KINDS[kind]}, {"one": "lower"}, {}, date(2026, 10, 31))
    results = long_table("one", statistic, view, values, numerators, denominators)
    signal = signals_of(results, background).signal
    return signal[signal["chart"] != "none"]


def drawn(draw):
    """One series per seed."""
    return np.concatenate([draw(np.random.default_rng(seed), 1) for seed in SEEDS])


def agree(found, expected, stated):
    """The share over the seeds agrees with the plain one, which is at most what the pages say."""
    limits = wilson(int(found.sum()), len(found), level=0.99)
    assert limits.lower <= expected.mean() <= limits.upper
    assert expected.mean() <= stated


def test_medians_of_whole_days():
    signal = charted("median", "median", "cohort", drawn(lambda r, n: medians_in_days(r, n, 24)))
    plain = medians_in_days(np.random.default_rng(9001), N_PLAIN, N_POINTS)
    plain = plain[is_charted_by_steps(plain, 1.0)]

    assert len(signal) > 180
    agree(
        signal["rule"] != "none",
        signals_on_last(plain, moving_range_lines(plain)),
        false_alarm_rate("xmr", "median"),
    )


def test_medians_of_few_cases_have_the_rate_the_page_names():
    plain = medians_in_days(np.random.default_rng(9002), N_PLAIN, 36, n_cases=5)
    rate = signals_on_last(plain, moving_range_lines(plain)).mean()

    assert NORMAL < rate <= false_alarm_rate("xmr", "median")


def test_restricted_means():
    signal = charted("rmst", "rmst", "cohort", drawn(lambda r, n: means_in_days(r, n, 24)))
    plain = means_in_days(np.random.default_rng(9003), N_PLAIN, N_POINTS)

    assert len(signal) == len(SEEDS)
    agree(
        signal["rule"] != "none",
        signals_on_last(plain, moving_range_lines(plain)),
        false_alarm_rate("xmr", "rmst"),
    )


def test_shares():
    def draw(rng, n_series):
        cases = rng.poisson(30, (n_series, N_POINTS)) + 1
        return np.stack([rng.binomial(cases, 0.7), cases], axis=2)

    rows = drawn(draw)
    done, cases = rows[:, :, 0], rows[:, :, 1]
    signal = charted("share", "share", "cohort", done / cases, done, cases)
    more = draw(np.random.default_rng(9004), N_PLAIN)
    plain = share_scores(more[:, :, 0], more[:, :, 1])

    assert set(signal["chart"]) == {"p_prime"}
    agree(
        signal["rule"] != "none",
        signals_on_last(plain, moving_range_lines(plain, around_zero=True)),
        false_alarm_rate("p_prime", "share"),
    )


@pytest.mark.parametrize("n_points", [13, 57])
@pytest.mark.parametrize("often", ["share .15", "share .7", "rate of 3"])
def test_shares_and_rates_of_numbers_that_change_have_the_rate_the_page_names(often, n_points):
    rng = np.random.default_rng((9012, n_points, len(often)))
    size = (N_PLAIN, n_points)
    if often == "rate of 3":
        chart, time = "u_prime", rng.uniform(0.5, 2.0, size)
        events = rng.poisson(3.0 * time)
        rate = events.sum(axis=1, keepdims=True) / time.sum(axis=1, keepdims=True)
        scores = (events / time - rate) / np.sqrt(rate / time)
    else:
        chart, cases = "p_prime", rng.negative_binomial(6, 6 / 46, size) + 4.0
        events = rng.binomial(cases.astype(int), float(often.split()[1]))
        scores = share_scores(events, cases)
    found = signals_on_last(scores, moving_range_lines(scores, around_zero=True)).mean()
    # By the four rules; what a step adds is its own chance.
    stated = false_alarm_rate(chart, "share") - STEP_CHANCE

    # The most that was measured, and not much more than any of them.
    assert 0.5 * stated < found <= stated


def test_withholding_the_low_shares_makes_no_false_alarms():
    """The platform sees no quarter with fewer than five; what is left has limits of its own."""
    rng = np.random.default_rng(9011)
    cases = rng.poisson(60, (1500, N_POINTS)) + 1.0
    done = rng.binomial(cases.astype(int), 0.1) * 1.0
    done[done < 5] = np.nan
    signal = charted("share", "share", "cohort", done / cases, done, cases)
    limits = wilson(int((signal["rule"] != "none").sum()), len(signal), level=0.99)

    # Half of them lack more than a quarter of their quarters and have no limits.
    assert 500 < len(signal) < 1000
    assert signal["n_gaps"].mean() > 4
    assert limits.lower <= NORMAL
    assert limits.upper <= false_alarm_rate("xmr", "share")


def test_counts():
    signal = charted(
        "count", "count", "completed", drawn(lambda r, n: r.poisson(8.0, (n, N_POINTS)) * 1.0)
    )
    plain = np.random.default_rng(9005).poisson(8.0, (N_PLAIN, N_POINTS)) * 1.0
    plain = plain[is_charted_by_steps(plain, 1.0)]

    agree(
        signal["rule"] != "none",
        signals_on_last(plain, moving_range_lines(plain)),
        false_alarm_rate("xmr", "count"),
    )


def test_a_stock_is_judged_on_its_changes():
    def draw(rng, n_series):
        return 500 + np.round(rng.normal(0, 6, (n_series, N_POINTS)).cumsum(axis=1))

    stocks = drawn(draw)
    signal = charted("stock", "count", "open", stocks)
    changes = np.diff(draw(np.random.default_rng(9006), N_PLAIN), axis=1)

    assert set(signal["chart"]) == {"xmr_of_changes"}
    agree(
        signal["rule"] != "none",
        signals_on_last(changes, moving_range_lines(changes)),
        false_alarm_rate("xmr_of_changes", "count"),
    )
    # On the stock itself more than half the series would cry wolf.
    naive = [xmr_chart(stock).rules[-1].value != "none" for stock in stocks]
    assert np.mean(naive) > 0.5


def test_few_events_have_exact_limits():
    events = drawn(lambda r, n: r.poisson(1.0, (n, N_POINTS)))
    signal = charted("count", "count", "completed", events * 1.0)
    more = np.random.default_rng(9007).poisson(1.0, (1500, N_POINTS))

    assert set(signal["chart"]) == {"exact"}
    agree(
        signal["rule"] != "none",
        exact_signals_on_last(more, np.ones_like(more), is_share=False),
        false_alarm_rate("exact", "count"),
    )


def test_few_events_among_cases_have_exact_limits():
    events = drawn(lambda r, n: r.binomial(20, 0.05, (n, N_POINTS)))
    cases = np.full(events.shape, 20)
    signal = charted("share", "share", "cohort", events / cases, events, cases)
    more = np.random.default_rng(9008).binomial(20, 0.05, (1500, N_POINTS))

    assert set(signal["chart"]) == {"exact"}
    agree(
        signal["rule"] != "none",
        exact_signals_on_last(more, np.full_like(more, 20), is_share=True),
        false_alarm_rate("exact", "share"),
    )


@pytest.mark.parametrize("chart", ["t", "g"])
def test_gaps_between_rare_events(chart):
    def draw(rng, n_series):
        if chart == "t":
            return np.floor(rng.exponential(40.0, (n_series, N_POINTS)))
        return rng.geometric(0.05, (n_series, N_POINTS)) - 1.0

    days = tuple(date(2026, 1, 1 + place) for place in range(N_POINTS))
    rare = [
        RareSeries(f"seed_{seed}", "1", chart, "higher", days, gaps)
        for seed, gaps in zip(SEEDS, drawn(draw), strict=True)
    ]
    background = Background(
        {series.indicator: "count" for series in rare}, {}, {}, date(2026, 10, 31)
    )
    none = long_table("none", "count", "completed", np.zeros((0, N_POINTS)))
    signal = signals_of(none, background, rare).signal
    plain = draw(np.random.default_rng(9009), N_PLAIN)
    if chart == "t":
        plain = plain ** (1 / 3.6)
        expected = signals_on_last(plain, moving_range_lines(plain))
    else:
        expected = signals_on_last(plain, geometric_lines(plain))

    agree(signal["rule"] != "none", expected, false_alarm_rate(chart, "days_between"))


def test_plain_rules_and_package_name_the_same_series():
    series = np.random.default_rng(9010).normal(50, 7, (1000, N_POINTS))

    plain = signals_on_last(series, moving_range_lines(series))

    assert plain.tolist() == [xmr_chart(values).rules[-1].value != "none" for values in series]
    assert 0.01 < plain.mean() <= NORMAL
