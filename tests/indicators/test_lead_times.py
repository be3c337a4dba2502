"""Every published lead time equals its recomputation from what the files say, read perfectly.

Parametrised over the hand-offs of the seed: a hand-off more is checked without another line.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from tests.indicators.conftest import REFERENCE, PublishedChain
from tests.indicators.recompute.figures import (
    AGES,
    COUNTED,
    KEYS,
    NATIONAL,
    QUANTILES,
    cells,
    is_running,
)
from tests.indicators.recompute.handoffs import DIMENSIONS_OF_CASES, DIMENSIONS_OF_RECORDS
from tests.indicators.recompute.milestones import read_seed

SEEDS_DIR = Path(__file__).parents[2] / "dbt_project" / "seeds" / "bewaken_beveiligen"
HANDOFFS = read_seed(SEEDS_DIR, "handoffs")["handoff_id"].tolist()
SHOWN = [*KEYS[1:], "value", "value_published", "numerator", "denominator"]
SHOWN += ["numerator_published", "denominator_published"]
SHOWN += ["lower", "lower_published", "upper", "upper_published"]
OF_COHORTS = ("value", "lower", "upper", "numerator", "denominator")


def of(chain: PublishedChain, handoff: str, *, view: str, statistics: set[str]) -> pd.DataFrame:
    rows = chain.lead_times
    mine = (rows["handoff_id"] == handoff) & (rows["view"] == view)
    return rows[mine & rows["statistic"].isin(statistics)]


def differences(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Figures published only, recomputed only, or with other numbers."""
    is_other = rows["found_in"] != "both"
    for column in columns:
        ours, theirs = rows[column].astype(float), rows[f"{column}_published"].astype(float)
        is_other |= ~np.isclose(ours, theirs, rtol=1e-9, atol=1e-9, equal_nan=True)
    return rows[is_other]


def assert_same(rows: pd.DataFrame, columns: tuple[str, ...] = ("value",)) -> None:
    other = differences(rows, columns)
    assert other.empty, f"{len(other)} of {len(rows)}:\n{other[SHOWN].head(12).to_string()}"


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_every_occurrence_itself(published_chain, handoff):
    """Row by row: a period may hide that of two occurrences each has the other's length."""
    ours = published_chain.handoffs.query("handoff_id == @handoff")
    theirs = published_chain.occurrences.query("handoff_id == @handoff")
    names = {"norm": "norm_value", "net_norm": "net_norm_duration"}
    members = [*DIMENSIONS_OF_CASES, *DIMENSIONS_OF_RECORDS, "organisation"]
    lengths = ["duration", "norm_duration", "norm_value", "net_duration", "net_norm_duration"]
    columns = ["status", "start_date", "stop_date", *members]
    both = [
        rows.rename(columns=names)
        .reindex(columns=[*columns, *lengths])
        .assign(**{name: lambda rows, name=name: rows[name].astype(object) for name in members})
        .fillna({name: "" for name in members})
        .round(dict.fromkeys(lengths, 6))
        .sort_values([*columns, *lengths])
        .reset_index(drop=True)
        for rows in (ours, theirs)
    ]
    pd.testing.assert_frame_equal(*both, check_dtype=False, atol=1e-5)


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_median_and_p90_of_the_start_cohort(published_chain, handoff):
    rows = of(published_chain, handoff, view="cohort", statistics=set(QUANTILES))

    assert_same(rows, OF_COHORTS)


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_restricted_mean_of_the_start_cohort(published_chain, handoff):
    rows = of(published_chain, handoff, view="cohort", statistics={"rmst"})

    assert_same(rows, OF_COHORTS)
    shown = rows[rows["value_published"].notna()]
    assert (shown["lower_published"] < shown["upper_published"]).all(), "never of zero width"


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_share_within_the_norm_of_the_start_cohort(published_chain, handoff):
    rows = of(published_chain, handoff, view="cohort", statistics={"share_within_norm"})

    assert_same(rows, OF_COHORTS)


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_figures_of_what_was_completed_in_the_period(published_chain, handoff):
    quantiles = of(published_chain, handoff, view="completed", statistics=set(QUANTILES))
    within = of(published_chain, handoff, view="completed", statistics={"share_within_norm"})

    assert_same(quantiles, ("value", "numerator", "denominator"))
    assert_same(within, OF_COHORTS)


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_numbers_started_ended_open_and_set_aside(published_chain, handoff):
    statistics = {"started", *COUNTED, "negative", "stop_only", "stop_unknown", "paused"}

    assert_same(of(published_chain, handoff, view="cohort", statistics=statistics))


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_what_is_still_open_at_period_end_and_for_how_long(published_chain, handoff):
    rows = of(published_chain, handoff, view="open", statistics={"open", "median_age_days", *AGES})

    assert_same(rows)


def test_every_handoff_has_figures_and_every_figure_a_handoff(published_chain):
    rows = published_chain.lead_times

    assert set(rows.loc[rows["found_in"] == "both", "handoff_id"]) == set(HANDOFFS)
    assert set(rows["dimension"]) <= set(read_seed(SEEDS_DIR, "dimension_members")["dimension"]), (
        "dimensions come from the seed"
    )


def test_a_figure_that_cannot_be_given_says_why(published_chain):
    rows = published_chain.lead_times
    rows = rows[rows["found_in"] == "both"]
    # The running quarter and year of 31 October 2026 still grow; October itself is over.
    running = rows["period"].map(lambda period: is_running(period, REFERENCE))
    missing = rows["value_published"].isna()

    assert set(rows.loc[running, "period"]) == {"2026-Q4", "2026"}
    assert missing[running].all()
    assert set(rows.loc[running, "status"]) == {"too_recent"}
    assert set(rows.loc[~running & missing, "status"]) == {"not_reached", "too_recent"}
    assert set(rows.loc[~missing, "status"]) == {"ok"}


@pytest.mark.parametrize("handoff", ["K13", "K20", "K21"])
def test_kaplan_meier_of_every_quarter_equals_lifelines(published_chain, handoff):
    """Lifelines has no midpoint of R's: the median is compared where no curve is flat at a half."""
    rows = published_chain.handoffs
    rows = rows[(rows["handoff_id"] == handoff) & rows["status"].isin(COUNTED)]
    figures = of(published_chain, handoff, view="cohort", statistics={"median"})
    is_headline = (figures["dimension"] == NATIONAL) & (figures["clock"] == "gross")
    figures = figures[is_headline & (figures["period_grain"] == "quarter")].set_index("period")
    n_compared = 0
    for (grain, period, _, _), here in cells(rows, "start_date", []):
        if grain != "quarter" or is_running(period, REFERENCE):
            continue
        part = rows.iloc[here]
        fitted = KaplanMeierFitter().fit(part["duration"], part["status"] == "completed")
        curve = fitted.survival_function_["KM_estimate"]
        published = figures.loc[period]
        if not np.isclose(curve, 0.5).any() and pd.notna(published["value_published"]):
            assert published["value_published"] == curve.index[curve <= 0.5][0]
            n_compared += 1
    assert n_compared > 2
