"""Primary suppression: figures that rest on too few cases are withheld, and say so.

Here: the threshold rule of one audience and its application to figures in the long contract.
Not here: joint rounding and the audit of released tables, which the yearly releases need on top.
A threshold alone does not stop somebody who subtracts one table from another; the catalogue of an
audience is therefore kept shallow (see `pipelines.publication.audiences`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.statistics.intervals import wilson

# Statistics whose numerator and complement are themselves groups of people.
SHARES = frozenset(
    {
        "share",
        "share_within_norm",
        "cumulative_incidence_6m",
        "cumulative_incidence_12m",
        "cumulative_incidence_24m",
    }
)
# Statistics that add up to one whole that is shown too: one withheld part would be what is left of
# the whole. The first of each list is shown beside the whole; the rest stand or fall together.
RECONCILED = ["matched", "out_of_tolerance", "sent_never_received", "received_never_sent"]
PARTS = ([*RECONCILED[1:], "negative"], ["completed", "open", "competing"])
# The bands of one whole, the number open, that is shown as well.
_BANDS = "open_age_"
_CELL = ["indicator", "view", "clock", "side", "period_grain", "period", "dimension", "member"]
DURATIONS = frozenset(
    {"median", "p90", "rmst", "difference_p10", "difference_median", "difference_p90"}
)
# Columns that carry, or from which one can derive, the size of a group or one person's time.
BAND = ["provisional_lower", "provisional_upper"]
FIGURES = ["numerator", "denominator", "value", "lower", "upper", "n_at_risk", *BAND]


@dataclass(frozen=True)
class ThresholdRule:
    """What an audience may not see.

    Attributes:
        minimum: Least number of cases a shown figure rests on (0 = no rule).
        guards_complement: Also withhold a share when the cases *outside* its numerator are fewer.
        shows_true_zero: A zero is a zero; otherwise zero falls under the threshold like 1 to 9,
            since a shown zero would make every withheld count a proven one.
        shows_interval: Show interval ends of durations, which are single cases' times.
        whole_units: Round durations to whole units, so that no single case's time shows.
        listed_units: Units of counts whose items the audience has in a list, one by one, and that
            are no people or cases: withholding how many there are would hide nothing.
    """

    minimum: int
    guards_complement: bool
    shows_true_zero: bool
    shows_interval: bool
    whole_units: bool
    listed_units: frozenset[str] = frozenset()


def apply_threshold(
    results: pd.DataFrame, rule: ThresholdRule, minimum_base: pd.Series | None = None
) -> pd.DataFrame:
    """Withhold what rests on too few cases.

    Args:
        results: Figures in the long contract; `numerator` and `denominator` are numbers of cases
            (for a duration: ended cases and all cases of the cohort), missing where the statistic
            has none.
        rule: The rule of the audience.
        minimum_base: Per row the least denominator its indicator asks for, where that is more than
            the rule does; nobody under a rule without minimum is bound by it.

    Returns:
        The same rows in the same order. A withheld row has status `suppressed` and no number in
        any column: its size is as telling as its value.
    """
    protected = results.copy()
    if rule.minimum <= 0 or protected.empty:
        return protected
    numerator, denominator = protected["numerator"], protected["denominator"]
    # A reconciliation's "negative" is a part of a whole; a lead time's is a plain count.
    share = protected["statistic"].isin([*SHARES, *RECONCILED])
    share |= (protected["statistic"] == "negative") & denominator.notna()
    duration = protected["statistic"].isin(DURATIONS)
    rate = protected["statistic"] == "rate"
    plain_count = ~share & ~duration & ~rate & denominator.isna()
    # The denominator of a rate is person-time, no number of people.
    withheld = ~rate & _below(denominator, rule)
    if minimum_base is not None:
        withheld |= ~rate & (denominator < minimum_base)
    # The base of a duration is the cases that ended, not only those that started.
    withheld |= (share | duration | rate) & _below(numerator, rule)
    if "unit" in protected:
        plain_count &= ~protected["unit"].isin(rule.listed_units)
    withheld |= plain_count & _below(protected["value"], rule)
    if rule.guards_complement:
        withheld |= share & _below(denominator - numerator, rule)
    withheld |= _beside_a_withheld_part(protected, withheld, share)
    withheld |= _second_band(protected, withheld)
    withheld &= protected["status"] != "no_data"
    if not rule.shows_true_zero:
        withheld |= protected["status"] == "no_data"
    protected.loc[withheld, FIGURES] = float("nan")
    protected.loc[withheld, "status"] = "suppressed"
    # Their ends hold the undecided as well: a group within the group, of any size.
    parts = protected["statistic"].isin(PARTS[0]) & share & protected["lower"].notna()
    protected.loc[parts, ["lower", "upper"]] = np.transpose(
        wilson(numerator[parts].to_numpy(float), denominator[parts].to_numpy(float))
    )
    kept = duration & ~withheld
    # Cases that started less those that ended are those still open.
    gives_open = kept & _below(denominator - numerator, rule)
    protected.loc[gives_open, "numerator"] = float("nan")
    if rule.whole_units:
        # Number of ended cases and number at risk would add up to the number still open.
        protected.loc[kept, ["numerator", "n_at_risk"]] = float("nan")
        protected.loc[kept, "value"] = protected.loc[kept, "value"].round()
    if not rule.shows_interval:
        protected.loc[kept, ["lower", "upper", *BAND]] = float("nan")
    return protected


def _beside_a_withheld_part(
    figures: pd.DataFrame, withheld: pd.Series, is_share: pd.Series
) -> pd.Series:
    """True for the parts of a whole of which another part is withheld."""
    beside = pd.Series(False, index=figures.index)
    if not set(_CELL) <= set(figures.columns):
        return beside
    for parts, of_shares in zip(PARTS, (True, False), strict=True):
        is_part = figures["statistic"].isin(parts) & (is_share == of_shares)
        cells = figures.loc[is_part, _CELL].assign(withheld=withheld[is_part])
        any_withheld = cells.groupby(_CELL, dropna=False)["withheld"].transform("any")
        beside.loc[any_withheld.index] |= any_withheld.astype(bool)
    return beside


def _second_band(figures: pd.DataFrame, withheld: pd.Series) -> pd.Series:
    """True for the smallest other band where one band alone would be what is left of the whole."""
    chosen = pd.Series(False, index=figures.index)
    is_band = figures["statistic"].str.startswith(_BANDS)
    if not is_band.any():
        return chosen
    cells = figures.loc[is_band, [*_CELL, "value"]].assign(withheld=withheld[is_band])
    is_alone = cells.groupby(_CELL, dropna=False)["withheld"].transform("sum") == 1
    # A zero is shown as one and hides nothing.
    others = cells[is_alone & ~cells["withheld"] & (cells["value"] > 0)]
    smallest = others.sort_values("value", kind="stable").drop_duplicates(_CELL)
    chosen.loc[smallest.index] = True
    return chosen


def _below(cases: pd.Series, rule: ThresholdRule) -> pd.Series:
    """True where a known number of cases lies under the threshold."""
    few = cases < rule.minimum
    if rule.shows_true_zero:
        few &= cases != 0
    return few.fillna(False).astype(bool)
