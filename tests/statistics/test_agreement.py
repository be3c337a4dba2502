"""Agreement of coders: Krippendorff's alpha and its interval."""

import math

import numpy as np
import pytest

from pipelines.statistics.agreement import krippendorff_alpha

NONE = math.nan
# The sample of the krippendorff library: three coders, fifteen units.
SAMPLE = [
    [NONE, NONE, NONE, NONE, NONE, 3, 4, 1, 2, 1, 1, 3, 3, NONE, 3],
    [1, NONE, 2, 1, 3, 3, 4, 3, NONE, NONE, NONE, NONE, NONE, NONE, NONE],
    [NONE, NONE, 2, 1, 3, 4, 4, NONE, 2, 1, 1, 3, 3, NONE, 4],
]
# The worked example of Krippendorff (2011), four coders; published ordinal alpha .815.
ORDINAL = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
]


def test_reference_values():
    assert f"{krippendorff_alpha(SAMPLE, 'nominal').alpha:.6f}" == "0.691358"
    assert f"{krippendorff_alpha(SAMPLE, 'interval').alpha:.6f}" == "0.810845"
    assert f"{krippendorff_alpha(ORDINAL, 'ordinal').alpha:.3f}" == "0.815"


def test_only_units_with_two_codes_count():
    result = krippendorff_alpha(SAMPLE, "nominal")
    # Three units have one code or none: the 1st, 2nd and 14th.
    assert (result.n_units, result.n_coders) == (12, 3)


def test_a_theme_of_two_coders_worked_by_hand():
    # Ten evaluations, one disagreement; 9 of the 20 codes are ones.
    # Observed disagreement 1/10, expected 2·9·11/(20·19).
    first, second = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    expected = 1 - (1 / 10) / (2 * 9 * 11 / (20 * 19))
    assert krippendorff_alpha([first, second], "nominal").alpha == pytest.approx(expected)


def test_the_interval_is_repeatable_and_follows_the_seed():
    same = [krippendorff_alpha(SAMPLE, "nominal", seed=1) for _ in range(2)]
    other = krippendorff_alpha(SAMPLE, "nominal", seed=2, n_resamples=50)
    assert same[0] == same[1]
    assert (other.lower, other.upper) != (same[0].lower, same[0].upper)


def test_the_interval_encloses_alpha_and_narrows_with_more_units():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, 400)
    codes = np.array([np.where(generator.random(400) < 0.1, 1 - truth, truth) for _ in range(2)])
    few = krippendorff_alpha(codes[:, :40], "nominal")
    many = krippendorff_alpha(codes, "nominal")
    for result in (few, many):
        assert result.lower < result.alpha < result.upper
    assert many.upper - many.lower < (few.upper - few.lower) / 2


def test_coders_who_agree_no_more_than_chance_score_about_zero():
    codes = np.random.default_rng(5).integers(0, 2, (2, 300))
    result = krippendorff_alpha(codes, "nominal")
    assert result.lower < 0 < result.upper


def test_alpha_is_undefined_without_pairs_or_without_variation():
    no_pairs = krippendorff_alpha([[1, NONE], [NONE, 2]], "nominal")
    one_value = krippendorff_alpha([[0, 0, 0], [0, 0, 0]], "nominal")
    for result in (no_pairs, one_value, krippendorff_alpha(np.empty((2, 0)), "nominal")):
        assert (result.alpha, result.lower, result.upper) == (None, None, None)


def test_resamples_without_variation_are_left_out_and_counted():
    # A theme that occurs once in five evaluations is missing from a third of the resamples.
    result = krippendorff_alpha([[1, 0, 0, 0, 0]] * 3, "nominal", n_resamples=500)
    assert result.alpha == 1.0
    assert result.n_resamples + result.n_undefined == 500
    assert 0.25 < result.n_undefined / 500 < 0.41


def test_two_coders_who_always_agreed_may_yet_disagree():
    result = krippendorff_alpha([[1, 1, 0, 0, 0, 0, 0, 0, 0, 0]] * 2, "nominal")
    assert (result.alpha, result.upper, result.n_undefined) == (1.0, 1.0, 0)
    assert 0.2 < result.lower < 0.8


def test_the_measure_of_distance_does_not_matter_to_two_values():
    codes = [[1, 0, 0, 1, 0, 0, 1, 0], [1, 0, 1, 1, 0, 0, 0, 0]]
    found = {krippendorff_alpha(codes, measure) for measure in ("nominal", "ordinal", "interval")}
    assert len({(round(result.lower, 9), round(result.upper, 9)) for result in found}) == 1


@pytest.mark.parametrize("alpha", [0.4, 0.667, 0.9])
def test_the_interval_of_a_rare_theme_holds_the_truth(alpha):
    """Prevalence 0.1 and 20 units, where the percentile bootstrap held it 0.73 of the time."""
    prevalence, n_units = 0.1, 20
    apart = 2 * prevalence * (1 - prevalence) * (1 - alpha)
    both = prevalence - apart / 2
    generator = np.random.default_rng(8)
    held = []
    for _ in range(600):
        counts = generator.multinomial(n_units, [1 - both - apart, both, apart])
        first = np.repeat([0, 1, 1], counts)
        second = np.repeat([0, 1, 0], counts)
        found = krippendorff_alpha([first, second], "nominal", n_resamples=400)
        if found.alpha is not None:
            held.append(found.lower <= alpha <= found.upper)
    assert np.mean(held) >= 0.93


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="coders by units"):
        krippendorff_alpha([1, 2, 3], "nominal")
    with pytest.raises(ValueError, match="level"):
        krippendorff_alpha(SAMPLE, "nominal", level=95)
