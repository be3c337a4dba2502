"""Whether sender and receiver agree equals what their own records say, compared again.

Parametrised over the two-sided hand-offs of the seed: a new one is checked without another line.
"""

from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from pipelines.indicators.counts import counted_figures
from pipelines.indicators.rolling import RollingYears
from pipelines.statistics.intervals import wilson
from tests.indicators.conftest import REFERENCE, PublishedChain
from tests.indicators.recompute.figures import ROLLING, rolling_years
from tests.indicators.recompute.limits import limits_of_share
from tests.indicators.recompute.milestones import read_seed
from tests.indicators.recompute.reconciliation import (
    CELL,
    DIFFERENCES,
    STATES,
    counted_states,
    differences,
    reconciled,
)

SEEDS_DIR = Path(__file__).parents[2] / "dbt_project" / "seeds" / "bewaken_beveiligen"
_RULES = read_seed(SEEDS_DIR, "handoffs").dropna(subset=["sent_milestone", "received_milestone"])
DIMENSIONS = {
    rule.handoff_id: [part for part in rule.dimensions.split("|") if part]
    for rule in _RULES.fillna("").itertuples()
}


@pytest.fixture(scope="session")
def transfers(published_chain: PublishedChain) -> pd.DataFrame:
    """Every transfer either side recorded, compared again."""
    return reconciled(published_chain.tables, published_chain.settings.seeds_dir, REFERENCE)


@cache
def is_growing(handoff: str, grain: str, period: str) -> bool:
    """Whether under half of the transfers of a period are older than the tolerance by now."""
    if period == "all":
        return False
    tolerance = _RULES.set_index("handoff_id").loc[handoff, "tolerance_hours"]
    half = {"month": 15, "year": 182}.get(grain, 45)
    last_day = pd.Period(period.replace("-Q", "Q")).end_time.normalize()
    still = pd.Timedelta(days=max(0, np.ceil(float(tolerance) / 24) - half))
    return bool(last_day + still > pd.Timestamp(REFERENCE.date))


def over_four_quarters(
    counts: pd.DataFrame, window: tuple[pd.Timestamp, pd.Timestamp]
) -> pd.DataFrame:
    """The counts of quarters added up over every rolling year."""
    quarters = counts[counts["period_grain"] == "quarter"]
    years = {
        period: rolling_years(pd.Period(period.replace("-Q", "Q")).start_time, *window)
        for period in quarters["period"].unique()
    }
    wider = quarters.assign(period=quarters["period"].map(years), period_grain=ROLLING)
    wider = wider.explode("period").dropna(subset="period")
    keys = [*CELL, "statistic"]
    return wider.groupby(keys, as_index=False)[["numerator", "least", "most", "denominator"]].sum()


@pytest.mark.parametrize("handoff", list(DIMENSIONS))
def test_every_state_is_counted_in_every_cell(published_chain, transfers, handoff):
    mine = transfers[transfers["handoff_id"] == handoff]
    ours = counted_states(mine, DIMENSIONS[handoff])
    theirs = published_chain.published_of(f"reconciliation_{handoff.lower()}")
    theirs = theirs[theirs["statistic"].isin(STATES)]
    ours = pd.concat([ours, over_four_quarters(ours, published_chain.window)])

    both = ours.merge(
        theirs, on=[*CELL, "statistic"], how="outer", suffixes=("", "_published"), indicator="where"
    )
    other = both["where"] != "both"
    for column in ("numerator", "denominator"):
        other |= both[column] != both[f"{column}_published"]
    share = both["numerator"] / both["denominator"]
    # What still grows is no figure yet.
    share[[is_growing(handoff, *cell) for cell in both[["period_grain", "period"]].to_numpy()]] = (
        np.nan
    )
    other |= ~np.isclose(share.astype(float), both["value"].astype(float), equal_nan=True)
    given = share.notna()
    ends = (
        limits_of_share(both[end].astype(float), both["denominator"].astype(float))[side]
        for side, end in enumerate(("least", "most"))
    )
    for column, limit in zip(("lower", "upper"), ends, strict=True):
        other |= given & ~np.isclose(both[column].astype(float), limit, rtol=0, atol=1e-9)
    assert len(ours) > 10
    assert not other.any(), both.loc[other].head(12).to_string()


@pytest.mark.parametrize("handoff", list(DIMENSIONS))
def test_the_distribution_of_the_difference(published_chain, transfers, handoff):
    ours = differences(transfers[transfers["handoff_id"] == handoff])
    grows = [is_growing(handoff, *cell) for cell in ours[["period_grain", "period"]].to_numpy()]
    ours.loc[grows, "value"] = np.nan
    theirs = published_chain.published_of(f"reconciliation_{handoff.lower()}")
    theirs = theirs[theirs["statistic"].isin(DIFFERENCES)]

    both = ours.merge(
        theirs,
        on=["period_grain", "period", "statistic"],
        how="outer",
        suffixes=("", "_published"),
        indicator="where",
    )
    assert set(both["where"]) == {"both"}
    assert (both["denominator"] == both["denominator_published"]).all()
    assert np.allclose(both["value"], both["value_published"], atol=1e-6, equal_nan=True)
    assert set(theirs["unit"]) == {"hours"}


def test_the_simulated_faults_bring_transfers_into_every_state(transfers):
    """A state nobody is ever in would prove nothing.

    Receipt before sending is too rare a fault to occur in each small chain.
    """
    assert set(transfers["state"].dropna()) >= set(STATES) - {"negative"}
    # What is still under way is not judged.
    assert transfers["state"].isna().any()


def test_the_interval_holds_what_the_undecided_may_become():
    """Of four never received two may still come, and of those too late one may never."""
    with duckdb.connect() as connection:
        connection.execute("create schema indicators")
        connection.execute(
            """
            create table indicators.indicator_counts as
            select 'reconciliation_k' as indicator, 1 as version,
                'sent_never_received' as statistic, 'quarter' as period_grain,
                '2026-Q1' as period, 'national' as dimension, 'national' as member,
                'cohort' as "view", 'both' as side, 4.0 as numerator, 40.0 as denominator,
                2.0 as numerator_least, 5.0 as numerator_most
            """
        )
        [figure] = counted_figures(
            connection, {"reconciliation_k": "reconciliation"}, RollingYears(0, -1), {}
        ).to_dict("records")

    assert figure["value"] == 0.1
    assert figure["lower"] == wilson(2, 40).lower
    assert figure["upper"] == wilson(5, 40).upper
