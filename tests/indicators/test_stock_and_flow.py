"""Stock and flow: what came in and did not go out is there.

Here: the balance between the three published series. That each equals its recomputation is in
`test_counts`.
"""

import pandas as pd

from tests.indicators.conftest import PublishedChain
from tests.indicators.recompute.milestones import CASE, PERSON


def series(chain: PublishedChain, indicator: str) -> pd.Series:
    """National figures by month."""
    rows = chain.published_of(indicator)
    rows = rows[(rows["dimension"] == "national") & (rows["period_grain"] == "month")]
    return rows.set_index("period")["value"]


def test_the_stock_is_what_came_in_and_has_not_gone_out(published_chain):
    """Exactly, but for persons in the system twice and exits recorded before their entry.

    Both are counted from the files: a person designated twice at once is one person in the stock
    and two in the flow; an exit before its entry leaves nobody in the stock before the entry.
    """
    inflow = series(published_chain, "inflow")
    outflow = series(published_chain, "outflow")
    stock = series(published_chain, "stock_persons")
    months = sorted({*inflow.index, *outflow.index, *stock.index})
    balance = (
        inflow.reindex(months, fill_value=0).cumsum()
        - outflow.reindex(months, fill_value=0).cumsum()
    )
    rows = published_chain.tables["nctv_aanwijzing"]
    n_odd = int(rows.duplicated(PERSON).sum())
    n_odd += int((rows["uitgestroomd_op"] < rows["aangewezen_op"]).sum())

    assert ((balance - stock.reindex(months, fill_value=0)).abs() <= n_odd).all()
    if not n_odd:
        assert balance.iloc[-1] == stock.iloc[-1]


def test_dimensions_of_a_flow_add_up_to_the_national_figure(published_chain):
    """Every designation has a way in, so nothing is lost by splitting."""
    rows = published_chain.published_of("inflow")
    # The running year has no figure yet.
    rows = rows[(rows["period_grain"] == "year") & (rows["status"] == "ok")]
    national = rows[rows["dimension"] == "national"].set_index("period")["value"]
    by_way_in = rows[rows["dimension"] == "entry_way"].groupby("period")["value"].sum()

    pd.testing.assert_series_equal(by_way_in.sort_index(), national.sort_index())
    assert len(national) == 2
    n_designated = len(published_chain.tables["nctv_aanwijzing"][CASE])
    assert series(published_chain, "inflow").sum() == n_designated


def test_a_stock_of_a_running_quarter_or_year_is_not_given(published_chain):
    rows = published_chain.published_of("stock_persons")

    assert not set(rows["period"]) & {"2026-Q4", "2026", "all"}
    assert "2026-10" in set(rows["period"])
