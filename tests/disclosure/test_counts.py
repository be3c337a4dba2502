"""Plain counts: small ones are withheld, zero is as much a secret as the audience's rule says."""

import pandas as pd
import pytest

from pipelines.disclosure.counts import COUNTS_CASES, protect_counts, protect_findings
from pipelines.publication.audiences import AUDIENCES


@pytest.mark.parametrize(
    ("audience", "shown"),
    [("researcher", [0, 1, 4, 5, 10]), ("platform", [0, None, None, 5, 10]),
     ("advisory", [None, None, None, None, 10])],
)  # fmt: skip
def test_a_count_under_the_threshold_is_withheld(audience: str, shown: list[int | None]) -> None:
    table = pd.DataFrame({"ground": list("abcde"), "n_pairs": [0, 1, 4, 5, 10]})
    protected = protect_counts(table, AUDIENCES[audience].threshold)
    assert [None if pd.isna(count) else count for count in protected["n_pairs"]] == shown
    assert list(protected["ground"]) == list("abcde")


@pytest.mark.parametrize(
    ("rule", "n_rows", "n_total", "is_shown"),
    [
        case
        for rule in sorted(COUNTS_CASES)
        for case in [
            (rule, 4, 40, False),
            (rule, 5, 40, True),
            (rule, 9, 9, True),
            # What is left of the whole is a count of cases as well.
            (rule, 37, 40, False),
        ]
    ]
    # Rows of one delivery are its supplier's to mend, however few.
    + [("verplicht", 1, 40, True)],
)
def test_a_finding_about_few_cases_does_not_say_how_few(
    rule: str, n_rows: int, n_total: int, is_shown: bool
) -> None:
    table = pd.DataFrame({"rule": [rule], "n_rows": [n_rows], "n_total": [n_total]})
    protected = protect_findings(table, AUDIENCES["platform"].threshold).iloc[0]
    assert [protected["n_rows"], protected["n_total"]] == (
        [n_rows, n_total] if is_shown else [pd.NA, pd.NA]
    )
    whole = protect_findings(table, AUDIENCES["researcher"].threshold).iloc[0]
    assert (whole["n_rows"], whole["n_total"]) == (n_rows, n_total)


def test_a_figure_of_few_cases_goes_with_their_count() -> None:
    """Of two events the median is the time of one or the other."""
    table = pd.DataFrame(
        {"n_events": [2, 20, 20], "n_first_due": [2, 3, 20], "median_lag_days": [9.0, 9.0, 9.0]}
    )
    protected = protect_counts(
        table, AUDIENCES["platform"].threshold, rests_on_them=("median_lag_days",)
    )
    assert protected["median_lag_days"].isna().tolist() == [True, True, False]
