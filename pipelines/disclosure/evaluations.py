"""Protection of what evaluations and experiences say, where it does not fit the long contract.

Here: merging of small answer categories, and withholding for pairs of themes and agreement.
Not here: counting (`pipelines.evaluation`), figures of the long contract (`thresholds`).

The rule for answers, per question, wave and group. Below the least base nothing is shown. As long
as a category has some answers but fewer than the threshold, it is merged with its neighbour on the
side of the middle; the middle one with the smaller of its neighbours. An empty category stays
empty for an audience that sees zeros. The median is then the merged category it lies in. Everybody
of a wave and group gets all questions, so one question's "not applicable" follows from another's:
when any of them is small, none of that wave and group is shown.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.disclosure.thresholds import FIGURES, ThresholdRule
from pipelines.statistics.intervals import wilson

MINIMUM_BASE = 10
"""Least number of answers or evaluations under a figure; fewer give somebody away."""
_CELL = ["wave", "respondent_group", "question"]
_THEME_CELL = ["statistic", "period_grain", "period", "dimension", "member"]
_NUMBERS = ["numerator", "denominator", "value", "lower", "upper"]


def protect_distributions(figures: pd.DataFrame, rule: ThresholdRule) -> pd.DataFrame:
    """Merge small categories and withhold what rests on too few answers.

    Args:
        figures: As `pipelines.evaluation.experience.experience_distribution` returns them.
        rule: The rule of the audience; a minimum of 0 leaves everything as it is.

    Returns:
        The same columns; merged categories have `low` below `high`. A withheld row has status
        `suppressed` and no number.
    """
    if rule.minimum <= 0 or figures.empty:
        return figures.copy()
    cells = [
        _protect_cell(cell, rule) for _, cell in figures.groupby(_CELL, sort=False, dropna=False)
    ]
    protected = pd.concat(cells, ignore_index=True)
    _withhold_not_applicable(protected, rule)
    return protected


def merged_categories(counts: list[int], minimum: int, *, zero_is_shown: bool) -> list[range]:
    """Which neighbouring categories stand together.

    Args:
        counts: Answers per category, in order of the scale.
        minimum: Least number of answers in a category that is shown.
        zero_is_shown: An empty category needs no merging.

    Returns:
        Ranges of positions that cover the scale in order; one range when nothing can be told apart.
    """
    groups = [range(place, place + 1) for place in range(len(counts))]
    middle = (len(counts) - 1) / 2

    def size(group: range) -> int:
        return sum(counts[place] for place in group)

    def is_small(group: range) -> bool:
        return size(group) < minimum and not (zero_is_shown and size(group) == 0)

    while len(groups) > 1 and any(map(is_small, groups)):
        small = [place for place, group in enumerate(groups) if is_small(group)]
        # From the ends inwards: the category furthest from the middle goes first.
        at = max(small, key=lambda place: abs((groups[place][0] + groups[place][-1]) / 2 - middle))
        centre = (groups[at][0] + groups[at][-1]) / 2
        neighbours = [place for place in (at - 1, at + 1) if 0 <= place < len(groups)]
        if centre == middle:
            # Joining an empty category alone would help nobody.
            sizes = {place: size(groups[place]) for place in neighbours}
            other = min(neighbours, key=lambda place: (sizes[place] == 0, sizes[place], place))
        else:
            inward = at + 1 if centre < middle else at - 1
            other = inward if inward in neighbours else neighbours[0]
        first, last = min(at, other), max(at, other)
        groups[first : last + 1] = [range(groups[first][0], groups[last][-1] + 1)]
    return groups


def protect_agreement(agreement: pd.DataFrame, rule: ThresholdRule) -> pd.DataFrame:
    """Withhold the counts of an agreement that rest on too few evaluations; alpha has no counts."""
    protected = agreement.copy()
    if rule.minimum > 0:
        few = protected["n_units"] < MINIMUM_BASE
        protected.loc[few, ["alpha", "lower", "upper"]] = np.nan
        protected[["n_units", "n_found"]] = protected[["n_units", "n_found"]].astype(float)
        is_rare = protected["n_found"].between(1, rule.minimum - 1)
        protected.loc[few | is_rare, "n_found"] = np.nan
        protected.loc[few, "n_units"] = np.nan
    return protected


def withhold_beside_parts(figures: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """Withhold the other parts of a group of themes where one part is withheld.

    The group is shown beside its parts, and an evaluation rarely holds two of them: what the shown
    parts leave of the group is nearly the withheld one.

    Args:
        figures: Protected figures in the long contract.
        groups: Group of every indicator that is a part of one.
    """
    protected = figures.copy()
    mine = protected["indicator"].isin(list(groups))
    if not mine.any():
        return protected
    parts = protected[mine]
    cell = [parts["indicator"].map(dict(groups)), *(parts[name] for name in _THEME_CELL)]
    is_withheld = parts["status"] == "suppressed"
    beside = is_withheld.groupby(cell).transform("any")
    at = beside.index[beside.to_numpy(bool)]
    protected.loc[at, FIGURES] = np.nan
    protected.loc[at, "status"] = "suppressed"
    return protected


def protect_pairs(pairs: pd.DataFrame, rule: ThresholdRule) -> pd.DataFrame:
    """Withhold pairs of themes found together in too few evaluations.

    Args:
        pairs: As `pipelines.evaluation.prevalence.cooccurrence` returns them.
        rule: The rule of the audience.
    """
    protected = pairs.copy()
    if rule.minimum <= 0:
        return protected
    few = protected["numerator"] < rule.minimum
    if rule.shows_true_zero:
        few &= protected["numerator"] != 0
    few |= protected["denominator"] < max(MINIMUM_BASE, rule.minimum)
    protected.loc[few, [*_NUMBERS, "expected"]] = np.nan
    protected.loc[few, "association"] = None
    protected.loc[few, "status"] = "suppressed"
    return protected


def _protect_cell(cell: pd.DataFrame, rule: ThresholdRule) -> pd.DataFrame:
    shares = cell[cell["statistic"] == "share"].sort_values("low")
    n_answered = shares["denominator"].iloc[0]
    if n_answered < max(MINIMUM_BASE, rule.minimum):
        withheld = cell.copy()
        withheld.loc[:, _NUMBERS] = np.nan
        withheld.loc[:, ["low", "high"]] = withheld[["low", "high"]].where(
            withheld["statistic"] == "share"
        )
        return withheld.assign(status="suppressed")
    counts = [int(count) for count in shares["numerator"]]
    groups = merged_categories(counts, rule.minimum, zero_is_shown=rule.shows_true_zero)
    rows = [_merge(shares.iloc[list(group)]) for group in groups]
    median = cell[cell["statistic"] == "median"].copy()
    bounds = [(row["low"].iloc[0], row["high"].iloc[0]) for row in rows]
    low, high = median["low"].iloc[0], median["high"].iloc[0]
    median["low"] = next(first for first, last in bounds if first <= low <= last)
    median["high"] = next(last for first, last in bounds if first <= high <= last)
    return pd.concat(
        [*rows, median, cell[cell["statistic"] == "not_applicable"]], ignore_index=True
    )


def _merge(categories: pd.DataFrame) -> pd.DataFrame:
    if len(categories) == 1:
        return categories
    merged = categories.iloc[[0]].copy()
    n, of = categories["numerator"].sum(), categories["denominator"].iloc[0]
    limits = wilson(n, of)
    merged["high"] = categories["high"].iloc[-1]
    merged[["numerator", "value", "lower", "upper"]] = [
        n,
        n / of,
        float(limits.lower),
        float(limits.upper),
    ]
    return merged


def _withhold_not_applicable(figures: pd.DataFrame, rule: ThresholdRule) -> None:
    mine = figures["statistic"] == "not_applicable"
    is_small = mine & (figures["numerator"] < rule.minimum)
    if rule.shows_true_zero:
        is_small &= figures["numerator"] != 0
    is_small |= mine & (figures["status"] == "suppressed")
    together = is_small.groupby([figures["wave"], figures["respondent_group"]]).transform("any")
    figures.loc[mine & together, _NUMBERS] = np.nan
    figures.loc[mine & together, "status"] = "suppressed"
