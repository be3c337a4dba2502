"""Forecasting the end of a series from its beginning, and what a strength is worth."""

import csv

import numpy as np
import pytest
from scipy import stats

from pipelines.statistics import change_at_end
from pipelines.statistics.calibration import GRID, TABLE, Family, chance_of
from pipelines.statistics.change_at_end import (
    LEAST_BEFORE,
    end_strength,
    even_scores,
    growth_strength,
    length_scores,
)
from pipelines.statistics.survival import kaplan_meier_by_group
from tests.bench.calibrate import N_SERIES, row_of, unchanged_strengths
from tests.indicators.plain_queues import autoregressive

STEADY = np.tile([20.0, 22.0, 21.0, 20.5, 21.5], 8)


def up(series, **options):
    return float(end_strength(series, **{"is_positive": False, **options}).up[0])


class TestTheEnd:
    def test_without_autocorrelation_one_point_is_the_known_prediction(self, monkeypatch):
        """A new normal point: t with n - 1 degrees, spread s sqrt(1 + 1/n)."""
        monkeypatch.setattr(change_at_end, "_PHI", np.array([0.0]))
        monkeypatch.setattr(change_at_end, "_LOG_PRIOR", np.zeros((1, 1)))
        monkeypatch.setattr(change_at_end, "LENGTHS", (1,))
        before, last = STEADY[:15], 24.0
        distance = (last - before.mean()) / (before.std(ddof=1) * np.sqrt(1 + 1 / 15))

        assert up([*before, last]) == pytest.approx(-np.log10(stats.t.sf(distance, 14)))

    def test_with_a_known_autocorrelation_it_is_the_forecast_of_least_squares(self, monkeypatch):
        """Generalised least squares with the correlations written out, for a mean of three."""
        phi, n, k = 0.45, 20, 3
        monkeypatch.setattr(change_at_end, "_PHI", np.array([phi]))
        monkeypatch.setattr(change_at_end, "_LOG_PRIOR", np.zeros((1, 1)))
        monkeypatch.setattr(change_at_end, "LENGTHS", (k,))
        series = np.random.default_rng(1).normal(size=n + k)
        place = np.arange(n + k)
        alike = phi ** np.abs(place[:, None] - place)
        inverse, ones = np.linalg.inv(alike[:n, :n]), np.ones(n)
        weight = ones @ inverse @ ones
        mean = ones @ inverse @ series[:n] / weight
        spread = (series[:n] - mean) @ inverse @ (series[:n] - mean) / (n - 1)
        average = np.full(k, 1 / k)
        pull = average @ alike[n:, :n] @ inverse
        foretold = mean + pull @ (series[:n] - mean)
        error = average @ alike[n:, n:] @ average - pull @ alike[:n, n:] @ average
        error += (1 - pull @ ones) ** 2 / weight
        distance = (series[n:].mean() - foretold) / np.sqrt(spread * error)

        assert up(series) == pytest.approx(-np.log10(stats.t.sf(distance, n - 1)))

    def test_the_higher_the_end_the_stronger_and_the_other_side_is_not(self):
        found = [
            end_strength([*STEADY, STEADY.mean() + far], is_positive=True) for far in (2, 4, 8)
        ]
        high = [strength.up[0] for strength in found]

        assert high == sorted(high) and high[-1] > 4
        assert max(strength.down[0] for strength in found) < 1

    def test_alike_points_are_given_more_room(self):
        course = autoregressive(np.random.default_rng(2), 1, 40, np.array([0.8]))[0]
        shuffled = np.random.default_rng(2).permutation(course)
        higher = course.mean() + 2.5 * course.std()

        assert up([*shuffled, *[higher] * 5]) > up([*course, *[higher] * 5]) + 0.5

    def test_lopsided_values_are_judged_on_the_scale_on_which_they_are_even(self):
        days = np.random.default_rng(3).lognormal(2.0, 0.8, 50)
        far = [*days, days.max() * 1.5]
        found = end_strength(far, is_positive=True)

        assert found.up[0] < up(far) - 0.5

    def test_scale_and_unit_do_not_matter(self):
        days = np.random.default_rng(4).lognormal(2.0, 0.5, 30)
        assert up(days * 24, is_positive=True) == pytest.approx(up(days, is_positive=True))
        assert up(days * 24 + 7) == pytest.approx(up(days))

    def test_many_series_at_once_are_as_one_by_one(self):
        series = np.random.default_rng(5).gamma(3.0, size=(6, 25))
        together = end_strength(series, is_positive=True)
        alone = [end_strength(points, is_positive=True) for points in series]

        np.testing.assert_allclose(together.up, [strength.up[0] for strength in alone])
        np.testing.assert_allclose(together.down, [strength.down[0] for strength in alone])

    def test_too_few_points_say_nothing(self):
        assert up(STEADY[:LEAST_BEFORE]) == 0.0
        assert growth_strength(STEADY[:LEAST_BEFORE]).up[0] == 0.0
        with pytest.raises(ValueError, match="above zero"):
            end_strength([0.0, *STEADY], is_positive=True)


