"""Plain counts: small ones are withheld, zero is as much a secret as the audience's rule says."""

import pandas as pd
import pytest

from pipelines.disclosure.counts import protect_counts
from pipelines.publication.audiences import AUDIENCES


@pytest.mark.parametrize(
    ("audience", "shown"),
    [("researcher", [0, 1, 4, 5, 10]), ("platform", [0, None, None, 5, 10]),
     ("advisory", [None, None, None, None, 10])],
)  # fmt: skip
def test_a_count_under_the_threshold_is_withheld(audience: str, shown: list[int | None]) -> None:
    table = pd.DataFrame({"ground": list("abcde"), "n_pairs": [0, 1, 4, 5, 10]})
    protected = protect_counts(table, AUDIENCES[audience].threshold)
    assert [None if pd.isna(one) else one for one in protected["n_pairs"]] == shown
    assert list(protected["ground"]) == list("abcde")
