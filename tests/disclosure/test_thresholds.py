"""Small numbers: what an audience may not see, it cannot see in any column."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disclosure.thresholds import FIGURES, ThresholdRule, apply_threshold
from pipelines.publication.audiences import AUDIENCES
from pipelines.statistics.intervals import wilson

ADVISORY = AUDIENCES["advisory"].threshold
PLATFORM = AUDIENCES["platform"].threshold
RESEARCHER = AUDIENCES["researcher"].threshold


def figure(statistic: str, numerator: float, denominator: float, value: float) -> pd.DataFrame:
    """One figure in the long contract, with an interval and a number at risk."""
    return pd.DataFrame(
        [
            {
                "statistic": statistic,
                "status": "ok",
                "numerator": numerator,
                "denominator": denominator,
                "value": value,
                "lower": value,
                "upper": value,
                "n_at_risk": denominator,
            }
        ]
    )


def status(frame: pd.DataFrame, rule: ThresholdRule) -> str:
    return str(apply_threshold(frame, rule)["status"].iloc[0])


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (10, 20, "ok"),
        (9, 20, "suppressed"),  # numerator
        (11, 20, "suppressed"),  # complement of 9
        (10, 19, "suppressed"),
        (0, 40, "suppressed"),  # nobody: would prove it of each
        (40, 40, "suppressed"),  # everybody: likewise
        (5, 9, "suppressed"),
    ],
)
def test_advisory_needs_ten_inside_and_ten_outside_a_share(
    numerator: float, denominator: float, expected: str
) -> None:
    share = figure("share", numerator, denominator, numerator / denominator)
    assert status(share, ADVISORY) == expected


@pytest.mark.parametrize(("count", "expected"), [(9, "suppressed"), (10, "ok"), (0, "suppressed")])
def test_advisory_sees_no_count_under_ten_not_even_zero(count: float, expected: str) -> None:
    assert status(figure("count", float("nan"), float("nan"), count), ADVISORY) == expected


@pytest.mark.parametrize(("count", "expected"), [(4, "suppressed"), (5, "ok"), (0, "ok")])
def test_the_platform_sees_a_true_zero_as_zero(count: float, expected: str) -> None:
    assert status(figure("count", float("nan"), float("nan"), count), PLATFORM) == expected


def test_a_median_rests_on_the_cases_that_ended() -> None:
    assert status(figure("median", 9, 200, 12.0), ADVISORY) == "suppressed"
    assert status(figure("median", 10, 200, 12.0), ADVISORY) == "ok"


def test_advisory_sees_a_median_in_whole_units_without_single_times_or_open_cases() -> None:
    shown = apply_threshold(figure("median", 30, 34, 12.4), ADVISORY).iloc[0]
    assert shown["value"] == 12
    # 34 started and 30 ended would say that 4 are open.
    assert shown[["numerator", "lower", "upper", "n_at_risk"]].isna().all()


def test_a_withheld_figure_keeps_no_number_at_all() -> None:
    withheld = apply_threshold(figure("share", 3, 20, 0.15), ADVISORY).iloc[0]
    assert withheld[FIGURES].isna().all()


def test_no_cases_and_few_cases_look_the_same_to_advisory_only() -> None:
    nothing = figure("median", 0, 0, float("nan")).assign(status="no_data")
    assert status(nothing, ADVISORY) == "suppressed"
    assert status(nothing, PLATFORM) == "no_data"


def cell(**numbers: float) -> pd.DataFrame:
    """Figures of one cell that add up to a whole, as counts."""
    return pd.concat(
        [
            figure(statistic, float("nan"), float("nan"), value).assign(
                indicator="triage_lead_time",
                view="cohort",
                clock="gross",
                side="sender",
                period_grain="quarter",
                period="2026-Q2",
                dimension="national",
                member="national",
            )
            for statistic, value in numbers.items()
        ],
        ignore_index=True,
    )


def test_no_part_is_left_over_when_the_whole_is_shown() -> None:
    shown = apply_threshold(cell(started=40, completed=38, open=2), PLATFORM)
    assert dict(zip(shown["statistic"], shown["status"], strict=True)) == {
        "started": "ok",
        "completed": "suppressed",
        "open": "suppressed",
    }


def test_ends_of_a_part_do_not_tell_how_few_are_undecided() -> None:
    """Of twelve never received two may still come: the lower end is that of twelve."""
    widened = figure("sent_never_received", 12, 60, 0.2).assign(
        lower=wilson(10, 60).lower, upper=wilson(13, 60).upper
    )
    ends = ["lower", "upper"]

    assert apply_threshold(widened, PLATFORM)[ends].to_numpy() == pytest.approx(
        np.array([wilson(12, 60)])
    )
    pd.testing.assert_frame_equal(apply_threshold(widened, RESEARCHER)[ends], widened[ends])


@pytest.mark.parametrize(
    ("ages", "withheld"),
    [
        # 30 open less 12, 9 and 6 leaves the 3 that are withheld: the 6 go along.
        ((12, 9, 6, 3, 0), {2, 3}),
        # Two small ones hide each other, and a true zero hides nothing.
        ((12, 9, 4, 3, 0), {2, 3}),
        ((12, 9, 0, 0, 0), set()),
    ],
)
def test_no_age_band_is_left_over_when_the_number_open_is_shown(
    ages: tuple[int, ...], withheld: set[int]
) -> None:
    bands = {f"open_age_{number}": n for number, n in enumerate(ages)}
    shown = apply_threshold(cell(open=sum(ages), **bands), PLATFORM)

    hidden = set(shown.loc[shown["status"] == "suppressed", "statistic"])
    assert hidden == {f"open_age_{number}" for number in withheld}


def test_a_median_does_not_tell_how_few_are_still_open() -> None:
    shown = apply_threshold(figure("median", 38, 40, 12.0), PLATFORM).iloc[0]
    assert pd.isna(shown["numerator"])
    assert shown["denominator"] == 40


@given(
    statistic=st.sampled_from(["share", "share_within_norm", "median", "p90", "count"]),
    numerator=st.integers(0, 60),
    extra=st.integers(0, 60),
)
def test_whatever_goes_in_no_shown_base_is_under_ten(
    statistic: str, numerator: int, extra: int
) -> None:
    denominator = numerator + extra
    value = numerator / denominator if denominator else float("nan")
    shown = apply_threshold(figure(statistic, numerator, denominator, value), ADVISORY).iloc[0]
    if shown["status"] == "ok":
        assert denominator >= 10
        if statistic.startswith("share"):
            assert numerator >= 10
            assert extra >= 10


def test_the_input_is_left_as_it_was() -> None:
    before = figure("share", 3, 20, 0.15)
    apply_threshold(before, ADVISORY)
    assert before["value"].iloc[0] == 0.15


@pytest.mark.parametrize(
    ("unit", "rule", "expected"),
    [
        ("findings", PLATFORM, "ok"),
        ("recommendations", PLATFORM, "ok"),
        ("persons", PLATFORM, "suppressed"),
        ("findings", ADVISORY, "suppressed"),
    ],
)
def test_a_count_of_what_the_audience_has_in_a_list_is_not_withheld(
    unit: str, rule: ThresholdRule, expected: str
) -> None:
    count = figure("count", float("nan"), float("nan"), 3).assign(unit=unit)
    assert status(count, rule) == expected


def test_who_has_no_minimum_sees_every_figure() -> None:
    small = figure("share", 1, 3, 1 / 3)

    pd.testing.assert_frame_equal(apply_threshold(small, RESEARCHER), small)


def test_an_entry_may_ask_for_more_cases_than_the_rule() -> None:
    """Thirty, where the rule of the audience would do with the twenty-nine there are."""
    enough = figure("share", 12, 29, 12 / 29)
    asked = pd.Series([30], index=enough.index)

    assert apply_threshold(enough, PLATFORM)["status"].tolist() == ["ok"]
    assert apply_threshold(enough, PLATFORM, asked)["status"].tolist() == ["suppressed"]
    assert apply_threshold(enough, PLATFORM, asked - 1)["status"].tolist() == ["ok"]
