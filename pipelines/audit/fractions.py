"""What a printed share says of the counts behind it, where these are not printed themselves.

Here: the multiples of a fraction that fit, and what a whole percent leaves open.
Not here: which shares of a file are fractions (`quantities`, `side`).

A share in full is a fraction: of 3 out of 60 a reader finds 1 in 20, and with the 60 beside it the
3. In whole percents it is a range, narrower than one where fewer than a hundred are counted.
"""

from fractions import Fraction

import numpy as np
import pandas as pd

from pipelines.audit.system import BoolArray, FloatArray, IntArray

COUNTS = ["numerator", "denominator"]
# Finer than whole percents, a share is a fraction somebody can find.
_PERCENTS = 100
_HALF_A_PERCENT = 0.5 / _PERCENTS
_LARGEST_WHOLE = 1_000_000
_TOLERANCE = 1e-9


def smallest_fractions(shares: "pd.Series[float]") -> list[Fraction]:
    """The smallest fraction that gives each share: what a reader takes it to be."""
    return [Fraction(share).limit_denominator(_LARGEST_WHOLE) for share in shares]


def is_finer_than_percents(shares: "pd.Series[float]") -> "pd.Series[bool]":
    """Whether each share is said in more than whole percents."""
    return (shares * _PERCENTS - (shares * _PERCENTS).round()).abs() > _TOLERANCE


def tells_more(figures: pd.DataFrame) -> "pd.Series[bool]":
    """Whether the share in a row is another number than its printed counts make.

    Args:
        figures: `value`, `numerator` and `denominator`, not a number where withheld.
    """
    made = figures["numerator"] / figures["denominator"]
    is_made = (figures["value"] - made).abs() <= _TOLERANCE
    return figures["value"].between(0, 1) & ~is_made


def counts_behind(figures: pd.DataFrame, slack: IntArray) -> pd.DataFrame:
    """Bounds of the counts behind shares that tell more than is printed beside them.

    Args:
        figures: As in `tells_more`, of rows where it does.
        slack: (N,) how far a printed count may be from the true one.

    Returns:
        `numerator_lower`, `numerator_upper`, `denominator_lower`, `denominator_upper`, on the same
        index: 0 to infinity where nothing follows.
    """
    printed = figures[COUNTS].to_numpy(float)
    low: FloatArray = np.nan_to_num(printed - slack[:, None]).clip(min=0)
    high: FloatArray = np.nan_to_num(printed + slack[:, None], nan=np.inf)
    is_fine = is_finer_than_percents(figures["value"]).to_numpy(bool)
    least, most = np.zeros_like(low), np.full_like(high, np.inf)
    least[is_fine], most[is_fine] = _of_fractions(
        figures.loc[is_fine, "value"], low[is_fine], high[is_fine]
    )
    least[~is_fine], most[~is_fine] = _of_percents(
        figures.loc[~is_fine, "value"].to_numpy(float), low[~is_fine], high[~is_fine]
    )
    # A share that no counts within their bounds give says nothing of them.
    fits: BoolArray = (least <= most).all(axis=1) & (most[:, 1] > 0)
    least[~fits], most[~fits] = 0.0, np.inf
    return pd.DataFrame(
        np.column_stack([least[:, 0], most[:, 0], least[:, 1], most[:, 1]]),
        index=figures.index,
        columns=[f"{name}_{end}" for name in COUNTS for end in ("lower", "upper")],
    )


def _of_fractions(
    shares: "pd.Series[float]", low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """(N, 2) bounds by the multiples of the smallest fraction that fit; itself where any does."""
    parts = [(part.numerator, part.denominator) for part in smallest_fractions(shares)]
    fraction = np.array(parts, float).reshape(-1, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        fewest = np.nan_to_num(np.ceil(low / fraction), posinf=np.inf).max(axis=1).clip(min=1)
        most = np.nan_to_num(np.floor(high / fraction), nan=np.inf, posinf=np.inf).min(axis=1)
    most = np.where(np.isinf(most), fewest, most)
    return fraction * fewest[:, None], fraction * most[:, None]


def _of_percents(
    shares: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """(N, 2) bounds by half a percent to either side."""
    least, most = low.copy(), high.copy()
    at_least = (shares - _HALF_A_PERCENT).clip(min=0)
    at_most = (shares + _HALF_A_PERCENT).clip(max=1)
    least[:, 0] = np.maximum(low[:, 0], np.ceil(at_least * low[:, 1] - _TOLERANCE))
    most[:, 0] = np.minimum(high[:, 0], np.floor(at_most * high[:, 1] + _TOLERANCE))
    with np.errstate(divide="ignore", invalid="ignore"):
        fewest = np.nan_to_num(np.ceil(low[:, 0] / at_most - _TOLERANCE), posinf=np.inf)
        largest = np.floor(high[:, 0] / at_least + _TOLERANCE)
        largest = np.nan_to_num(largest, nan=np.inf, posinf=np.inf)
    least[:, 1], most[:, 1] = np.maximum(low[:, 1], fewest), np.minimum(high[:, 1], largest)
    return least, most
