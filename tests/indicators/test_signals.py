"""The table of signals: which series are charted, why others are not, what is up for discussion."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.signals.agenda import DEPENDENCE
from pipelines.signals.background import Background, Norm, Rebase
from pipelines.signals.charted import signals_of
from pipelines.signals.tables import POINT_COLUMNS, SIGNAL_COLUMNS
from tests.indicators.plain_charts import QUARTERS

PERIODS = [quarter for quarter in QUARTERS if "2022-Q1" <= quarter <= "2026-Q3"]
N = len(PERIODS)
ORDINARY = np.tile([10.0, 13.0, 9.0, 12.0, 11.0], 4)[:N]
BACKGROUND = {
    "kinds": {"fast": "lead_time", "part": "share", "many": "flow", "stock": "stock"},
    "directions": {"fast": "lower", "part": "higher", "many": "neutral", "stock": "neutral"},
    "handoffs": {"fast": "K01"},
    "reference_day": date(2026, 10, 31),
}


def rows(indicator, statistic, value, *, view="cohort", member="national", status="ok", **figures):
    """One series in the long contract."""
    nothing = dict.fromkeys(("lower", "upper", "numerator", "denominator"), np.nan)
    columns = {**nothing, **figures}
    return pd.DataFrame(
        {
            "indicator": indicator,
            "version": "1",
            "statistic": statistic,
            "view": view,
            "clock": "gross",
            "side": "both",
            "unit": "share" if statistic.startswith("share") else "calendar_days",
            "period_grain": "quarter",
            "period": PERIODS[: len(value)],
            "dimension": "national" if member == "national" else "parket",
            "member": member,
            "value": np.asarray(value, float),
            "status": status,
            **columns,
        }
    )


def one_of(results, **background):
    """The one row of a table with one series."""
    found = signals_of(results, Background(**{**BACKGROUND, **background})).signal
    assert len(found) == 1
    return found.iloc[0]


def test_nothing_in_gives_two_empty_tables_of_the_same_form():
    found = signals_of(rows("fast", "median", []), Background(**BACKGROUND))

    assert list(found.signal.columns) == list(SIGNAL_COLUMNS)
    assert list(found.points.columns) == list(POINT_COLUMNS)
    assert found.signal.empty and found.points.empty


def test_a_name_says_which_series_which_rule_and_when():
    found = one_of(rows("fast", "median", [*ORDINARY[:-1], 60.0]))

    assert found["series_id"] == "fast.median.cohort.both.quarter.national.national"
    assert found["signal_id"] == f"{found['series_id']}.outside.2026-Q3"
    assert (found["variation"], found["moved"], found["since"]) == ("concern", "up", "2026-Q3")


def test_a_running_period_takes_no_part():
    results = rows("fast", "median", ORDINARY)
    running = results.tail(1).assign(period="2026-Q4", value=90.0, status="too_recent")

    assert one_of(pd.concat([results, running]))["period"] == "2026-Q3"


def test_a_cohort_not_followed_for_its_horizon_takes_no_part():
    found = one_of(rows("fast", "median", ORDINARY), horizons={"fast": 45.0})

    assert (found["period"], found["warnings"]) == ("2026-Q2", "still_followed")


def test_limits_begin_after_the_periods_of_a_start_up():
    cases = np.array([4.0, 14.0, *[60.0] * (N - 2)])
    share = np.array([0.0, 0.6, *np.tile([0.20, 0.24, 0.22], N)[: N - 2]])
    results = rows("part", "share", share, numerator=share * cases, denominator=cases)
    found = signals_of(results, Background(**BACKGROUND))

    assert found.points["period"].tolist() == PERIODS[2:]
    assert (found.signal["n_points"].item(), found.signal["n_gaps"].item()) == (N - 2, 0)
    assert found.signal["warnings"].item() == "few_at_start"
    assert found.points["upper"].max() < 0.4


def test_what_was_withheld_before_the_first_figure_is_no_gap():
    # Seldom mentioned at first: nine of nineteen quarters are withheld from who sees no few.
    status = np.where(np.arange(N) < 9, "suppressed", "ok")
    share = np.tile([0.20, 0.24, 0.22], N)[:N]
    results = rows("part", "share", share, numerator=60 * share, denominator=60.0, status=status)
    found = signals_of(results, Background(**BACKGROUND))

    assert found.points["period"].tolist() == PERIODS[9:]
    assert (found.signal["chart"].item(), found.signal["n_gaps"].item()) == ("p_prime", 0)
    assert "few_at_start" in found.signal["warnings"].item()


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param([15.0, *[60.0] * (N - 1)], id="a quarter of the usual is enough"),
        pytest.param([60.0, 4.0, *[60.0] * (N - 2)], id="few cases later on are no start-up"),
        pytest.param([np.nan, 4.0, *[60.0] * (N - 2)], id="nor are they after a withheld period"),
        pytest.param([np.nan] * N, id="where nobody says how many, nothing is left out"),
    ],
)
def test_nothing_else_is_left_out(cases):
    share = np.tile([0.20, 0.34, 0.26], N)[:N]
    results = rows("part", "share", share, numerator=30.0, denominator=cases)
    found = signals_of(results, Background(**BACKGROUND))

    assert "few_at_start" not in found.signal["warnings"].item()
    assert found.signal["period"].item() == PERIODS[-1]


def test_the_state_a_case_has_today_is_no_series():
    # Only the newest quarter has recommendations that were merely issued: it always will.
    issued = np.array([0.0] * (N - 1) + [4.0])
    results = rows("few", "count", issued, member="uitgebracht", unit="cases")
    by_state = results.assign(dimension="recommendation_state", view="completed")
    by_parket = results.assign(dimension="parket", view="completed")
    background = Background(**{**BACKGROUND, "kinds": {"few": "count"}, "directions": {}})

    assert signals_of(by_parket, background).signal["rule"].tolist() == ["outside"]
    assert signals_of(by_state, background).signal.empty


def test_completed_views_and_years_are_not_charted():
    results = rows("fast", "median", ORDINARY)
    context = results.assign(view="completed")
    years = results.assign(period_grain="year", period=[f"{2000 + n}" for n in range(N)])
    rolling = results.assign(period_grain="rolling_12m")
    net = results.assign(clock="net")

    found = signals_of(pd.concat([context, years, rolling, net]), Background(**BACKGROUND))

    assert found.signal.empty


def test_a_quantile_not_reached_hands_over_to_the_share_within_norm():
    values, status = ORDINARY.copy(), np.full(N, "ok", object)
    values[-2], status[-2] = np.nan, "not_reached"
    share = np.tile([0.6, 0.5, 0.7, 0.65], 5)[:N]
    results = pd.concat(
        [
            rows("fast", "median", values, status=status),
            rows("fast", "share_within_norm", share, numerator=60 * share, denominator=60.0),
        ]
    )
    norm = Norm("K01", "calendar_days", 14.0, date(2022, 1, 1), None)

    found = signals_of(results, Background(**BACKGROUND, norms=(norm,))).signal
    found = found.set_index("statistic")

    assert found.loc["median", "reason"] == "quantile_not_reached"
    assert found.loc["median", "instead"] == "share_within_norm"
    assert not found.loc["median", "is_headline"]
    assert found.loc["share_within_norm", "is_headline"]
    # Fewer days is better, so a higher share is.
    assert found.loc["share_within_norm", "direction"] == "higher"


def test_without_a_norm_it_is_the_restricted_mean():
    results = pd.concat(
        [
            rows("fast", "median", ORDINARY, status=["not_reached", *["ok"] * (N - 1)]),
            rows("fast", "rmst", ORDINARY + 0.3),
        ]
    )

    found = signals_of(results, Background(**BACKGROUND)).signal.set_index("statistic")

    assert found.loc["median", "instead"] == "rmst"
    assert found.loc["rmst", "is_headline"]


def test_a_median_that_moves_by_single_days_has_no_limits():
    assert one_of(rows("fast", "median", np.tile([1.0, 1.0, 2.0, 1.0], 5)[:N]))["reason"] == (
        "too_coarse"
    )
    # Constant but for one quarter: screening would leave limits on the mean itself.
    assert one_of(rows("fast", "median", [*[0.0] * 7, 15.0, *[0.0] * (N - 8)]))["reason"] == (
        "too_coarse"
    )


def test_few_events_get_exact_limits_and_enough_get_moving_ranges():
    few, enough = np.tile([0, 1, 2, 0], 5)[:N], np.tile([6, 9, 7, 8], 5)[:N]

    def chart_of(events):
        return one_of(rows("part", "share", events / 40, numerator=events, denominator=40.0))

    assert chart_of(few)["chart"] == "exact"
    assert chart_of(enough)["chart"] == "p_prime"
    # Nearly all is as sparse as nearly none.
    assert chart_of(40 - few)["chart"] == "exact"


def test_how_many_events_there_are_is_judged_of_what_came_after_a_rebase():
    events = np.array([*[20, 24, 22, 26] * 3, *[0, 1, 2, 0, 1, 1, 0]])[:N] * 1.0
    results = rows("part", "share", events / 40, numerator=events, denominator=40.0)
    rebase = Rebase(date(2025, 1, 1), "part", "")

    assert one_of(results)["chart"] == "p_prime"
    assert one_of(results, rebases=(rebase,))["chart"] == "exact"


def test_a_handful_of_events_among_thousands_comes_in_clumps():
    few = np.tile([0, 1, 2, 0], 5)[:N]
    found = one_of(rows("part", "share", few / 9000, numerator=few, denominator=9000.0))

    assert (found["chart"], found["reason"]) == ("none", "too_sparse")


def test_a_quarter_of_gaps_is_too_many():
    status = np.where(np.arange(N) % 3 == 0, "no_data", "ok")

    assert one_of(rows("fast", "median", ORDINARY, status=status))["reason"] == "too_many_gaps"


def test_a_stock_is_charted_on_its_changes():
    found = one_of(rows("stock", "count", 500 + 3 * ORDINARY, view="open"))

    assert (found["chart"], found["assurance"]) == ("xmr_of_changes", "none")


def test_assurance_takes_the_norm_of_the_last_period_in_the_unit_of_the_clock():
    old = Norm("K01", "calendar_days", 14.0, date(2022, 1, 1), date(2025, 12, 31))
    new = Norm("K01", "calendar_days", 2.0, date(2026, 1, 1), None)
    other_unit = Norm("K01", "working_days", 2.0, date(2026, 1, 1), None)
    results = rows("fast", "median", ORDINARY)

    found = one_of(results, norms=(old, new))
    assert (found["norm"], found["assurance"]) == (2.0, "consistently_failing")
    assert one_of(results, norms=(old, other_unit))["assurance"] == "none"


def test_a_changed_norm_is_said_at_a_share_within_it():
    norms = (
        Norm("K01", "calendar_days", 14.0, date(2022, 1, 1), date(2025, 12, 31)),
        Norm("K01", "calendar_days", 10.0, date(2026, 1, 1), None),
    )
    share = np.tile([0.6, 0.5, 0.7, 0.65], 5)[:N]
    results = rows("fast", "share_within_norm", share, numerator=60 * share, denominator=60.0)

    assert "norm_changed" in one_of(results, norms=norms)["warnings"]
    rebase = Rebase(date(2026, 1, 1), "fast", "")
    assert "norm_changed" not in one_of(results, norms=norms, rebases=(rebase,))["warnings"]


def test_a_stricter_norm_is_no_worsening_of_the_share_within_it():
    norms = (
        Norm("K01", "calendar_days", 14.0, date(2022, 1, 1), date(2024, 12, 31)),
        Norm("K01", "calendar_days", 10.0, date(2025, 1, 1), None),
    )
    before, after = np.tile([0.80, 0.78, 0.82, 0.79], 5), np.tile([0.46, 0.44, 0.48, 0.45], 5)
    share = np.where(np.array(PERIODS) < "2025", before[:N], after[:N])
    results = rows("fast", "share_within_norm", share, numerator=60 * share, denominator=60.0)

    assert one_of(results)["rule"] != "none"
    found = one_of(results, norms=norms)
    assert (found["rule"], found["variation"]) == ("none", "common_cause")
    assert found["rebased_on"] == date(2025, 1, 1)


def test_only_the_note_of_its_own_indicator_or_hand_off_rebases():
    day = date(2025, 1, 1)
    results = rows("fast", "median", ORDINARY)

    def rebased(**note):
        return one_of(results, rebases=(Rebase(day, **note),))["rebased_on"]

    assert rebased(indicator="fast", handoff_id="K01") == day
    assert rebased(indicator="", handoff_id="K01") == day
    assert rebased(indicator="other", handoff_id="K01") is None
    assert rebased(indicator="", handoff_id="K02") is None


def test_a_member_has_to_beat_the_number_of_members_looked_at():
    high = [*ORDINARY[:-1], 20.0]
    national = one_of(rows("fast", "median", high))
    members = signals_of(
        pd.concat(
            [
                rows("fast", "median", high if place == 0 else ORDINARY, member=f"m{place}")
                for place in range(80)
            ]
        ),
        Background(**BACKGROUND),
    ).signal

    assert (national["rule"], national["discussion_rank"]) == ("outside", 1)
    first = members[members["member"] == "m0"].iloc[0]
    assert (first["rule"], first["n_compared"]) == ("outside", 80)
    # Eighty members tell better how little they vary than one series does, and are eighty looks.
    assert first["p_value"] < 0.1 * national["p_value"]
    assert first["item_p_value"] == pytest.approx(80 * DEPENDENCE * first["p_value"], rel=0.01)
    assert national["item_p_value"] == pytest.approx(national["p_value"])


def test_indicators_are_ranked_by_their_strongest_signal_and_members_are_not():
    strong, weak = [*ORDINARY[:-1], 60.0], [*ORDINARY[:-1], 24.0]
    background = {**BACKGROUND, "kinds": {"a": "lead_time", "b": "lead_time"}}
    background["directions"] = {"a": "lower", "b": "lower"}
    results = pd.concat(
        [
            rows("a", "median", weak),
            rows("b", "median", ORDINARY),
            rows("b", "median", strong, member="limburg"),
            rows("b", "median", strong, member="amsterdam"),
        ]
    )

    found = signals_of(results, Background(**background)).signal
    rank = found.set_index(["indicator", "member"])["discussion_rank"]

    assert rank["b", "limburg"] == rank["b", "amsterdam"] == 1
    assert rank["a", "national"] == 2
    assert pd.isna(rank["b", "national"])


@pytest.mark.parametrize("minimum", [0, 5])
def test_no_point_and_no_limit_rests_on_a_withheld_figure(minimum):
    events = np.tile([9, 12, 8, 11, 3], 4)[:N]
    results = rows("part", "share", events / 40, numerator=events * 1.0, denominator=40.0)
    results = results.assign(lower=0.0, upper=1.0, n_at_risk=np.nan)
    is_withheld = results["numerator"] < minimum
    numbers = ["numerator", "denominator", "value", "lower", "upper"]
    protected = results.assign(status=results["status"].mask(is_withheld, "suppressed"))
    protected.loc[is_withheld, numbers] = np.nan
    shown = protected.loc[protected["status"] == "ok", "period"]

    found = signals_of(protected, Background(**BACKGROUND))
    points = found.points.set_index("period")

    assert set(points.index[points["value"].notna()]) == set(shown)
    known = points["value"].dropna().astype(float)
    assert points["centre"].iloc[-1] == pytest.approx(known.mean())
    assert (len(shown) < N) == bool(minimum)


@pytest.mark.parametrize(
    ("newest", "is_confirmed"), [(30.0, True), (9.0, False)], ids=["as high", "back again"]
)
def test_a_newer_figure_than_the_chart_holds_supports_the_signal_or_not(newest, is_confirmed):
    # Followed for ninety days: the last quarter is too young for the chart, and has a figure.
    results = rows("fast", "median", [*ORDINARY[:-2], 40.0, newest])
    row = one_of(results, horizons={"fast": 90.0})

    assert (row["period"], row["moved"]) == (PERIODS[-2], "up")
    assert (row["newest_period"], row["newest_value"]) == (PERIODS[-1], newest)
    assert row["is_confirmed"] == is_confirmed


def test_without_a_signal_or_a_newer_figure_nothing_is_to_be_confirmed():
    quiet = one_of(rows("fast", "median", ORDINARY))
    newest = one_of(rows("fast", "median", [*ORDINARY[:-1], 40.0]))

    assert pd.isna(quiet["is_confirmed"])
    assert newest["is_confirmed"] and newest["newest_period"] == newest["period"]


@pytest.mark.parametrize(
    ("last", "rule"),
    [([160.0], "outside"), ([109.0, 107.0] * 4, "shift")],
    ids=["a point", "a run"],
)
def test_a_difference_is_that_of_the_point_or_of_the_whole_run(last, rule):
    values = np.concatenate([np.tile([96.0, 110.0], 10)[: N - len(last)], last])
    row = one_of(rows("many", "count", values, view="completed").assign(unit="cases"))

    assert row["rule"] == rule
    assert row["difference"] == pytest.approx(np.mean(last) - values.mean())


def test_the_difference_of_a_stock_adds_up_over_its_run():
    # Ten a quarter as it used to, then eight times thirteen: twenty-four more than expected, less
    # what the run itself adds to the usual change.
    changes = np.concatenate([np.tile([13.0, 7.0], 10)[: N - 9], [12.0, 14.0] * 4])
    stock = np.cumsum([100.0, *changes])
    row = one_of(rows("stock", "count", stock, view="open").assign(unit="persons"))

    assert row["rule"] == "shift"
    assert row["difference"] == pytest.approx(8 * (13.0 - changes.mean()))


def test_a_stock_that_kept_growing_differs_from_where_that_began():
    stock = 20 + 5.0 * np.arange(N) + np.tile([0.0, 2.0, 1.0], 7)[:N]
    row = one_of(rows("stock", "count", stock, view="open").assign(unit="persons"))

    assert (row["rule"], row["moved"], row["reason"]) == ("growth", "up", "growth")
    assert row["difference"] == pytest.approx(stock[-1] - stock[0])
    assert row["p_value"] < 0.01
