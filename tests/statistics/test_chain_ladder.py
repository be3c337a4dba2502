"""How far a count that is still registered may grow, against the published example."""

import numpy as np
import pytest

from pipelines.statistics.chain_ladder import (
    Development,
    count_limits,
    develop,
    growth,
    share_limits,
)

# Taylor, Ashe (1983), as in Mack (1993): incremental claims by year of accident and development.
TAYLOR_ASHE = [
    [357848, 766940, 610542, 482940, 527326, 574398, 146342, 139950, 227229, 67948],
    [352118, 884021, 933894, 1183289, 445745, 320996, 527804, 266172, 425046],
    [290507, 1001799, 926219, 1016654, 750816, 146923, 495992, 280405],
    [310608, 1108250, 776189, 1562400, 272482, 352053, 206286],
    [443160, 693190, 991983, 769488, 504851, 470639],
    [396132, 937085, 847498, 805037, 705960],
    [440832, 847631, 1131398, 1063269],
    [359480, 1061648, 1443370],
    [376686, 986608],
    [344014],
]


@pytest.fixture(scope="module")
def triangle() -> np.ndarray:
    found = np.full((10, 10), np.nan)
    for at, row in enumerate(TAYLOR_ASHE):
        found[at, : len(row)] = np.cumsum(row)
    return found


@pytest.fixture(scope="module")
def development(triangle: np.ndarray) -> Development:
    return develop(triangle, of_counts=False)


def test_factors_are_those_of_the_published_example(development):
    expected = [3.4906, 1.7473, 1.4574, 1.1739, 1.1038, 1.0863, 1.0539, 1.0766, 1.0177]

    assert development.factors == pytest.approx(expected, abs=5e-5)


# Reserve and standard error in thousands, of the accident years 2 to 10 (Mack 1993, table 3).
@pytest.mark.parametrize(
    ("year", "reserve", "standard_error"),
    [(2, 95, 76), (3, 470, 122), (4, 710, 134), (5, 985, 261), (6, 1419, 411), (7, 2178, 558),
     (8, 3920, 875), (9, 4279, 971), (10, 4626, 1363)],
)  # fmt: skip
def test_what_one_year_may_still_become_is_that_of_mack(
    triangle, development, year, reserve, standard_error
):
    age = 10 - year
    found = growth(development, triangle[[year - 1], age], np.array([age]))

    assert found.expected / 1000 == pytest.approx(reserve, abs=0.6)
    assert np.sqrt(found.variance) / 1000 == pytest.approx(standard_error, abs=0.6)


def test_years_together_share_the_uncertainty_of_their_factors(triangle, development):
    """Mack gives 18,681 and 2,447 thousand for all years."""
    ages = np.arange(9, -1, -1)
    found = growth(development, triangle[np.arange(10), ages], ages)

    assert found.expected / 1000 == pytest.approx(18_681, abs=1)
    assert np.sqrt(found.variance) / 1000 == pytest.approx(2_447, abs=1)


def test_where_nothing_ever_came_later_nothing_is_expected():
    found = develop(np.array([[5.0, 5.0, 5.0], [3.0, 3.0, np.nan], [4.0, np.nan, np.nan]]))
    still = growth(found, np.array([4.0]), np.array([0]))

    assert (still.expected, still.variance) == (0.0, 0.0)
    no = np.zeros(1)
    assert count_limits(np.array([4.0]), no, no, no, 0.9) == (4.0, 4.0)


def test_a_few_periods_that_grew_alike_do_not_make_it_certain():
    """Ten of ten cases came later each time: by chance it could have been nine or twelve."""
    alike = np.array([[10.0, 20.0]] * 3)

    assert develop(alike, of_counts=False).sigma2.tolist() == [0.0]
    assert develop(alike).sigma2.tolist() == [2.0]


def test_a_history_that_begins_later_gives_the_factors_of_what_it_saw():
    """Of periods before the first delivery only later ages are known."""
    found = develop(np.array([[np.nan, 10.0, 11.0], [8.0, 10.0, 10.0], [8.0, 12.0, np.nan]]))

    assert found.factors.tolist() == [22 / 16, 21 / 20]
    assert found.weights.tolist() == [16.0, 20.0]


def test_a_share_that_cases_join_alike_stays_where_it_is():
    unit = np.ones(1)
    lower, upper = share_limits((30 * unit, 10 * unit), (unit, 2 * unit), (0 * unit, 0 * unit), 0.9)

    odds = lower / (1 - lower) * upper / (1 - upper)
    assert odds == pytest.approx(9.0)
    assert 0.6 < lower[0] < 0.75 < upper[0] < 0.9


def test_cases_that_turn_inside_raise_a_share():
    unit = np.ones(1)
    lower, upper = share_limits(
        (30 * unit, 10 * unit), (0 * unit, 0 * unit), (4 * unit, 4 * unit), 0.9
    )

    odds = lower / (1 - lower) * upper / (1 - upper)
    assert np.sqrt(odds) == pytest.approx(34 / 6)


def test_limits_hold_what_counts_became_in_nine_of_ten(rng_seed=1):
    """Small counts, registered with a lag: of a month and of the quarter with it."""
    rng = np.random.default_rng(rng_seed)
    n_months, n_ages, reported = 24, 6, np.array([0.5, 0.25, 0.12, 0.08, 0.05])
    within = {"month": 0, "quarter": 0}
    n_runs = 400
    for _ in range(n_runs):
        events = rng.poisson(8, n_months)
        later = np.stack([rng.multinomial(n, reported) for n in events]).cumsum(axis=1)
        full = np.concatenate([later, later[:, -1:]], axis=1).astype(float)
        ages = n_months - 1 - np.arange(n_months)
        seen = np.where(np.arange(n_ages) <= ages[:, None], full, np.nan)
        development = develop(seen)
        for name, months in (("month", slice(-1, None)), ("quarter", slice(-3, None))):
            current = full[np.arange(n_months), np.minimum(ages, n_ages - 1)][months]
            still = growth(development, current, ages[months])
            n = np.array([max(current.sum(), 0.5)])
            lower, upper = count_limits(
                np.array([current.sum()]),
                np.array([still.expected]) / n,
                np.array([still.process]) / n,
                np.array([still.parameter]) / n**2,
                0.9,
            )
            within[name] += bool(lower[0] <= events[months].sum() <= upper[0])
    assert all(0.87 * n_runs <= n <= 0.97 * n_runs for n in within.values()), within