class TestEvenScores:
    def test_equal_numbers_keep_their_order_and_centre(self):
        share = np.array([0.2, 0.3, 0.4, 0.3])
        scores = even_scores(share, np.full(4, 50), is_share=True)
        assert np.argsort(scores, kind="stable").tolist() == [0, 1, 3, 2]
        assert scores[1] == pytest.approx(0.0)

    @pytest.mark.parametrize("is_share", [True, False])
    def test_spread_is_one_whatever_the_numbers(self, is_share):
        rng = np.random.default_rng(6)
        cases = np.repeat([20.0, 80.0, 320.0], 4000)
        events = rng.binomial(cases.astype(int), 0.3) if is_share else rng.poisson(0.3 * cases)
        scores = even_scores(events / cases, cases, is_share=is_share).reshape(3, -1)
        np.testing.assert_allclose(scores.std(axis=1), 1.0, atol=0.05)


class TestWhatAStrengthIsWorth:
    @pytest.mark.parametrize("family", list(Family))
    def test_it_falls_with_the_strength_and_has_no_end(self, family):
        strengths = np.linspace(0.0, 20.0, 81)
        for n_points in (7, 13, 19, 57, 300):
            chances = chance_of(strengths, n_points, family)
            assert chances[0] == 1.0
            assert (np.diff(chances) <= 0).all()
            assert 0 < chances[-1] < 1e-5

    def test_the_table_is_what_its_command_makes(self):
        """One row of it, in seconds: `python -m tests.bench.calibrate` makes them all."""
        with TABLE.open(encoding="utf-8") as file:
            checked_in = {tuple(row[:2]): row[2:] for row in csv.reader(file)}
        made = row_of(Family.GROWTH, 7, N_SERIES)
        np.testing.assert_allclose(
            np.array(made[2:], float), np.array(checked_in["growth", "7"], float), atol=0.002
        )

    def test_a_strength_on_the_grid_is_read_from_it(self):
        exact, between = (chance_of([3.0], n_points, Family.SCORES)[0] for n_points in (15, 18))
        after = chance_of([3.0], 22, Family.SCORES)[0]
        assert min(exact, after) <= between <= max(exact, after)
        assert 3.0 in GRID

    @pytest.mark.parametrize("family", list(Family))
    @pytest.mark.parametrize("n_points", [17, 48])
    def test_over_all_kinds_series_come_so_far_as_often_as_is_said(self, family, n_points):
        """Fresh series, of lengths between those of the table."""
        chance = chance_of(unchanged_strengths(family, n_points, 20_000, 7), n_points, family)

        for level in (0.1, 0.02, 0.005):
            ratio = (chance <= level).mean() / level
            # Three standard errors, and a tenth for the lengths between.
            room = 0.1 + 3.0 / np.sqrt(level * chance.size)
            assert 1 - room <= ratio <= 1 + room, (level, ratio)

    @pytest.mark.parametrize(
        ("n_points", "phi"), [(17, 0.0), (17, 0.4), (17, 0.55), (48, 0.0), (48, 0.4), (48, 0.55)]
    )
    def test_no_plain_kind_is_far_from_what_is_said(self, n_points, phi):
        """Series the table was not made of; `make bench-signals` does the same for every kind."""
        rng = np.random.default_rng(7)
        series = np.exp(0.2 * autoregressive(rng, 8000, n_points, np.full(8000, phi)))
        chance = chance_of(end_strength(series, is_positive=True).either, n_points, Family.VALUES)

        assert 0.3 < (chance <= 0.01).mean() / 0.01 < 3.0
        assert 0.5 < (chance <= 0.05).mean() / 0.05 < 2.5

    @pytest.mark.parametrize("n_points", [11, 19])
    def test_nor_are_shares_and_rates_by_chance_alone(self, n_points):
        rng = np.random.default_rng(9)
        cases = rng.negative_binomial(6, 6 / 46, (20_000, n_points)) + 4.0
        share = rng.binomial(cases.astype(int), 0.3) / cases
        scores = even_scores(share, cases, is_share=True)
        found = end_strength(scores, is_positive=False, is_counted=True)
        chance = chance_of(found.either, n_points, Family.COUNTED)

        assert 0.03 / 2 < (chance <= 0.05).mean() <= 0.05
        assert 0.001 < (chance <= 0.01).mean() <= 0.01

    @pytest.mark.parametrize("n_cases", [8, 60])
    def test_nor_are_lengths_of_time_by_what_their_own_intervals_say(self, n_cases):
        """Medians of cohorts, in whole days, of cases that are all of one kind."""
        rng = np.random.default_rng(10)
        n_series, n_points = 600, 19
        cases = rng.poisson(n_cases, (n_series, n_points)) + 2
        cohort = np.repeat(np.arange(cases.size), cases.ravel())
        days = np.floor(rng.lognormal(np.log(9.0), 0.7, cohort.size))
        found = kaplan_meier_by_group(days, np.ones(cohort.size, bool), cohort, cases.size)
        value, lower, upper = (
            limits[:, 0].reshape(cases.shape) + 0.5
            for limits in (found.quantiles, found.quantile_lower, found.quantile_upper)
        )
        scores = np.stack([*map(length_scores, value, lower, upper, cases)])
        strength = end_strength(scores, is_positive=False, is_counted=True)
        chance = chance_of(strength.either, n_points, Family.COUNTED)

        assert 0.75 < scores.std() < 1.05
        assert 0.02 < (chance <= 0.1).mean() <= 0.1
        assert (chance <= 0.01).mean() <= 0.01

    def test_lengths_of_which_few_have_limits_say_it_themselves(self):
        lower, cases = np.array([5.0, 6.0, np.nan, np.nan, np.nan]), np.full(5, 20)

        assert length_scores(np.full(5, 8.0), lower, 2 * lower, cases) is None
        assert length_scores(np.arange(5.0), np.full(5, 1.0), np.full(5, 9.0), cases) is None

    def test_a_theme_named_thrice_as_often_is_told_from_a_dozen_quarters(self):
        """How widely shares spread by chance is known; eleven values alone are too few to say."""
        named = [5, 9, 6, 10, 9, 11, 21, 23, 35, 20, 38]
        held = [45, 39, 49, 65, 60, 70, 71, 58, 68, 58, 79]
        scores = even_scores(np.divide(named, held), held, is_share=True)
        counted = end_strength(scores, is_positive=False, is_counted=True)
        alone = end_strength(scores, is_positive=False)

        assert chance_of(counted.up, 11, Family.COUNTED)[0] < 0.0005
        assert chance_of(alone.up, 11, Family.SCORES)[0] > 0.002

    def test_a_course_that_rose_fourfold_is_no_chance(self):
        """Sixteen quarters, the last eight of which rise evenly: what a backlog looks like."""
        waits = [28.3, 27.3, 26.1, 35.3, 21.3, 31.6, 28.3, 32.0]
        waits += [37.6, 46.3, 49.9, 66.8, 77.4, 85.2, 104.5, 118.5]
        found = end_strength(waits, is_positive=True)

        assert chance_of(found.up, 16, Family.VALUES)[0] < 0.002

    def test_stocks_whose_flows_are_alike_keep_growing_no_thrice_as_often_as_is_said(self):
        rng = np.random.default_rng(8)
        for phi in (0.0, 0.3, 0.5):
            changes = autoregressive(rng, 8000, 40, np.full(8000, phi))
            chance = chance_of(growth_strength(changes).either, 40, Family.GROWTH)
            assert (chance <= 0.02).mean() < 3.0 * 0.02
