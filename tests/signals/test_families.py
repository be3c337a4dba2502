"""Which series are judged together: members of one dimension, and shares of one base."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from pipelines.signals.background import Background
from pipelines.signals.charted import signals_of
from pipelines.signals.families import chances_of_members
from pipelines.signals.series import STEP_CHANCE, Scale, signal_of_series
from pipelines.statistics.calibration import chance_of
from pipelines.statistics.member_change import member_chances
from pipelines.statistics.span_change import span_strengths
from tests.bench.unchanged import quarters_of_a_kind

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


QUARTERS = PERIODS[3:17]
EVALUATIONS = np.array([19, 38, 31, 41, 48, 46, 48, 64, 63, 66, 61, 66, 81, 71])
STILL = (2, 5, 4, 3, 6, 5, 7, 6, 9, 7, 7, 9, 8, 9)
RISEN = (5, 3, 5, 5, 7, 2, 8, 6, 3, 13, 18, 18, 28, 20)
THEMES = ("delayed", "role", "late", "capacity", "dossier")


def theme(name, events=STILL):
    """A share of evaluations by quarter, as the researchers' table has it."""
    return pd.DataFrame(
        {
            "indicator": name, "version": "1", "statistic": "share", "view": "cohort",
            "clock": "gross", "side": "both", "unit": "share", "period_grain": "quarter",
            "period": QUARTERS, "dimension": "national", "member": "national",
            "value": np.array(events) / EVALUATIONS, "lower": np.nan, "upper": np.nan,
            "numerator": events, "denominator": EVALUATIONS, "status": "ok",
        }
    )  # fmt: skip


def charted(themes, bases):
    background = Background(
        kinds=dict.fromkeys(THEMES, "share"), directions=dict.fromkeys(THEMES, "neutral"),
        handoffs={}, reference_day=date(2026, 4, 30), bases=bases,
    )  # fmt: skip
    found = signals_of(pd.concat(themes, ignore_index=True), background)
    return found.signal.set_index("indicator"), found.points


ONE_BASE = dict.fromkeys(THEMES, "evaluations")


def test_a_theme_that_doubles_is_told_by_the_other_themes_of_the_same_evaluations():
    themes = [theme(name, RISEN if name == "delayed" else STILL) for name in THEMES]
    together, points = charted(themes, ONE_BASE)
    apart, _ = charted(themes, {})

    assert apart.loc["delayed", "rule"] == "none"
    assert together.loc["delayed", ["rule", "moved", "since"]].tolist() == ["step", "up", "2025-Q1"]
    assert together.loc["delayed", "discussion_rank"] == 1
    flagged = points[points["series_id"].str.startswith("delayed") & (points["rule"] != "none")]
    assert flagged.loc[flagged["rule"] == "step", "period"].tolist() == QUARTERS[-5:]
    assert set(together.drop("delayed")["rule"]) == {"none"}


def test_a_share_without_others_of_its_base_is_judged_by_itself():
    together, _ = charted([theme("delayed", RISEN)], ONE_BASE)
    apart, _ = charted([theme("delayed", RISEN)], {})

    assert together.loc["delayed", "p_value"] == apart.loc["delayed", "p_value"]


def test_shares_of_one_base_that_do_not_change_step_as_often_as_is_said():
    """Of 3,000 kinds of eight themes: alike and spread beyond chance as often as quarters are."""
    rng = np.random.default_rng(8)
    points, precision = quarters_of_a_kind(rng, 3_000, len(QUARTERS), 8)
    strength = span_strengths(points, precision)[0]
    chance = chance_of(strength.either, len(QUARTERS), strength.family)

    for said in (0.05, 0.02, STEP_CHANCE):
        n = int((chance <= said).sum())
        assert binomtest(n, chance.size, said, "greater").pvalue > 0.01, (said, n)
        assert n > 0.5 * said * chance.size
