"""Where recommendations and decisions stand, as published, worked out again from the ledger.

Here: the last state of each, its age, and whether its term has passed.
Not here: whether what they aim at moved (`test_did_it_move`).
"""

import pandas as pd

from tests.indicators.conftest import REFERENCE

# A recommendation passes through these in order; the second step has three outcomes.
STEPS = ["uitgebracht", "aanvaard", "deels", "afgewezen"]
STEPS += ["in_uitvoering", "gereedgemeld", "geverifieerd"]
CLOSED = {"geverifieerd", "afgewezen"}


def days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column).astype("datetime64[s]")


def recommendations(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Last state, days since it was issued (until it closed) and whether its term has passed."""
    rows = tables["kc_aanbeveling"]
    rows = rows.assign(
        on=days(rows["status_op"]),
        due=days(rows["streefdatum"]),
        step=rows["status"].map(STEPS.index),
    )
    rows = rows[rows["on"] <= REFERENCE.midnight].sort_values(["aanbeveling_nr", "on", "step"])
    issued = rows[rows["status"] == "uitgebracht"].set_index("aanbeveling_nr")["on"]
    due = rows.groupby("aanbeveling_nr")["due"].max()
    last = rows.drop_duplicates("aanbeveling_nr", keep="last").set_index("aanbeveling_nr")
    is_closed = last["status"].isin(CLOSED)
    until = last["on"].where(is_closed, REFERENCE.midnight)
    return pd.DataFrame(
        {
            "recommendation_source": last["bron"],
            "owner": last["eigenaar"],
            "recommendation_state": last["status"],
            "age_days": (until - issued).dt.days.astype(float),
            "is_overdue": ~is_closed & (due < REFERENCE.midnight),
        }
    )


def test_every_recommendation_is_in_its_last_state(published_chain):
    ours = recommendations(published_chain.tables)
    published = published_chain.read("select * from recommendation").set_index("record_key")
    theirs = published.reindex(ours.index)[ours.columns]

    assert len(ours) == len(published) > 5
    # One state for all would prove little.
    assert ours["recommendation_state"].nunique() >= 3
    for column in ours.columns:
        same = (ours[column] == theirs[column]) | (ours[column].isna() & theirs[column].isna())
        assert same.all(), pd.concat([ours[~same], theirs[~same]], axis=1).head().to_string()


def test_every_decision_is_its_last_revision(published_chain):
    rows = published_chain.tables["kc_aantekening"]
    rows = rows[days(rows["datum"]) <= REFERENCE.midnight]
    last = rows.sort_values("herziening").drop_duplicates("aantekening_nr", keep="last")
    last = last.set_index("aantekening_nr").sort_index()
    is_open = (last["soort"] == "besluit") & (last["uitkomst"] == "open")
    is_overdue = is_open & (days(last["streefdatum"]) < REFERENCE.midnight)
    theirs = published_chain.read("select * from decision").set_index("record_key").sort_index()

    assert list(theirs.index) == list(last.index)
    assert (theirs["note_kind"] == last["soort"]).all()
    assert (theirs["revision"] == last["herziening"]).all()
    assert (theirs["is_open"] == is_open).all()
    assert (theirs["is_overdue"] == is_overdue).all()
