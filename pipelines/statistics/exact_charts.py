"""Charts for few events a period: limits from the binomial or Poisson distribution itself.

Belongs here: the exact chart of a share and of a count or rate, one point per period.

Does not belong here: charts with limits from moving ranges, and charts of the time between events
(`signals`); which series gets which chart.

With fewer than some three events a period, moving ranges are mostly the same few values, and limits
drawn from them collapse or wander. What such a count can be by chance is known: it is binomial or
Poisson. Only the first rule is used, a point strictly beyond a limit; runs on one side of the
centre are common in skewed counts and mean nothing. The chance of a false alarm is at most that of
the two tails, 1 in 370, for as far as the events are independent.

A group has one centre, the pooled share or rate of all its periods, the last included: one extreme
period among few hides itself a little, it never makes itself.
"""

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from pipelines.statistics.intervals import Limits, funnel_limits_rate, funnel_limits_share
from pipelines.statistics.signals import (
    MINIMUM_FIRM_POINTS,
    Assurance,
    ControlChart,
    Direction,
    LimitGroup,
    Rule,
    outside_points,
    variation_of,
    warnings_of,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# The tails beyond three and beyond two sigma of a normal distribution.
_LEVEL, _NEAR_LEVEL = 0.9973, 0.9545


def exact_chart(
    events: npt.ArrayLike,
    base: npt.ArrayLike,
    *,
    is_share: bool,
    rebase: npt.ArrayLike | None = None,
    direction: Direction = Direction.NEUTRAL,
) -> ControlChart:
    """Chart a share or a rate with exact limits.

    Args:
        events: (P,) events per period in time order, NaN for a gap.
        base: (P,) cases of a share, or time or 1 for a count; NaN or 0 for a gap.
        is_share: Whether the base are the cases the events are among (binomial), or a time they
            happen in (Poisson).
        rebase: (P,) True at the first period of a new group.
        direction: Which way is better.

    Returns:
        The chart; its values are events over base.

    Raises:
        ValueError: Arrays of different length, or more events than cases.

    Source:
        Benneyan (2001), Int J Qual Health Care 13:151 (exact limits of p- and u-charts).
    """
    count, of = np.asarray(events, dtype=np.float64), np.asarray(base, dtype=np.float64)
    if count.shape != of.shape or count.ndim != 1:
        raise ValueError(f"events has shape {count.shape}, base {of.shape}")
    is_known = ~np.isnan(count) & (of > 0)
    if is_share and (count[is_known] > of[is_known]).any():
        raise ValueError("a share cannot have more events than cases")
    starts = np.zeros(count.size, np.bool_) if rebase is None else np.asarray(rebase, np.bool_)
    group = np.cumsum(starts) - (int(starts[0]) if count.size else 0)
    n_groups = int(group[-1]) + 1 if group.size else 0
    pooled = _per_group(count, group, n_groups, is_known) / _per_group(
        of, group, n_groups, is_known, empty=np.nan
    )
    centre = pooled[group] if n_groups else np.empty(0)
    is_charted = is_known & ~np.isnan(centre)
    value = np.full(count.size, np.nan)
    value[is_known] = count[is_known] / of[is_known]
    outer = _limits(of, centre, is_charted, _LEVEL, is_share=is_share)
    near = _limits(of, centre, is_charted, _NEAR_LEVEL, is_share=is_share)
    sides = outside_points(value, outer.lower, outer.upper)
    last = np.flatnonzero(is_known)
    groups = tuple(
        _group(np.flatnonzero(group == number), is_known, float(pooled[number]), outer, near)
        for number in range(n_groups)
    )
    rules = tuple(Rule.OUTSIDE if side else Rule.NONE for side in sides.tolist())
    variation = tuple(
        variation_of(rule, side, direction) if known else None
        for rule, side, known in zip(rules, sides.tolist(), is_known.tolist(), strict=True)
    )
    variance = np.where(is_charted, centre * (1 - centre) if is_share else centre, np.nan)
    spread = np.sqrt(variance / np.where(is_charted, of, np.nan))
    return ControlChart(
        values=value,
        scores=(value - centre) / np.where(spread > 0, spread, 1.0),
        group=group,
        centre=np.where(is_known, centre, np.nan),
        lower=outer.lower,
        upper=outer.upper,
        near_lower=near.lower,
        near_upper=near.upper,
        rules=rules,
        sides=sides,
        point_variation=variation,
        groups=groups,
        variation=variation[last[-1]] if last.size else None,
        variation_position=int(last[-1]) if last.size else None,
        assurance=Assurance.NONE,
        is_provisional=groups[-1].is_provisional if groups else True,
        warnings=warnings_of(~is_known, groups),
    )


def chance_of_last(
    events: npt.ArrayLike, base: npt.ArrayLike, *, is_share: bool, dispersion: float = 1.0
) -> float:
    """Chance of a last count at least so far on its side, both sides together.

    Given how many events there are in all periods together, those of the last are binomial (of a
    rate, with its part of the time) or hypergeometric (of a share), whatever the rate or share is
    (Przyborowski, Wilenski 1940; Fisher's exact test). Where events come in clumps there are fewer
    independent ones.

    Args:
        events: (P,) events, without gaps.
        base: (P,) cases, or time.
        is_share: As for `exact_chart`.
        dispersion: How many events come together, 1 where they are independent.
    """
    count, of = np.asarray(events, dtype=np.float64), np.asarray(base, dtype=np.float64)
    last, total, part = count[-1], count.sum(), of[-1] / of.sum()
    if dispersion > 1.0:
        # The binomial tails as continuous functions of the number of clumps.
        clumps, all_clumps = last / dispersion, total / dispersion
        above = special.betainc(clumps, all_clumps - clumps + 1.0, part) if last > 0 else 1.0
        below = special.betaincc(clumps + 1.0, all_clumps - clumps, part) if last < total else 1.0
    elif is_share:
        law = stats.hypergeom(int(of.sum()), int(total), int(of[-1]))
        below, above = law.cdf(last), law.sf(last - 1.0)
    else:
        below = special.bdtr(last, int(total), part)
        above = special.bdtrc(last - 1.0, int(total), part) if last > 0 else 1.0
    return float(min(1.0, 2.0 * min(below, above)))


def _per_group(
    values: FloatArray,
    group: IntArray,
    n_groups: int,
    is_known: npt.NDArray[np.bool_],
    empty: float = 0.0,
) -> FloatArray:
    sums = np.bincount(group[is_known], weights=values[is_known], minlength=n_groups)
    return np.where(sums > 0, sums, empty)


def _limits(
    of: FloatArray,
    centre: FloatArray,
    is_charted: npt.NDArray[np.bool_],
    level: float,
    *,
    is_share: bool,
) -> Limits:
    lower, upper = np.full(of.size, np.nan), np.full(of.size, np.nan)
    limits_of = funnel_limits_share if is_share else funnel_limits_rate
    found = limits_of(of[is_charted], centre[is_charted], level)
    lower[is_charted], upper[is_charted] = found.lower, found.upper
    return Limits(lower, upper)


def _group(
    places: IntArray,
    is_known: npt.NDArray[np.bool_],
    centre: float,
    outer: Limits,
    near: Limits,
) -> LimitGroup:
    n_points = int(is_known[places].sum())
    # Limits differ per period with its base; a group is described by those of its last one.
    known = places[is_known[places]]
    at = int(known[-1]) if known.size else int(places[-1])
    return LimitGroup(
        start=int(places[0]),
        stop=int(places[-1]) + 1,
        n_points=n_points,
        centre=centre,
        lower=float(outer.lower[at]),
        upper=float(outer.upper[at]),
        near_lower=float(near.lower[at]),
        near_upper=float(near.upper[at]),
        is_provisional=n_points < MINIMUM_FIRM_POINTS,
    )
