"""What a share says of counts that do not stand beside it."""

import numpy as np
import pandas as pd
import pytest

from pipelines.audit.fractions import counts_behind, tells_more

UNKNOWN = np.nan
ANY = (0.0, np.inf)


def rows(value: float, numerator: float, denominator: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"value": [value], "numerator": [numerator], "denominator": [denominator]}, dtype=float
    )


@pytest.mark.parametrize(
    ("value", "numerator", "denominator", "part", "whole"),
    [
        # In full it is a fraction, of which one number picks the multiple.
        (3 / 61, UNKNOWN, 61, (3, 3), (61, 61)),
        (2 / 3, UNKNOWN, 60, (40, 40), (60, 60)),
        (2 / 3, 40, UNKNOWN, (40, 40), (60, 60)),
        # Of neither the smallest is taken.
        (6 / 122, UNKNOWN, UNKNOWN, (3, 3), (61, 61)),
        # A whole percent is a range: of few one number, of many several.
        (0.05, UNKNOWN, 60, (3, 3), (60, 60)),
        (0.05, UNKNOWN, 600, (27, 33), (600, 600)),
        (0.05, 3, UNKNOWN, (3, 3), (55, 66)),
        (0.00, 3, UNKNOWN, (3, 3), (600, np.inf)),
        (0.05, UNKNOWN, UNKNOWN, ANY, ANY),
        # What no count gives says nothing.
        (2 / 3, UNKNOWN, 61, ANY, ANY),
    ],
)
def test_a_share_and_one_number_bound_the_other(value, numerator, denominator, part, whole):
    behind = counts_behind(rows(value, numerator, denominator), np.array([0]))

    assert behind.to_numpy().tolist() == [[*part, *whole]]


def test_a_share_of_true_counts_beside_rounded_ones_tells_them():
    # 17 of 59 printed as 18 of 60 in threes: within two of each only these are 0.288….
    shown = rows(17 / 59, 18, 60)

    assert tells_more(shown).all()
    assert counts_behind(shown, np.array([2])).to_numpy().tolist() == [[17, 17, 59, 59]]


def test_a_share_made_of_what_is_printed_tells_no_more():
    assert not tells_more(rows(18 / 60, 18, 60)).any()
    assert not tells_more(rows(UNKNOWN, UNKNOWN, UNKNOWN)).any()
