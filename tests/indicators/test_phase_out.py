"""Phase-out: other exits compete, and who stays is censored.

Here: cumulative incidence of full phase-out against Aalen-Johansen written out, and what a single
curve would wrongly say.
"""

import numpy as np
import pytest

from tests.indicators.conftest import REFERENCE
from tests.indicators.recompute.counts import incidence
from tests.indicators.recompute.figures import Curve, is_running
from tests.indicators.recompute.marts import STANDING, episodes, person_time
from tests.indicators.register import entries

CELL = ["period_grain", "period", "dimension", "member", "statistic"]
INCIDENCES = entries("cumulative_incidence")


@pytest.mark.parametrize("entry", INCIDENCES, ids=lambda entry: entry["id"])
def test_cumulative_incidence_of_every_start_cohort(published_chain, entry):
    ours = incidence(entry, published_chain.tables, REFERENCE, published_chain.window)
    is_going_on = ours["period"].map(lambda period: is_running(period, REFERENCE))
    ours.loc[is_going_on, ["value", "lower", "upper"]] = np.nan
    theirs = published_chain.published_of(entry["id"])

    both = ours.merge(theirs, on=CELL, how="outer", suffixes=("", "_published"), indicator=True)
    other = both["_merge"] != "both"
    for column in ("value", "lower", "upper", "numerator", "denominator"):
        published = both[f"{column}_published"].astype(float)
        other |= ~np.isclose(both[column].astype(float), published, rtol=1e-9, equal_nan=True)
    shown = [*CELL, "numerator", "denominator", "value", "value_published"]
    assert not other.any(), both.loc[other, shown].head(12).to_string()


@pytest.mark.parametrize("entry", INCIDENCES, ids=lambda entry: entry["id"])
def test_a_window_nobody_has_completed_gives_no_figure(published_chain, entry):
    """Who started in the last quarter cannot have been followed for two years."""
    rows = published_chain.published_of(entry["id"])
    late = rows[(rows["period"] == "2026-Q3") & (rows["statistic"] == "cumulative_incidence_24m")]
    late = late[late["period_grain"] == "quarter"]

    assert len(late)
    assert late["value"].isna().all()
    assert set(late["status"]) == {"too_recent"}


def test_censoring_the_other_exits_would_say_too_much(published_chain):
    rows = episodes(published_chain.tables, REFERENCE)
    duration = rows["duration_days"].to_numpy(float)
    states = {"phase_out": "completed", "other_exit": "competing", "open": "open"}
    status = rows["cause"].map(states).to_numpy(object)
    competing = Curve.estimate(duration, status).share_by(730)
    censored = Curve.estimate(duration, np.where(status == "competing", "open", status))

    assert (status == "competing").any()
    assert competing < censored.share_by(730)


def test_the_standing_measures_of_category_one_are_left_out(published_chain):
    rows = published_chain.published_of("phase_out_incidence")

    assert STANDING not in set(rows["member"])


def test_person_time_of_all_months_adds_up_to_the_episodes(published_chain):
    tables = published_chain.tables
    in_months = person_time(tables, REFERENCE)["days_at_risk"].sum()

    assert in_months == episodes(tables, REFERENCE)["duration_days"].sum()
