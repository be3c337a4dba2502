"""A cohort that a researcher chooses and that was published has the published figures."""

import math

import pandas as pd
import pytest

from pipelines.workbench.choice import Choice
from pipelines.workbench.cohort import CLOCKS, COLUMNS, Measured, estimate
from tests.indicators.conftest import PublishedChain

NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "n_at_risk"]
STATISTICS = ("median", "p90", "rmst", "share_within_norm")


def published(chain: PublishedChain, handoff: str) -> pd.DataFrame:
    """The figures of start cohorts of a hand-off, of years and of the whole history."""
    return chain.read(
        f"""
        select result.* from result
        inner join (select distinct indicator from indicator
                    where kind = 'lead_time' and handoff_id = '{handoff}') using (indicator)
        where "view" = 'cohort' and period_grain in ('year', 'quarter', 'all')
            and statistic in {STATISTICS} and dimension in ('national', 'route', 'entry_way')
            and status in ('ok', 'not_reached')
        """
    )


# Plain, under two norms and with a net clock; with another way to end; in hours.
@pytest.mark.parametrize("handoff", ["K13", "K42", "K02"])
def test_its_figures_are_the_published_ones(published_chain, handoff):
    definition = published_chain.read(
        f"select unit, competing_milestone from handoff where handoff_id = '{handoff}'"
    ).iloc[0]
    typical = published_chain.read(
        f"select median(duration) as typical from fct_handoff where handoff_id = '{handoff}' "
        "and status = 'completed'"
    ).iloc[0]["typical"]
    measured = Measured(definition["unit"], bool(definition["competing_milestone"]), float(typical))
    rows = published_chain.read(f"from fct_handoff where handoff_id = '{handoff}'")
    assert set(COLUMNS) <= set(rows.columns)
    figures = published(published_chain, handoff)
    assert len(figures) > 20

    cohorts = figures.groupby(["clock", "period", "dimension", "member"])
    for (clock, period, dimension, member), expected in cohorts:
        choice = Choice(handoff, period, {} if dimension == "national" else {dimension: member})
        own = rows
        if choice.period_column:
            own = own[own[choice.period_column] == period]
        for name, value in choice.members.items():
            own = own[own[name] == value]
        found = estimate(own, choice, measured, clock).figures.set_index("statistic")
        for row in expected.to_dict("records"):
            for number in NUMBERS:
                own_number, its_number = (
                    math.nan if value is None else float(value)
                    for value in (found.loc[row["statistic"], number], row[number])
                )
                assert own_number == pytest.approx(its_number, nan_ok=True), (choice, clock, row)


def test_a_curve_passes_through_its_own_median_and_share(published_chain):
    rows = published_chain.read("from fct_handoff where handoff_id = 'K13'")
    cohort = estimate(rows, Choice("K13"), Measured("calendar_days", False, 8.0))
    [median] = cohort.figures.loc[cohort.figures["statistic"] == "median", "value"]
    curve = cohort.curve
    # Where exactly half are done for a while the median lies midway, so half may be done before it.
    assert curve.share[curve.times >= median][0] >= 0.5 >= curve.share[curve.times < median][-1]
    assert cohort.n == sum(cohort.n_by_status.values())


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_choice_of_nothing_has_no_figures(clock):
    rows = pd.DataFrame({name: pd.Series(dtype=float) for name in COLUMNS})
    cohort = estimate(
        rows.astype({"status": object}), Choice("K13"), Measured("hours", True, None), clock
    )
    assert (cohort.n, len(cohort.figures), cohort.curve.times.size) == (0, 0, 0)
