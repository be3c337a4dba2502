"""Rare events that come in clumps: every rate stated of them, by a plain simulation.

Of each chart of rare events the product states how often a series signals whose events are so
clumped, and whose gaps so alike, while nothing changes. Here that is measured in plain numpy: on
counts that resemble their neighbours or come in bursts, and on the late cases of queues.
"""

from datetime import date, timedelta

import numpy as np
import pytest

from pipelines.signals.false_alarms import (
    EXACT_BY_DISPERSION,
    G_BY_SHAPE,
    T_BY_SHAPE,
    causes,
    false_alarm_rate,
)
from pipelines.signals.series import signal_of_events, signal_of_gaps
from pipelines.statistics.series_shape import LEAST_DISPERSION
from pipelines.wording.language import words_in
from tests.indicators.plain_charts import (
    QUARTERS,
    exact_signals_on_last,
    geometric_lines,
    moving_range_lines,
    signals_on_last,
)
from tests.indicators.plain_events import (
    T_CHART_POWER,
    counts_in_bursts,
    dispersion,
    gaps_of_late_cases,
    has_chart,
    modulated_counts,
    shape_of_gaps,
)
from tests.indicators.plain_queues import DAYS_A_MONTH, WARMING_UP, waits

LATE_SHARES = (0.03, 0.05, 0.08, 0.1)
GAPS = {"t": T_BY_SHAPE, "g": G_BY_SHAPE}


def most_by_chance(n_points):
    """What 19 in 20 independent series stay under: a chi-square by Wilson and Hilferty."""
    ninth = 2 / (9 * (n_points - 1))
    return np.maximum((1 - ninth + 1.645 * np.sqrt(ninth)) ** 3, 1.5)


def test_every_rate_stated_of_clumped_counts_is_that_of_a_plain_simulation():
    rng = np.random.default_rng(9021)
    least = [row[0] for row in EXACT_BY_DISPERSION]
    n_signals, n_series = np.zeros(len(least) + 1), np.zeros(len(least) + 1)
    for n_points in (19, 36, 57):
        for mean in (1.0, 2.0, 3.0):
            for draw in (modulated_counts, counts_in_bursts):
                events = draw(rng, 6000, n_points, mean)
                events = events[events.sum(axis=1) > 0]
                base = np.ones_like(events)
                found = dispersion(events, base, is_share=False)
                found = np.where(found >= most_by_chance(n_points), found, 0.0)
                row = np.searchsorted(least, found, side="right")
                signals = exact_signals_on_last(events, base, is_share=False)
                np.add.at(n_signals, row, signals)
                np.add.at(n_series, row, 1)
    measured = n_signals / n_series
    stated = np.array([share for _, share in EXACT_BY_DISPERSION])

    # Counts that are no more clumped than by chance: the rate of the chart holds.
    assert measured[0] <= false_alarm_rate("exact", "count")
    assert (stated - measured[1:]).min() > -0.01, measured.round(3)
    assert (stated - measured[1:]).max() < 0.03, measured.round(3)


@pytest.fixture(scope="module")
def late_cases():
    """Days of arrival, and whether late, of queues that differ in size, load and length."""
    rng = np.random.default_rng(9022)
    found = []
    for n_months in (30, 60):
        for places, handling in ((3.0, 0.0), (10.0, 4.5)):
            load = np.sort(rng.uniform(0.5, 0.95, 1800))
            arrived, days = waits(rng, len(load), n_months, load, places=places)
            days += np.floor(handling * rng.lognormal(0.0, 0.65, days.shape))
            counted = (arrived >= WARMING_UP * DAYS_A_MONTH) & (
                arrived < (WARMING_UP + n_months) * DAYS_A_MONTH
            )
            for few in np.array_split(np.arange(len(load)), 25):
                # Late is what a given share of the cases of equally busy queues is.
                terms = np.quantile(days[few], [1 - share for share in LATE_SHARES])
                for queue, term in zip(few, rng.choice(terms, len(few)), strict=True):
                    mine = counted[queue]
                    found.append((arrived[queue][mine], days[queue][mine] > term))
    return found


