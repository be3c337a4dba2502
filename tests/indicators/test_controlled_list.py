"""The list for discussion holds few false items, whatever the number of series looked at.

The chance of an indicator is simulated on series that nothing happened to; what is one item and
what is listed is told in small tables.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import log_ndtr

from pipelines.signals.agenda import LEVEL, chance_of, series_weights, with_agenda
from pipelines.signals.background import Background

RUNS = 40_000
# Nineteen of twenty unchanged series have no rule fired, and so a chance of 1.
FIRED = 0.05
MEMBERS = {"national": 1, "parket": 10, "phenomenon": 6, "route": 2}
MEASURES = ("median", "p90", "share_within_norm", "rmst")


def a_series(indicator, p_value=1.0, **other):
    """One row of `signal`: a median by quarter that rose by five days, unless told otherwise."""
    return {
        "indicator": indicator,
        "statistic": "median",
        "period_grain": "quarter",
        "dimension": "national",
        "member": "national",
        "chart": "xmr",
        "rule": "outside" if p_value < 1.0 else "none",
        "period": "2026-Q3",
        "n_points": 19,
        "rebased_on": None,
        "moved": "up",
        "variation": "concern",
        "warnings": "",
        "difference": 5.0,
        "is_headline": True,
        "evidence": -np.log10(p_value),
        "p_value": p_value,
        **other,
    }


def background(*indicators, kind="lead_time", **other):
    """A register of these, and a hundred in all."""
    kinds = {**{f"quiet_{place}": "share" for place in range(100 - len(indicators))}}
    kinds |= dict.fromkeys(indicators, kind)
    handoffs = other.pop("handoffs", {})
    return Background(
        {**kinds, **other.pop("kinds", {})}, {}, handoffs, date(2026, 10, 31), **other
    )


def listed(rows, *args, **kwargs):
    """The list as `{lead: indicators told under it}`, in order."""
    found = with_agenda(pd.DataFrame(rows), background(*args, **kwargs))
    up = found[found["discussion_rank"].notna()].sort_values("discussion_rank", kind="stable")
    return {
        item: list(dict.fromkeys(own["indicator"])) for item, own in up.groupby("item", sort=False)
    }


@pytest.fixture(scope="module")
def one_indicator():
    """The series of a lead time: by month and quarter, of eighteen members in three dimensions."""
    rows = [
        a_series("a", statistic=measure, period_grain=grain, dimension=dimension, member=f"{place}",
                 is_headline=measure == "median")
        for dimension, n in MEMBERS.items()
        for place in range(n)
        for grain in ("month", "quarter")
        if dimension == "national" or grain == "quarter"
        for measure in MEASURES
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_forty_members_are_one_more_look_and_not_forty(one_indicator):
    weight = series_weights(one_indicator)

    assert weight.sum() == pytest.approx(1.0)
    by_dimension = weight.groupby(one_indicator["dimension"]).sum()
    assert by_dimension["national"] == pytest.approx(0.5)
    assert by_dimension["parket"] == pytest.approx(0.5 / 3)
    own = one_indicator[["dimension", "period_grain", "statistic"]].agg(".".join, axis=1)
    assert weight[own == "national.quarter.median"].iloc[0] == pytest.approx(1 / 8)
    assert weight[own == "national.quarter.p90"].iloc[0] == pytest.approx(1 / 24)


def test_what_began_too_recently_to_be_judged_weighs_nothing():
    """A norm was changed in April: the share within it cannot tell yet, the median can."""
    share = {"statistic": "share_within_norm", "is_headline": True}
    rows = [a_series("a", is_headline=False), a_series("a", rebased_on=date(2026, 4, 1), **share)]

    assert series_weights(pd.DataFrame(rows)).tolist() == [1.0, 0.0]
    rows[1] |= {"rebased_on": date(2025, 1, 1)}
    assert series_weights(pd.DataFrame(rows)).tolist() == [0.5, 0.5]
    rows[1] |= {"rebased_on": None, "n_points": 3}
    assert series_weights(pd.DataFrame(rows)).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("dependence", ["none", "of one cause", "parts of a whole", "opposite"])
def test_the_chance_of_an_indicator_is_one(one_indicator, dependence):
    """Series without any change: their chance is at most x in a share x of the runs."""
    weight = series_weights(one_indicator).to_numpy()
    n = len(weight)
    rng = np.random.default_rng(n + len(dependence))
    reached = {level: 0 for level in (0.001, 0.005, 0.01)}
    for _ in range(RUNS // 10_000):
        z = rng.standard_normal((10_000, n))
        cause = rng.standard_normal((10_000, 1))
        if dependence == "of one cause":
            z = np.sqrt(0.4) * z + np.sqrt(0.6) * cause
        elif dependence == "parts of a whole":
            is_part = (one_indicator["dimension"] != "national").to_numpy()
            whole = z[:, is_part].sum(axis=1, keepdims=True) / np.sqrt(is_part.sum())
            z[:, ~is_part] = np.sqrt(0.1) * z[:, ~is_part] + np.sqrt(0.9) * whole
        elif dependence == "opposite":
            # What one member gains another loses.
            z = (z - z.mean(axis=1, keepdims=True)) * np.sqrt(n / (n - 1))
        chance = 2.0 * norm_tail(np.abs(z))
        chance = np.where(chance <= FIRED, chance, 1.0)
        own = chance_of(chance, weight)
        for level in reached:
            reached[level] += int((own <= level).sum())

    for level, n_reached in reached.items():
        # Three standard errors of the simulation.
        most = level * RUNS + 3.0 * np.sqrt(level * RUNS)
        assert n_reached <= most, (level, n_reached / RUNS)


def norm_tail(z):
    """Upper tail of the normal distribution."""
    return np.exp(log_ndtr(-z))


def test_a_tenth_of_what_is_listed_is_false_at_most():
    rng = np.random.default_rng(11)
    told, false = 0, []
    for _ in range(RUNS // 1_000):
        # A hundred indicators of two series each that depend on one another; six of them moved.
        z = np.sqrt(0.7) * rng.standard_normal((100, 2))
        z += np.sqrt(0.3) * rng.standard_normal((1, 2))
        z[:6] += 5.0
        chance = 2.0 * norm_tail(np.abs(z))
        chance = np.where(chance <= FIRED, chance, 1.0)
        rows = [
            a_series(f"{'true' if place < 6 else 'false'}_{place:02}", p_value, dimension=member)
            for place in range(100)
            for member, p_value in zip(("national", "route"), chance[place], strict=True)
        ]
        items = list(listed(rows, *dict.fromkeys(row["indicator"] for row in rows)))
        told += sum(item.startswith("true") for item in items)
        false.append(sum(item.startswith("false") for item in items) / max(len(items), 1))

    assert told / (6 * len(false)) > 0.9
    assert np.mean(false) <= LEVEL + 3.0 * np.std(false) / np.sqrt(len(false))


def test_more_indicators_that_moved_let_weaker_ones_through():
    weak = a_series("weak", 0.004)
    strong = [a_series(f"strong_{place}", 1e-6) for place in range(4)]

    assert listed([weak], "weak") == {}
    names = [row["indicator"] for row in strong]
    assert list(listed([weak, *strong], "weak", *names)) == [*names, "weak"]


def test_how_many_are_looked_at_is_fixed_by_the_register_and_not_by_what_has_a_chart():
    row = a_series("a", 0.003)

    assert listed([row], "a") == {}
    few = Background({"a": "lead_time"}, {}, {}, date(2026, 10, 31))
    assert with_agenda(pd.DataFrame([row]), few)["discussion_rank"].tolist() == [1]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"difference": 0.9}, "smaller than matters"),
        ({"difference": -0.9}, "smaller than matters, downwards"),
        ({"warnings": "last_period_missing"}, "of a period long past"),
        ({"rule": "none"}, "no rule"),
        ({"difference": 0.04, "statistic": "share_within_norm"}, "four percentage points"),
    ],
)
def test_what_says_nothing_is_drawn_and_never_listed(row, why):
    rows = [a_series("a", 1e-9, **row)]

    assert listed(rows, "a", smallest={"a": 1.0}) == {}, why


def test_a_difference_of_exactly_what_matters_does():
    rows = [a_series("a", 1e-9, difference=1.0), a_series("b", 1e-9, difference=-1.0)]

    assert list(listed(rows, "a", "b", smallest={"a": 1.0, "b": 1.0})) == ["a", "b"]


def test_agreement_stands_under_the_lead_time_of_its_hand_off():
    rows = [a_series("time", 1e-5), a_series("agreed", 1e-9, statistic="matched")]
    both = {"handoffs": {"time": "K41", "agreed": "K41"}, "kinds": {"agreed": "reconciliation"}}

    assert listed(rows, "time", **both) == {"time": ["time", "agreed"]}
    # Where only agreement moved it is what the item is about.
    quiet = [a_series("time"), rows[1]]
    assert listed(quiet, "time", **both) == {"agreed": ["agreed"]}


def test_a_balancing_measure_that_moved_too_stands_under_its_indicator():
    rows = [a_series("speed", 1e-9), a_series("care", 1e-5)]
    balanced = {"balancing": {"speed": "care"}}

    assert listed(rows, "speed", "care", **balanced) == {"speed": ["speed", "care"]}
    assert listed([rows[0], a_series("care")], "speed", "care", **balanced) == {"speed": ["speed"]}
    assert list(listed(rows, "speed", "care")) == ["speed", "care"]


@pytest.mark.parametrize(
    ("other", "is_one"),
    [
        ({}, True),
        ({"variation": "improvement"}, False),
        ({"period": "2026-Q2"}, False),
        ({"member": "amsterdam", "dimension": "parket"}, False),
    ],
    ids=["the same way", "the other way", "in another period", "of another part"],
)
def test_hand_offs_of_the_same_cases_that_move_together_are_one_item(other, is_one):
    rows = [a_series("sent", 1e-9), a_series("complete", 1e-7, **other)]

    items = listed(rows, "sent", "complete", same_cases=(("sent", "complete"),))

    assert len(items) == (1 if is_one else 2)
    assert next(iter(items)) == "sent"
    assert list(listed(rows, "sent", "complete")) == ["sent", "complete"]


def test_what_moves_along_with_an_item_takes_nothing_from_it():
    """What is one item is found afterwards, and is no reason to list less."""
    strong = [a_series(f"strong_{place}", 1e-6) for place in range(4)]
    own = a_series("sent", 0.004)
    along = a_series("complete", 0.08)
    names = ["sent", "complete", *(row["indicator"] for row in strong)]
    together = {"same_cases": (("sent", "complete"),)}

    assert listed([own, *strong], *names, **together)["sent"] == ["sent"]
    assert listed([own, along, *strong], *names, **together)["sent"] == ["sent", "complete"]


def test_the_series_that_carries_an_item_is_told_however_many_members_there_are():
    # One of forty: weak beside so many, and all there is to say.
    rows = [
        a_series("a", 0.02 if place == 0 else 1.0, dimension="parket", member=f"{place:02}")
        for place in range(40)
    ]
    few = Background({"a": "lead_time"}, {}, {}, date(2026, 10, 31))
    assert with_agenda(pd.DataFrame(rows), few)["discussion_rank"].isna().all()

    rows[0] = a_series("a", 1e-3, dimension="parket", member="00")
    found = with_agenda(pd.DataFrame(rows), few)

    assert found.loc[found["discussion_rank"].notna(), "member"].tolist() == ["00"]
    assert found["evidence"].max() == pytest.approx(3.0 - np.log10(40), abs=1e-3)
    assert found["item_p_value"].dropna().tolist() == pytest.approx([1.4 * 0.0385], rel=0.01)


def test_p90_is_told_only_where_the_measure_of_the_icons_is_quiet():
    beside = a_series("a", 1e-6, statistic="p90", is_headline=False)

    def told(of_median):
        found = with_agenda(pd.DataFrame([a_series("a", of_median), beside]), background("a"))
        return found.loc[found["discussion_rank"].notna(), "statistic"].tolist()

    assert told(1e-5) == ["median"]
    assert told(1.0) == ["p90"]


def test_a_register_without_a_single_chart_has_an_empty_list():
    quiet = a_series("a", chart="none", evidence=0.0, p_value=np.nan, rule="none")

    assert listed([quiet], "a") == {}
