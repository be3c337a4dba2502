"""Members against the country: the funnel around the national value of every comparison.

Here: which figures are compared, and the table `funnel`: one row per member with its limits.
Not here: the limits (`pipelines.statistics.funnel`), and how they are drawn.

Decisions:

* **From the figures of the audience itself.** A limit follows from the cases of the member and the
  national value, which stand beside it; how far members lie apart follows from the members shown.
  A withheld member has no row.
* **By year, and by the gross clock.** A member has few cases a quarter, and the page compares
  years by the clock that is the headline.
* **Shares and rates.** Limits need a distribution, and only of events among cases (binomial) or in
  a time (Poisson) it is known. A median, P90 or restricted mean has none without assuming how long
  cases take; its own interval against the national value says the same for one member. A count
  has nothing to be set against.
* **Only where every case was followed**: the figure is then events over cases. Where a case was
  still open before the norm or horizon the share is an estimate and no count, so the comparison has
  no funnel yet; the same figure has one a year later.
* **What was withheld for being few is not forgotten.** A rule for small numbers hides a member for
  how few of its cases had the event, so of members with few expected events those far out are
  overrepresented. Beside a withheld member only those with `FEWEST_EXPECTED` expected events and
  non-events say how far members lie apart: of fifteen expected, four or fewer happen once in a
  thousand times.
* **Outside** is beyond the outer limits (.998): one in 500 where nothing but chance and the
  estimated spread is at work. Between both limits lies one in twenty by chance: it has no word.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.lead_time_cells import GROSS
from pipelines.statistics.funnel import Spread, rate_limits, share_limits, spread_of

FloatArray = npt.NDArray[np.float64]

TABLE = "funnel"
INNER, OUTER = 0.95, 0.998
FEWEST_EXPECTED = 15.0
# Statistics with a distribution, and the view they are compared in.
_VIEWS = {
    "share": "cohort",
    "matched": "cohort",
    "share_within_norm": "cohort",
    "cumulative_incidence_6m": "cohort",
    "cumulative_incidence_12m": "cohort",
    "cumulative_incidence_24m": "cohort",
    "rate": "completed",
}
_RATE = "rate"
_CELL = ["indicator", "version", "statistic", "view", "clock", "side", "period_grain", "period"]
COLUMNS = {
    **dict.fromkeys([*_CELL, "dimension", "member"], "string"),
    "target": "Float64",
    "lower": "Float64",
    "upper": "Float64",
    "outer_lower": "Float64",
    "outer_upper": "Float64",
    "place": "string",
    "n_members": "Int64",
    "spread": "string",
    "ratio": "Float64",
    "between": "Float64",
}
# Rounding of a sum of weights; a share that is an estimate differs by far more.
_EXACT = 1e-9


def funnels_of(results: pd.DataFrame) -> pd.DataFrame:
    """Set every member that an audience sees against the national value.

    Args:
        results: Figures in the long contract, as the audience sees them.

    Returns:
        One row per member and comparison with the columns of `COLUMNS`, in the order of the
        figures.
    """
    rows = _compared(results)
    is_shown = (rows["status"] == "ok").to_numpy()
    comparison = rows.groupby([*_CELL, "dimension"], sort=False).ngroup().to_numpy()
    numbers = rows[["value", "numerator", "denominator", "target"]].to_numpy(dtype=np.float64)
    ratio, between = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    is_kept = np.zeros(len(rows), np.bool_)
    is_rate = (rows["statistic"] == _RATE).to_numpy()
    is_hidden = (rows["status"] == "suppressed").to_numpy()
    for places in np.split(
        np.argsort(comparison, kind="stable"), np.cumsum(np.bincount(comparison))[:-1]
    ):
        members = places[is_shown[places]]
        if not members.size or not _is_counted(*numbers[members, :3].T):
            continue
        is_kept[members] = True
        value, _, base, target = numbers[members].T
        spread = _spread(
            value,
            base,
            float(target[0]),
            is_rate=is_rate[places[0]],
            beside=bool(is_hidden[places].any()),
        )
        if spread is not None:
            ratio[members], between[members] = spread
    kept = rows[is_kept].assign(ratio=ratio[is_kept], between=between[is_kept])
    kept["n_members"] = kept.groupby([*_CELL, "dimension"])["member"].transform("size")
    kept["spread"] = np.select(
        [kept["between"].isna(), kept["between"] > 0.0], ["unknown", "more"], "chance"
    )
    return _with_limits(kept)[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _compared(results: pd.DataFrame) -> pd.DataFrame:
    """The figures of members that can have a funnel, each with the national value as `target`."""
    rows = results[
        (results["view"] == results["statistic"].map(_VIEWS))
        & (results["period_grain"] == "year")
        & (results["clock"] == GROSS.name)
    ]
    is_national = rows["dimension"] == NATIONAL
    country = rows[is_national & (rows["status"] == "ok")].rename(columns={"value": "target"})
    members = rows[~is_national].merge(country[[*_CELL, "target"]], on=_CELL, validate="m:1")
    most = np.where(members["statistic"] == _RATE, np.inf, 1.0)
    # At a target of 0 or 1 nothing varies by chance.
    return members[(members["target"] > 0.0) & (members["target"] < most)]


def _is_counted(value: FloatArray, events: FloatArray, base: FloatArray) -> bool:
    """Whether every figure is events over cases: no case was lost from sight or is still open."""
    return bool((np.abs(value * base - events) <= _EXACT * np.maximum(base, 1.0)).all())


def _spread(
    value: FloatArray, base: FloatArray, target: float, *, is_rate: bool, beside: bool
) -> Spread | None:
    """How far the members lie apart beyond chance; None where they cannot say so."""
    is_telling = base > 0.0
    if beside:
        rarer = target if is_rate else min(target, 1.0 - target)
        is_telling &= base * rarer >= FEWEST_EXPECTED
    variance = target * (1.0 if is_rate else 1.0 - target)
    return spread_of(value[is_telling], target, np.sqrt(variance / base[is_telling]))


def _with_limits(kept: pd.DataFrame) -> pd.DataFrame:
    """Add both pairs of limits, and where the figure lies."""
    is_rate = (kept["statistic"] == _RATE).to_numpy()
    value, base, target = (
        kept[name].to_numpy(dtype=np.float64) for name in ("value", "denominator", "target")
    )
    between = kept["between"].fillna(0.0).to_numpy(dtype=np.float64)
    ends: dict[str, FloatArray] = {}
    for level, names in ((INNER, ("lower", "upper")), (OUTER, ("outer_lower", "outer_upper"))):
        for name in names:
            ends[name] = np.full(len(kept), np.nan)
        for limits_of, where in ((share_limits, ~is_rate), (rate_limits, is_rate)):
            limits = limits_of(base[where], target[where], between[where], level)
            # With a case or two the nearest count that can happen lies beyond the national value.
            ends[names[0]][where] = np.minimum(limits.lower, target[where])
            ends[names[1]][where] = np.maximum(limits.upper, target[where])
    margin = _EXACT * np.maximum(np.abs(value), 1.0)
    place = np.select(
        [value > ends["outer_upper"] + margin, value < ends["outer_lower"] - margin],
        ["above", "below"],
        "within",
    )
    return kept.assign(**ends, place=place)
