"""Kaplan-Meier for many groups at once: bit for bit what each group gives alone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.statistics.survival import kaplan_meier_by_group
from tests.examples import examples
from tests.statistics.single_curve import kaplan_meier

N_GROUPS = 4
ROWS = st.lists(
    st.tuples(
        st.integers(0, 18),
        st.booleans(),
        st.integers(-1, N_GROUPS - 1),
        st.integers(1, 3),
    ),
    max_size=60,
)
TIMES = st.lists(
    st.one_of(st.just(math.nan), st.floats(0, 20), st.integers(0, 18).map(float)),
    min_size=N_GROUPS,
    max_size=N_GROUPS,
)
PROBABILITIES = (0.25, 0.5, 0.9)


# Clocks in hours have all digits; it is their sums that miss a round number by the last one.
HOURS = st.lists(
    st.tuples(
        st.integers(0, 4000).map(lambda hundredths: hundredths / 100),
        st.sampled_from(["done", "open"]),
        st.integers(0, N_GROUPS - 1),
    ),
    max_size=40,
)


@examples(200)
@given(HOURS, st.sampled_from([24.0, 7.0, 0.1 + 0.2]), st.integers(1, 10**6))
def test_what_is_published_lies_within_its_own_limits(rows, tau, copies):
    """To the last digit: an interval that does not hold its own figure stops a publication."""
    durations, status, codes = zip(*rows, strict=True) if rows else ((), (), ())
    figures = kaplan_meier_by_group(
        durations,
        np.equal(status, "done") if rows else [],
        codes,
        N_GROUPS,
        counts=[copies] * len(rows),
        norm=tau,
        tau=tau,
    )

    def is_known(values):
        return values[~np.isnan(values)]

    assert (is_known(figures.rmst) <= tau).all()
    assert (is_known(figures.rmst) >= 0).all()
    for value, lower, upper in (
        (figures.rmst, figures.rmst_lower, figures.rmst_upper),
        (figures.quantiles, figures.quantile_lower, figures.quantile_upper),
        (
            figures.survival_at_norm,
            figures.survival_at_norm_lower,
            figures.survival_at_norm_upper,
        ),
    ):
        assert not (lower > value).any()
        assert not (upper < value).any()


def number(value):
    return math.nan if value is None else value


def assert_each_group_equals_itself_alone(rows, norm, tau, *, with_counts, followed=None):
    table = np.array(rows, dtype=float).reshape(-1, 4)
    durations, observed, codes, counts = table.T
    observed = observed.astype(bool)
    grouped = kaplan_meier_by_group(
        durations,
        observed,
        codes,
        N_GROUPS,
        counts=counts if with_counts else None,
        probabilities=PROBABILITIES,
        norm=norm,
        tau=tau,
        followed=followed,
    )
    for g in range(N_GROUPS):
        own = codes == g
        curve = kaplan_meier(
            durations[own],
            observed[own],
            counts=counts[own] if with_counts else None,
            followed=None if followed is None else followed[g],
        )
        assert grouped.n[g] == curve.n
        assert grouped.n_events[g] == curve.n_events.sum()
        alone = [curve.quantile(p) for p in PROBABILITIES]
        ends = [curve.quantile_interval(p, kind="beta-product") for p in PROBABILITIES]
        np.testing.assert_array_equal(grouped.quantiles[g], [number(q) for q in alone])
        np.testing.assert_array_equal(grouped.quantile_lower[g], [number(e[0]) for e in ends])
        np.testing.assert_array_equal(grouped.quantile_upper[g], [number(e[1]) for e in ends])
        at_norm = (math.nan,) * 4
        if not math.isnan(norm[g]):
            interval = [number(end) for end in curve.interval_at(norm[g], kind="beta-product")]
            at_norm = (number(curve.at(norm[g])), *interval, curve.at_risk_at(norm[g]))
        found = (
            grouped.survival_at_norm[g],
            grouped.survival_at_norm_lower[g],
            grouped.survival_at_norm_upper[g],
            grouped.n_at_risk_at_norm[g],
        )
        np.testing.assert_array_equal(found, at_norm)
        restricted = (None, None) if math.isnan(tau[g]) else curve.rmst(tau[g])
        found = (grouped.rmst[g], grouped.rmst_se[g])
        np.testing.assert_array_equal(found, [number(r) for r in restricted])
        by_itself = kaplan_meier_by_group(
            durations[own],
            observed[own],
            np.zeros(own.sum(), dtype=int),
            1,
            counts=counts[own] if with_counts else None,
            tau=tau[g],
            followed=None if followed is None else [followed[g]],
        )
        np.testing.assert_array_equal(grouped.rmst_lower[g], by_itself.rmst_lower[0])
        np.testing.assert_array_equal(grouped.rmst_upper[g], by_itself.rmst_upper[0])


@examples(200)
@given(ROWS, TIMES, TIMES, st.booleans(), st.one_of(st.none(), TIMES))
def test_every_figure_of_every_group(rows, norm, tau, with_counts, followed):
    assert_each_group_equals_itself_alone(
        rows, norm, tau, with_counts=with_counts, followed=followed
    )


def test_groups_of_hundreds_of_different_durations():
    # Long groups, where numpy would switch to summing in blocks.
    generator = np.random.default_rng(0)
    n = 3000
    rows = np.column_stack(
        (
            generator.exponential(8, n),
            generator.random(n) < 0.7,
            generator.integers(0, N_GROUPS, n),
            generator.integers(1, 4, n),
        )
    )
    norm, tau = [1.0, 5.0, 9.0, 14.0], [2.0, 7.0, 11.0, 30.0]
    assert_each_group_equals_itself_alone(rows, norm, tau, with_counts=True)


def test_no_rows_at_all():
    grouped = kaplan_meier_by_group([], [], [], 2, norm=5, tau=10)
    assert grouped.n.tolist() == [0, 0]
    assert np.isnan(grouped.quantiles).all()
    assert np.isnan(grouped.survival_at_norm).all()
    assert grouped.n_at_risk_at_norm.tolist() == [0, 0]


def test_a_negative_code_leaves_the_row_out():
    grouped = kaplan_meier_by_group([1, 2, 9], [1, 1, 1], [0, 0, -1], 1)
    assert grouped.n.tolist() == [2]
    assert grouped.last_follow_up.tolist() == [2]


def test_one_norm_serves_all_groups_or_each_has_its_own():
    durations, observed, codes = [1, 2, 1, 2], [1, 1, 1, 1], [0, 0, 1, 1]
    same = kaplan_meier_by_group(durations, observed, codes, 2, norm=1)
    own = kaplan_meier_by_group(durations, observed, codes, 2, norm=[1, 2])
    assert same.survival_at_norm.tolist() == [0.5, 0.5]
    assert own.survival_at_norm.tolist() == [0.5, 0.0]


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="code 2 does not fit 2 groups"):
        kaplan_meier_by_group([1], [1], [2], 2)
    with pytest.raises(ValueError, match="norm must be a scalar or hold 2 values"):
        kaplan_meier_by_group([1], [1], [0], 2, norm=[1, 2, 3])
    with pytest.raises(ValueError, match="tau must hold finite times"):
        kaplan_meier_by_group([1], [1], [0], 2, tau=-1)
    with pytest.raises(ValueError, match="group_codes has shape"):
        kaplan_meier_by_group([1], [1], [0, 1], 2)
