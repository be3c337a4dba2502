"""The list for discussion: which of all signals are put before a meeting, and in which order.

Here: pure functions on rows of `signal`, one per charted series: the chance of an indicator out of
the chances of its series, which indicators are one item, and which items are listed.
Not here: which series are charted and what their charts say (`charted`), how large a difference has
to be (the register), and the list in words.

The list is controlled, the series are not: of some thousand series that nothing happened to, dozens
signal. In this order:

* **A series counts** when its last point is about now, a rule flags it, and it differs from its
  centre by at least the smallest difference that matters to its indicator. Every other series has
  a chance of 1: it is drawn, and says nothing to the list.
* **An indicator has one chance**: `DEPENDENCE` times the weighted harmonic mean of those of its
  series (Wilson 2019). The national series weigh as much as all members together, every dimension
  as much as another, every member, grain and measure likewise, and the measure its icons come from
  as much as all others. So forty members are one more look and not forty. The mean is one over a
  sum of w/p: a single series with a signal counts as Bonferroni would have it, and series that
  agree confirm one another, as they cannot with Bonferroni or Simes. The series of an indicator are
  of the same cases, and the mean is up to a third too small where they depend on one another: the
  factor is for that, as found by simulation (`tests/indicators/test_controlled_list.py`).
* **Listed** is what Benjamini and Hochberg (1995) leave at `LEVEL`: of what is listed a tenth is
  expected to be false, at most. Over how many is fixed by the register: every indicator, a lead
  time and the agreement of both sides about the same hand-off together, whose chance is the least
  of theirs times their number. Indicators of the same cases depend on each other positively, for
  which their procedure holds.
* **One item** are, besides, an indicator and its balancing measure when both moved; and lead times
  that share a start or a stop of the same cases and moved the same way, of the same part, in the
  same period. To have moved is a chance within `LEVEL` by itself. What is one item is told once: it
  is listed where any of it is, and its chance is the least times the number. The indicator with the
  least leads it; agreement follows its lead time where that moved too.
* **The order** is that of the chance; equally likely ones stand by name. Members keep their fixed
  order and have no rank of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import false_discovery_control

from pipelines.dimensions import NATIONAL
from pipelines.periods import CHARTED_GRAINS, first_period_from, period_number
from pipelines.signals.background import Background
from pipelines.signals.spans import CHART as SPANS
from pipelines.statistics.change_at_end import LEAST_BEFORE_COUNTED

# Of what is listed, the share that is expected to be false at most.
LEVEL = 0.10
# By how much the harmonic mean of chances that depend on one another can be too small: found was up
# to 1.34, at a correlation of .5 to .7 between eighty series.
DEPENDENCE = 1.4
# Names of how strong evidence is: a chance of 1 in 10,000 and of 1 in 300.
STRONG_EVIDENCE, CLEAR_EVIDENCE = 4.0, 2.5
# One in 64: the weakest a rule can give, a shift of seven points.
WEAKEST_EVIDENCE = 1.8
# Kinds that have series; a distribution of answers has none.
_UNCHARTED = frozenset({"distribution"})
# The least a chance can be told apart from nothing.
_LEAST = 1e-300

Floats = npt.NDArray[np.float64]


def with_agenda(signal: pd.DataFrame, background: Background) -> pd.DataFrame:
    """Say of every signal whether it is listed, under which indicator and in which place.

    Args:
        signal: One row per charted series, with all its columns.
        background: Register and hand-offs.

    Returns:
        The rows with `n_compared`, `strength`, `item`, `item_p_value`, `item_strength`,
        `discussion_rank` and `expected_false`, and `evidence` lowered by the number of members
        looked at. The last five are empty for what is not listed.
    """
    if signal.empty:
        return signal
    is_charted = signal["chart"] != "none"
    cell = [signal[name] for name in ("indicator", "statistic", "period_grain", "dimension")]
    n_compared = is_charted.astype(int).groupby(cell).transform("sum").clip(lower=1)
    evidence = (signal["evidence"].astype(float) - np.log10(n_compared)).clip(lower=0.0)
    signal = signal.assign(
        n_compared=n_compared,
        evidence=evidence.round(3),
        strength=np.where(signal["rule"] == "none", "none", _strength(evidence.to_numpy())),
    )
    counts = _counts(signal, background)
    weighed = signal[["indicator"]].assign(
        chance=_chances(signal, counts), weight=series_weights(signal)
    )
    own = pd.Series(
        {
            str(indicator): float(chance_of(rows["chance"].to_numpy(), rows["weight"].to_numpy()))
            for indicator, rows in weighed[weighed["weight"] > 0.0].groupby("indicator")
        },
        dtype=np.float64,
    )
    items = _items(signal[counts], own, background)
    listed = _listed(items, _n_items(background))
    lead = signal["indicator"].map(items["lead"]).where(signal["indicator"].map(items["is_own"]))
    place = lead.map({name: place for place, name in enumerate(listed, start=1)})
    # Of a series that carries its indicator the reason is given, of its echoes it is not.
    is_told = _is_told(signal, counts, weighed, own) & place.notna()
    chance = lead.map(items["p_value"].groupby(items["lead"]).first())
    return signal.assign(
        item=lead.where(is_told),
        item_p_value=chance.where(is_told),
        item_strength=pd.Series(
            _strength(-np.log10(np.maximum(chance.astype(float).to_numpy(), _LEAST))), signal.index
        ).where(is_told),
        discussion_rank=place.where(is_told),
        expected_false=np.where(is_told, LEVEL * len(listed), np.nan),
    )


def series_weights(signal: pd.DataFrame) -> pd.Series:
    """Weight of every series in the chance of its indicator; they add up to 1 per indicator.

    Args:
        signal: Rows of `signal`; what has no chart weighs nothing, nor what began too recently for
            any end of it to be unlikely: a share within a norm that was changed last year.
    """
    has_points = (_n_since_begin(signal) > LEAST_BEFORE_COUNTED) | (signal["chart"] == SPANS)
    charted = signal[(signal["chart"] != "none") & has_points]
    is_national = charted["dimension"] == NATIONAL
    levels: list[tuple[list[pd.Series], pd.Series]] = []
    above = [charted["indicator"]]
    for branch in (is_national, charted["dimension"], charted["member"], charted["period_grain"]):
        levels.append((above, branch))
        above = [*above, branch]
    weight = pd.Series(1.0, charted.index)
    for parents, branch in levels:
        weight /= branch.groupby(parents).transform("nunique")
    is_headline = charted["is_headline"].astype(bool)
    n_leads = is_headline.groupby(above).transform("sum")
    n_others = (~is_headline).groupby(above).transform("sum")
    halves = np.where((n_leads > 0) & (n_others > 0), 2.0, 1.0)
    weight /= halves * np.where(is_headline, n_leads, n_others)
    every: pd.Series = weight.reindex(signal.index, fill_value=0.0)
    return every


def _n_since_begin(signal: pd.DataFrame) -> pd.Series:
    """Points of each series since it last began anew, or all; periods without one are few."""
    begun = signal["n_points"].astype(float)
    for place, (day, period, grain) in enumerate(
        signal[["rebased_on", "period", "period_grain"]].itertuples(index=False, name=None)
    ):
        if grain in CHARTED_GRAINS and isinstance(day, date):
            since = period_number(period, grain) - first_period_from(day, grain) + 1
            begun.iloc[place] = min(begun.iloc[place], since)
    return begun


def chance_of(chances: Floats, weights: Floats) -> Floats:
    """Return the chance that series differ as they do although nothing changed.

    Args:
        chances: (..., S) chance of each series; 1 where it says nothing.
        weights: (S,) adding up to 1.

    Returns:
        (...) one chance, which makes up for what dependence was found to take; see the module.
    """
    mean = 1.0 / (1.0 / chances @ weights)
    factor = DEPENDENCE if np.count_nonzero(weights) > 1 else 1.0
    return np.minimum(1.0, factor * mean)


def _counts(signal: pd.DataFrame, background: Background) -> "pd.Series[bool]":
    """Whether a series says anything to the list; see the module."""
    is_current = ~signal["warnings"].str.contains("last_period_missing", regex=False)
    smallest = [
        background.smallest_difference(indicator, statistic)
        for indicator, statistic in zip(signal["indicator"], signal["statistic"], strict=True)
    ]
    # A difference of exactly the smallest that matters, does.
    is_large = signal["difference"].astype(float).abs() >= np.array(smallest) * (1 - 1e-9)
    return (signal["rule"] != "none") & is_current & is_large


def _chances(signal: pd.DataFrame, counts: "pd.Series[bool]") -> pd.Series:
    """Chance of each series to signal as it does without any change; 1 where it does not count."""
    chance = signal["p_value"].astype(float)
    return chance.where(counts, 1.0).fillna(1.0).clip(lower=_LEAST)


def _is_told(
    signal: pd.DataFrame, counts: "pd.Series[bool]", weighed: pd.DataFrame, own: pd.Series
) -> "pd.Series[bool]":
    """Whether the reason of a signal is given where its item is listed."""
    is_headline = signal["is_headline"].astype(bool)
    is_strong = counts & (signal["evidence"] >= WEAKEST_EVIDENCE)
    # Median, P90 and mean of the same cases say the same thing: one of them is enough.
    cell = [signal[name] for name in ("indicator", "period_grain", "dimension", "member")]
    is_said = (is_strong & is_headline).groupby(cell).transform("any")
    # The series an indicator owes its chance to is told, however many members there are.
    share = (weighed["weight"] / weighed["chance"]).where(counts, 0.0)
    carries = counts & (share == share.groupby(signal["indicator"]).transform("max"))
    is_carried = carries & (signal["indicator"].map(own) <= LEVEL)
    return (is_strong | is_carried) & (is_headline | ~is_said)


def _items(moved: pd.DataFrame, own: pd.Series, background: Background) -> pd.DataFrame:
    """Which indicators are one item: per indicator its `lead`, and the chance of the item.

    Args:
        moved: The rows that count.
        own: Chance of each indicator.
        background: Register and hand-offs.

    Returns:
        By indicator: `fixed` (number of what the register puts together) and its `chance`, `lead`
        and `p_value` (of the item), and `is_own`: whether the indicator moved, or shares its item
        with nothing else.
    """
    names = list(own.index)
    has_moved = {str(name) for name in own.index[own <= LEVEL]}
    fixed = list(background.agreements())
    found = [*_balanced(has_moved, background), *_together(moved, has_moved, background)]
    items = pd.DataFrame(
        {
            "own": own.to_numpy(float),
            "fixed": _components(names, fixed),
            "group": _components(names, [*fixed, *found]),
        },
        index=names,
    )
    agreed = {second for _, second in fixed}
    ordered = items.assign(
        follows=[name in agreed for name in names], is_quiet=items["own"] > LEVEL
    )
    # By name where two are equally likely: any fixed order will do.
    ordered = ordered.sort_index().sort_values(["is_quiet", "follows", "own"], kind="stable")
    lead = ordered.reset_index(names="name").groupby("group")["name"].first()
    of_fixed = items.groupby("fixed")["own"]
    chance = (of_fixed.transform("min") * of_fixed.transform("size")).clip(upper=1.0)
    of_item = items.assign(chance=chance).groupby("group")
    told = of_item["chance"].transform("min") * of_item["fixed"].transform("nunique")
    return items.assign(
        lead=items["group"].map(lead),
        chance=chance,
        p_value=told.clip(upper=1.0),
        is_own=(items["own"] <= LEVEL) | (items["group"].map(lead) == items.index),
    )


def _components(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """Number of the group of each name, of those that pairs link."""
    place = {name: number for number, name in enumerate(names)}
    known = [
        (place[first], place[second])
        for first, second in pairs
        if first in place and second in place
    ]
    at = np.array(known, dtype=np.int64).reshape(-1, 2)
    links = coo_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(names), len(names)))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _balanced(has_moved: set[str], background: Background) -> Iterator[tuple[str, str]]:
    """Indicators and their balancing measures where both moved."""
    return (
        (indicator, other)
        for indicator, other in background.balancing.items()
        if indicator in has_moved and other in has_moved
    )


def _together(
    moved: pd.DataFrame, has_moved: set[str], background: Background
) -> Iterator[tuple[str, str]]:
    """Lead times of the same cases that moved the same way, of the same part, in one period."""
    what = ["dimension", "member", "period", "variation"]
    said = {
        str(indicator): set(rows[what].itertuples(index=False, name=None))
        for indicator, rows in moved.groupby("indicator")
        if indicator in has_moved
    }
    return (
        (lead_time, other)
        for lead_time, other in background.same_cases
        if not said.get(lead_time, set()).isdisjoint(said.get(other, set()))
    )


def _n_items(background: Background) -> int:
    """How many items there are when nothing moves: the register, agreement under its lead time."""
    n_charted = sum(kind not in _UNCHARTED for kind in background.kinds.values())
    return n_charted - len(list(background.agreements()))


def _listed(items: pd.DataFrame, n_items: int) -> list[str]:
    """The leads of the items that are listed, the least likely by chance first."""
    chances = items.groupby("fixed")["chance"].first()
    n_quiet = max(n_items - len(chances), 0)
    adjusted = false_discovery_control([*chances, *np.ones(n_quiet)])[: len(chances)]
    is_left = items["fixed"].map(pd.Series(adjusted <= LEVEL, chances.index)) & (
        items["chance"] < 1.0
    )
    leads = items.sort_index()
    leads = leads[(leads["lead"] == leads.index) & leads["lead"].isin(items.loc[is_left, "lead"])]
    return [str(name) for name in leads["p_value"].sort_values(kind="stable").index]


def _strength(evidence: Iterable[float]) -> npt.NDArray[np.object_]:
    """The word for each strength of evidence."""
    each = np.asarray(evidence, dtype=np.float64)
    return np.select(
        [each >= STRONG_EVIDENCE, each >= CLEAR_EVIDENCE], ["strong", "clear"], "weak"
    ).astype(object)
