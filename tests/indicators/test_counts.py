"""Every counted indicator of the register equals its recomputation: above and below the line.

Parametrised over the register: a new entry over known columns is checked without another line, one
over an unknown column fails and names the column to work out in `recompute/marts.py`.
"""

import numpy as np
import pytest

from tests.indicators.conftest import REFERENCE
from tests.indicators.recompute.counts import COUNTED_KINDS, counted
from tests.indicators.recompute.figures import is_running
from tests.indicators.recompute.limits import limits_of_share
from tests.indicators.register import entries

CELL = ["period_grain", "period", "dimension", "member"]


@pytest.mark.parametrize("entry", entries(*COUNTED_KINDS), ids=lambda entry: entry["id"])
def test_numerator_denominator_and_value(published_chain, entry):
    ours = counted(entry, published_chain.tables, REFERENCE, published_chain.window)
    is_ratio = entry["kind"] in {"share", "rate"}
    ours["value"] = ours["numerator"] / ours["denominator"] if is_ratio else ours["numerator"]
    theirs = published_chain.published_of(entry["id"])
    # What still grows is no figure yet, but says what it rests on so far.
    running = ours["period"].map(lambda period: is_running(period, REFERENCE))
    ours.loc[running, "value"] = np.nan

    both = ours.merge(theirs, on=CELL, how="outer", suffixes=("", "_published"), indicator=True)
    if not is_ratio:
        # Where nothing happened between the first period and the last, a zero is shown.
        running = both["period"].map(lambda period: is_running(period, REFERENCE))
        nothing = (both["_merge"] == "right_only") & ((both["value_published"] == 0) | running)
        both.loc[nothing & ~running, "value"] = 0.0
        both.loc[nothing, "_merge"] = "both"
    other = both["_merge"] != "both"
    for column in ("value", "numerator", "denominator") if is_ratio else ("value",):
        published = both[f"{column}_published"].astype(float)
        other |= ~np.isclose(both[column].astype(float), published, rtol=1e-9, equal_nan=True)
    shown = [*CELL, "numerator", "denominator", "value", "value_published"]
    assert len(theirs) > 10
    assert not other.any(), both.loc[other, shown].head(12).to_string()


@pytest.mark.parametrize("entry", entries("share", "rate"), ids=lambda entry: entry["id"])
def test_a_share_or_rate_stands_with_its_interval(published_chain, entry):
    """0 of n and n of n too are never shown bare."""
    rows = published_chain.published_of(entry["id"])
    given = rows[rows["value"].notna()]

    assert given["lower"].notna().all()
    assert given["upper"].notna().all()
    assert (given["lower"] <= given["value"] + 1e-12).all()
    assert (given["value"] <= given["upper"] + 1e-12).all()
    assert (given["lower"] < given["upper"]).all()


@pytest.mark.parametrize("entry", entries("share"), ids=lambda entry: entry["id"])
def test_the_interval_of_a_share_is_wilson_s(published_chain, entry):
    rows = published_chain.published_of(entry["id"])
    given = rows[rows["value"].notna()]

    ends = limits_of_share(given["numerator"].astype(float), given["denominator"].astype(float))
    for column, limit in zip(("lower", "upper"), ends, strict=True):
        assert np.allclose(given[column].astype(float), limit, rtol=0, atol=1e-9)
