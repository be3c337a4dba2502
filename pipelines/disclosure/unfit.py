"""Figures on data that are not fit: withheld from whoever cannot look at the rows.

Here: taking the numbers of such figures away, in the long contract and in the tables beside it.
Not here: which data are not fit, and why (`pipelines.indicators.quality`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from pipelines.disclosure.figure_columns import FIGURES
from pipelines.indicators.register import ANSWERS, THEMES
from pipelines.signals.effect import NOT_STARTED, WITHOUT_FIGURES


@dataclass(frozen=True)
class Beside:
    """A table beside the long contract, and what stays of it without its numbers.

    Attributes:
        entry: Entry of the register that rests on the same deliveries; empty where each row names
            its own indicator.
        numbers: Columns that hold a figure or would give one away.
        says: What its verdict becomes, by column.
        besides_shares: Columns that hold a figure in rows that are no share.
        rests_on_none: Column and value of the rows that rest on no figure, and stay.
    """

    entry: str
    numbers: tuple[str, ...]
    says: Mapping[str, str] = field(default_factory=dict)
    besides_shares: tuple[str, ...] = ()
    rests_on_none: tuple[str, str] | None = None


TABLES: Mapping[str, Beside] = MappingProxyType(
    {
        "theme_cooccurrence": Beside(
            THEMES,
            ("numerator", "denominator", "expected", "value", "lower", "upper", "association"),
        ),
        "theme_agreement": Beside(THEMES, (), {"verdict": "not_fit"}),
        "experience_result": Beside(
            ANSWERS,
            ("numerator", "denominator", "value", "lower", "upper"),
            # The category a median lies in is its figure; those of the scale are not.
            besides_shares=("low", "high"),
        ),
        "effect": Beside(
            "",
            ("n_before", "n_after", "mean_before", "lower", "upper", "mean_after", "first_signal",
             "rule", "moves_easily"),
            WITHOUT_FIGURES,
            # That something has not begun.
            rests_on_none=("answer", NOT_STARTED),
        ),
    }
)  # fmt: skip


def withhold_unfit(results: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """Take the numbers of figures on unfit data away.

    Args:
        results: Figures in the long contract.
        quality: Columns `indicator` and `status`: what the figures of an indicator become
            (`withheld`, `not_delivered`), or `ok` where they stay.

    Returns:
        The same rows in the same order. A figure taken away has that status and no number in any
        column, whatever its period: what is missing lately leaves earlier cases open that may long
        have been closed.
    """
    status = results["indicator"].map(_unfit(quality))
    is_unfit = status.notna()
    shown = results.copy()
    shown.loc[is_unfit, FIGURES] = float("nan")
    shown.loc[is_unfit, "status"] = status[is_unfit]
    return shown


def withhold_unfit_beside(
    table: str, rows: pd.DataFrame, quality: pd.DataFrame
) -> tuple[pd.DataFrame, bool]:
    """Take the numbers on unfit data away from a table beside the long contract.

    Args:
        table: Its name; one that is not in `TABLES` stays as it is.
        rows: Its rows.
        quality: As in `withhold_unfit`.

    Returns:
        The same rows in the same order, and whether all were withheld, so that no number is left
        to protect.
    """
    beside = TABLES.get(table)
    if beside is None or rows.empty:
        return rows, False
    unfit = _unfit(quality)
    named = rows["indicator"] if not beside.entry else pd.Series(beside.entry, rows.index)
    status = named.map(unfit)
    is_unfit = status.notna()
    if beside.rests_on_none is not None:
        column, value = beside.rests_on_none
        is_unfit &= rows[column] != value
    shown = rows.copy()
    for column in beside.numbers:
        shown[column] = shown[column].mask(is_unfit, np.nan)
    for column in beside.besides_shares:
        shown[column] = shown[column].mask(is_unfit & (rows["statistic"] != "share"), np.nan)
    for column, text in beside.says.items():
        shown[column] = shown[column].mask(is_unfit, text)
    if "status" in rows:
        shown["status"] = shown["status"].mask(is_unfit, status)
    return shown, bool(is_unfit.all())


def _unfit(quality: pd.DataFrame) -> dict[str, str]:
    """What the figures of an indicator become, for those that do not stay."""
    own = quality[quality["status"] != "ok"]
    return dict(zip(own["indicator"], own["status"], strict=True))
