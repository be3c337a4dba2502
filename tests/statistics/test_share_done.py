"""A whole curve with its limits is what each of its times gives alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.statistics.competing import aalen_johansen
from pipelines.statistics.survival import kaplan_meier_by_group, share_done

AML = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
CASES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=25)
FOLLOWED = st.none() | st.integers(0, 14).map(float)


def test_at_every_completion_of_a_known_curve():
    curve = share_done(*AML)
    done = dict(zip(curve.times, 1 - curve.share, strict=True))
    survival = [done[time] for time in (9, 13, 18, 23, 31, 34, 48)]
    assert survival == pytest.approx([0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=5e-4)
    assert curve.n_at_risk.tolist() == [11, 10, 8, 7, 6, 5, 4, 3, 2, 1]
    assert (curve.lower < curve.share).all() and (curve.share < curve.upper).all()


@given(CASES, FOLLOWED)
def test_a_point_of_the_curve_is_the_share_within_a_norm_of_that_length(cases, followed):
    durations, causes = np.array(cases, float).T
    completed = causes == 1
    curve = share_done(durations, completed, followed=followed)
    for position, time in enumerate(curve.times):
        alone = kaplan_meier_by_group(
            durations,
            completed,
            np.zeros(durations.size, int),
            1,
            norm=time,
            followed=None if followed is None else [followed],
        )
        assert curve.share[position] == 1 - alone.survival_at_norm[0]
        assert curve.lower[position] == 1 - alone.survival_at_norm_upper[0]
        assert curve.upper[position] == 1 - alone.survival_at_norm_lower[0]
        assert curve.n_at_risk[position] == alone.n_at_risk_at_norm[0]


@given(CASES, FOLLOWED)
def test_a_point_of_an_incidence_is_what_its_time_gives_alone(cases, followed):
    durations, causes = np.array(cases, float).T
    estimate = aalen_johansen(durations, causes, n_causes=2, followed=followed)
    curve = estimate.share_done(1)
    for position, time in enumerate(curve.times):
        assert curve.share[position] == estimate.at(1, time)
        limits = curve.lower[position], curve.upper[position]
        assert limits == pytest.approx(estimate.interval_at(1, time), abs=1e-12)
        assert curve.n_at_risk[position] == estimate.at_risk_at(time)


def test_without_cases_there_is_no_curve():
    assert share_done([], []).times.size == 0
    assert aalen_johansen([], [], n_causes=2).share_done(2).times.size == 0
