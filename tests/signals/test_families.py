"""Which series are judged together: members of one dimension and measure, on one kind of chart."""

import numpy as np
import pytest

from pipelines.signals.families import chances_of_members
from pipelines.signals.series import Scale, signal_of_series
from pipelines.statistics.member_change import member_chances

PERIODS = [f"{year}-Q{quarter}" for year in range(2022, 2027) for quarter in range(1, 5)]
FAMILY = ("indicator", "statistic", "view", "side", "period_grain", "dimension", "chart")


def member(rng, *, rise=0.0, scale=Scale.VALUES, **row):
    """A row of `signal` and its chart: medians of sixteen cases, the last four of which rose."""
    days = np.exp(2.0 + 0.2 * rng.standard_normal(len(PERIODS)))
    days[-4:] *= np.exp(rise)
    chart = signal_of_series(
        PERIODS, days, grain="quarter", scale=scale, base=np.full(len(PERIODS), 16.0)
    )
    return dict.fromkeys(FAMILY, "same") | row, chart


def judged(*members):
    return [(row["name"], chance) for row, chance in chances_of_members(members)]


def test_members_of_one_dimension_are_judged_together():
    rng = np.random.default_rng(1)
    still = [member(rng, name=f"still {place}") for place in range(5)]
    moved = member(rng, rise=1.0, name="moved")
    every = [*still, moved]
    together = member_chances(
        [chart.even for _, chart in every], [chart.cases for _, chart in every]
    )

    [(name, chance)] = [(name, chance) for name, chance in judged(*every) if name == "moved"]

    assert chance == pytest.approx(together.up[-1])
    assert chance < moved[1].p_value
    assert (name, moved[1].side) == ("moved", 1)


@pytest.mark.parametrize("other", FAMILY)
def test_what_is_not_of_the_same_measure_and_dimension_is_another_family(other):
    rng = np.random.default_rng(2)

    assert (
        judged(member(rng, rise=1.0, name="moved"), member(rng, name="other", **{other: "else"}))
        == []
    )


def test_a_stock_keeps_the_chance_of_its_own_series():
    rng = np.random.default_rng(3)
    stocks = [member(rng, rise=1.0, scale=Scale.CHANGES, name="stock") for _ in range(3)]

    assert [chart.even.size for _, chart in stocks] == [0, 0, 0]
    assert judged(*stocks) == []


def test_durations_spread_evenly_as_logarithms_and_counts_as_roots():
    days = np.tile([4.0, 9.0, 25.0, 16.0], 5)
    of_cases = signal_of_series(PERIODS, days, grain="quarter", base=np.full(20, 8.0))
    counts = signal_of_series(PERIODS, days, grain="quarter")
    nothing = signal_of_series(PERIODS, days - 4.0, grain="quarter", base=np.full(20, 8.0))

    assert of_cases.even == pytest.approx(np.log(days))
    assert of_cases.cases.tolist() == [8.0] * 20
    assert counts.even == pytest.approx(2.0 * np.sqrt(days))
    assert counts.cases.tolist() == [1.0] * 20
    # A duration of no time at all has no logarithm: the member is judged alone.
    assert nothing.even.size == 0


def test_with_too_few_others_a_member_keeps_the_chance_of_its_own_series():
    rng = np.random.default_rng(4)
    family = [member(rng, name=f"still {place}") for place in range(3)]
    moved = member(rng, rise=1.5, name="moved")

    assert moved[1].side == 1
    assert "moved" in dict(judged(*family, moved))
    assert "moved" not in dict(judged(*family[1:], moved))


def test_a_member_with_too_few_points_keeps_it_too():
    """Else whoever joined last year could not be told for another year and a half."""
    rng = np.random.default_rng(5)
    family = [member(rng, name=f"still {place}") for place in range(5)]
    days = np.exp(2.0 + np.array([0.1, -0.1, 0.05, -0.05, 0.0, 1.5]))
    chart = signal_of_series(PERIODS[-6:], days, grain="quarter", base=np.full(6, 16.0))
    young = (dict.fromkeys(FAMILY, "same") | {"name": "young"}, chart)

    assert chart.side == 1
    assert "young" not in dict(judged(*family, young))
