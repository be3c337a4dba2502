"""A cell is tested by the smallest group of people it would tell of."""

import numpy as np
import pandas as pd
import pytest

from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.lines import smallest_group

PLATFORM = catalogue_of("platform")


def least(shape: str, status: str = "ok", indicator: str = "a", **numbers: float) -> float:
    counts = {"n": np.nan, "x": np.nan, "exits": np.nan, "beyond": np.nan, **numbers}
    cell = pd.DataFrame([{"shape": shape, "status": status, "indicator": indicator, **counts}])
    return float(smallest_group(cell, PLATFORM, {"theme": 10.0}).iloc[0])


@pytest.mark.parametrize(
    ("cell", "group"),
    [
        ({"shape": "share", "n": 40, "x": 12}, 12),
        ({"shape": "share", "n": 40, "x": 37}, 3),
        ({"shape": "share", "n": 0, "x": 0, "status": "no_data"}, 0),
        ({"shape": "count", "x": 7}, 7),
        ({"shape": "stock", "x": 0}, 0),
        ({"shape": "rate", "x": 9}, 9),
        ({"shape": "quantile", "n": 6}, 6),
        ({"shape": "quantile", "n": 6, "status": "not_reached"}, 6),
        # Ten took at least as long as the P90; the one at it is not beyond it.
        ({"shape": "tail", "n": 90, "beyond": 10}, 9),
        # Fifty, of whom 20 stopped, 12 ended otherwise and 18 are still followed.
        ({"shape": "incidence", "n": 50, "x": 20, "exits": 12}, 12),
        ({"shape": "incidence", "n": 50, "x": 20, "exits": 3}, 3),
        ({"shape": "incidence", "n": 50, "x": 30, "exits": 18}, 2),
    ],
)
def test_the_smallest_group(cell, group):
    assert least(**cell) == group  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["too_recent", "withheld", "not_delivered"])
def test_what_tells_nothing_tests_nothing(status):
    assert np.isnan(least("share", status=status, n=40, x=1))


@pytest.mark.parametrize(("n", "group"), [(9, 0), (10, 4)])
def test_an_indicator_may_ask_for_more_cases(n, group):
    assert least("share", indicator="theme", n=n, x=n - 4) == group


def test_what_should_not_occur_has_no_threshold():
    assert least("count", indicator="exclusivity_local_measures", x=1) == np.inf