@pytest.mark.parametrize("chart", GAPS)
def test_every_rate_stated_of_gaps_is_that_of_the_late_cases_of_plain_queues(late_cases, chart):
    least = [row[0] for row in GAPS[chart]]
    n_signals, n_series = np.zeros((len(least), 2)), np.zeros((len(least), 2))
    for arrived, is_late in late_cases:
        gaps = gaps_of_late_cases(arrived, is_late, in_cases=chart == "g")
        if not has_chart(gaps, len(arrived), in_cases=chart == "g"):
            continue
        gaps, n = gaps[None, :], len(gaps)
        points = gaps ** (1 / T_CHART_POWER) if chart == "t" else gaps
        lines = moving_range_lines(points) if chart == "t" else geometric_lines(points)
        [[alike], _, [clumped]] = shape_of_gaps(gaps)
        alike = alike if alike > max(1.645 / np.sqrt(n) - 1 / n, 0.2) else 0.0
        cell = np.searchsorted(least, alike, side="right") - 1, int(clumped >= most_by_chance(n))
        n_signals[cell] += signals_on_last(points, lines)[0]
        n_series[cell] += 1
    measured = n_signals / n_series
    stated = np.array([shares for _, *shares in GAPS[chart]])
    chance = 2.6 * np.sqrt(stated * (1 - stated) / n_series)

    assert measured[0, 0] <= false_alarm_rate(chart, "days_between")
    difference = (stated - measured).ravel()[1:]
    assert (difference > -0.01 - chance.ravel()[1:]).all(), measured.round(3)
    assert (difference < 0.03 + chance.ravel()[1:]).all(), measured.round(3)


@pytest.mark.parametrize("chart", ["t", "g", "exact"])
@pytest.mark.parametrize("n_points", [8, 19, 57])
def test_independent_events_are_seldom_taken_for_clumped(chart, n_points):
    rng = np.random.default_rng(9023)
    days = [date(2020, 1, 1) + timedelta(days=place) for place in range(n_points)]
    shapes = []
    for _ in range(400):
        if chart == "exact":
            cases = rng.poisson(20, n_points) + 1
            events = rng.binomial(cases, 0.08)
            events[0] = max(events[0], 1)
            signal = signal_of_events(
                QUARTERS[:n_points], events, cases, is_share=True, grain="quarter"
            )
            [plain] = dispersion(events[None, :], cases[None, :], is_share=True)
        else:
            gaps = rng.geometric(0.05, n_points) - 1.0
            signal = signal_of_gaps(days, gaps, in_cases=chart == "g")
            [plain] = shape_of_gaps(gaps[None, :])[2]
        assert signal.shape.dispersion == pytest.approx(plain)
        shapes.append(signal.shape)

    assert np.mean([shape.is_clumped for shape in shapes]) < 0.08
    assert LEAST_DISPERSION == 1.5


@pytest.mark.parametrize("chart", ["t", "g", "exact"])
def test_a_clump_raises_the_rate_and_is_named(chart):
    """A clump at the end of a quiet series of counts, and of gaps many short and a few long."""
    if chart == "exact":
        signal = signal_of_events(
            QUARTERS[:19], [1, 0] * 9 + [14], [1] * 19, is_share=False, grain="quarter"
        )
    else:
        days = [date(2024, 1, 1) + timedelta(days=place) for place in range(30)]
        signal = signal_of_gaps(days, ([1.0] * 5 + [90.0]) * 5, in_cases=chart == "g")

    assert causes(chart, signal.shape) == ("clumped_events",)
    assert false_alarm_rate(chart, "count", signal.shape) > 2 * false_alarm_rate(chart, "count")


def test_the_page_of_methods_names_the_least_and_the_most():
    shares = [row[1] for row in EXACT_BY_DISPERSION]
    shares += [row[2] for rows in GAPS.values() for row in rows]
    least, most = round(100 * min(shares)), round(100 * max(shares))

    for language, said in {"nl": f"{least} tot {most}", "en": f"{least} to {most}"}.items():
        assert words_in(language).text("methods.false_alarms.clumped.n") == said
