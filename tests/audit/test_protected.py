"""The same attacks where figures are protected: what is given away bare is given away no more.

One population with members of very different sizes, its figures as they are and as each audience
gets them. Bare, a cell under the threshold is withheld and nothing else: attacks live on that.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.audit import Published, audit, examine
from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.protect import NUMBERS
from tests.disclosure.populations import (
    Population,
    as_published,
    cases_of,
    protected,
    true_figures,
)

REFERENCE = date(2025, 12, 31)
AUDIENCES = ["platform", "advisory"]
# What proves something in bare figures of this population.
ATTACKS = {"members", "periods", "nested", "complement", "at_risk"}


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    cases = cases_of([Population(150)], np.random.default_rng(1), 2023, 3)
    return true_figures(cases, REFERENCE, ["phenomenon"])


def bare(figures: pd.DataFrame, audience: str) -> Published:
    """Counts as they are, those under the threshold withheld one by one."""
    threshold = catalogue_of(audience).threshold
    of_row = figures["denominator"].fillna(figures["value"])
    is_few = (of_row < threshold) | (figures["numerator"] < threshold)
    shown = figures.copy()
    shown.loc[is_few, NUMBERS] = np.nan
    shown.loc[is_few, "status"] = "suppressed"
    release = as_published(shown, audience, str(REFERENCE), 1)
    return replace(release, publication=release.publication.assign(rounding_base=None))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_bare_figures_are_given_away_by_every_attack(figures, audience):
    found = audit(bare(figures, audience))

    assert {name for names in found["constraints"] for name in names.split("|")} >= ATTACKS


@pytest.mark.parametrize("audience", AUDIENCES)
def test_of_the_protected_figures_nothing_small_is_proven(figures, audience):
    result = protected(figures, audience, 1).result

    assert (result["status"] == "ok").any()
    assert audit(as_published(result, audience, str(REFERENCE), 1)).empty


@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_is_true_lies_within_every_bound_that_is_proven(figures, audience):
    result = protected(figures, audience, 1).result
    bounds = examine(as_published(result, audience, str(REFERENCE), 1)).bounds

    whole = bounds[(bounds["part"] == "n") & (bounds["base"] == "cases_0")]
    quarters = whole[whole["months"] == 3]
    truth = figures[(figures["statistic"] == "count") & (figures["period_grain"] == "quarter")]
    start = [int(period[:4]) * 12 + (int(period[-1]) - 1) * 3 for period in truth["period"]]
    both = truth.assign(start=start).merge(
        quarters, on=["start", "dimension", "member"], suffixes=("", "_proven")
    )
    assert len(both) >= 8
    assert (both["lower_proven"] <= both["value"]).all()
    assert (both["value"] <= both["upper_proven"]).all()
