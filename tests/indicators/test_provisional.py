"""Kan nog veranderen: the band of a figure holds what it becomes, and only what grows has one.

Here: chains of which starts and stops are registered late, or at once (`tests.bench.revisions`).
Not here: how often the band of each statistic holds, which the same module measures.
"""

import pytest

from pipelines.indicators.provisional import growing_since, provisional_limits
from tests.bench.revisions import (
    ENTRY,
    FIRST_DELIVERY,
    LATE,
    N_MONTHS,
    TABLES,
    Chain,
    covered,
    day,
    label,
    warehouse,
    with_bands,
)

AT_ONCE = (1.0,)


def test_bands_hold_what_figures_became_in_nine_of_ten():
    """Over 20 chains, of counts, shares, quantiles and means each."""
    found = covered(range(20))

    assert len(found) > 800
    of_each = found.groupby(["view", "statistic"])["is_in"].mean()
    assert len(of_each) == 9
    assert of_each.between(0.85, 0.95).all(), of_each
    # What it was is not what it becomes: the bands are needed.
    assert (found["value"] != found["final"]).mean() > 0.7


def test_only_periods_that_still_grow_have_a_band():
    """Lags of up to four months: nothing older than that."""
    chain = Chain.simulate(1, LATE)
    found = with_bands(chain, chain.figures(final=False))
    has_band = found["provisional_lower"].notna()
    months = set(found.loc[has_band & (found["period_grain"] == "month"), "period"])

    assert {label(N_MONTHS - 1), label(N_MONTHS - 2)} <= months
    assert min(months) >= label(N_MONTHS - 5)
    assert growing_since(found, found["grows"])["triage"].year == 2025


@pytest.mark.parametrize("seed", range(3))
def test_what_is_registered_at_once_has_no_band(seed):
    chain = Chain.simulate(seed, AT_ONCE)
    found = with_bands(chain, chain.figures(final=False))

    assert found["provisional_lower"].isna().all()
    assert growing_since(found, found["grows"]) == {}


def test_less_than_a_year_of_deliveries_says_nothing_of_growth():
    chain = Chain.simulate(1, LATE)
    figures = chain.figures(final=False)
    for n_deliveries, has_bands in ((11, False), (12, True)):
        with warehouse(chain) as connection:
            connection.execute(
                f"delete from raw.delivery where reference_date < '{day(N_MONTHS - n_deliveries)}'"
            )
            found = provisional_limits(connection, [ENTRY], {"triage": TABLES}, figures)
        assert found["provisional_lower"].notna().any() == has_bands


def test_where_no_figure_is_of_a_period_that_grows_none_has_a_band():
    chain = Chain.simulate(1, LATE)
    figures = chain.figures(final=False)
    found = with_bands(chain, figures[figures["period"] == label(FIRST_DELIVERY)])

    assert len(found) > 2
    assert found["provisional_lower"].isna().all()
