"""How often a theme is found: shares of coded evaluations, per period and hand-off.

Here: prevalence in the long contract, and how often two themes are found together.
Not here: which themes make a series (`codebook`), protection of small numbers.

The unit is the evaluation: a theme found at three hand-offs of one evaluation counts once. An
evaluation takes part from when the first coder coded it, in the period in which it was held, and
only for themes that were in the version of the codebook it was coded with.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.evaluation.codebook import Series
from pipelines.statistics.intervals import wilson

HANDOFF = "handoff_id"
# Prevalence at a hand-off is a second cut: like every dimension by quarter and year only.
_GRAINS = {"month": True, "quarter": False, "year": False, "all": True}
_CELL = ["series", "period_grain", "period"]


def theme_figures(
    series: Iterable[Series], evaluations: pd.DataFrame, codes: pd.DataFrame
) -> pd.DataFrame:
    """Prevalence of every series.

    Args:
        series: Of the codebook.
        evaluations: One row per evaluation the first coder coded: `record_key`, `held_on`,
            `codebook_version`.
        codes: What the first coder found: `record_key`, `theme`, `handoff_id`; rows may repeat.

    Returns:
        Rows of the long contract without dates: `indicator, period_grain, period, dimension,
        member, view, side, statistic, numerator, denominator, value, lower, upper, n_at_risk,
        status`. A period without coded evaluations has no row.
    """
    counted = list(series)
    part, found = _membership(counted, evaluations, codes)
    if part.empty:
        return pd.DataFrame()
    base = _per_period(part).groupby(_CELL)["record_key"].nunique().rename("denominator")
    national = base.reset_index().assign(dimension=NATIONAL, member=NATIONAL)
    hits = _per_period(found).groupby(_CELL)["record_key"].nunique().rename("numerator")
    national = national.join(hits, on=_CELL)
    at_handoff = _at_handoffs(base, found)
    figures = pd.concat([national, at_handoff], ignore_index=True)
    figures["numerator"] = figures["numerator"].fillna(0)
    shares = _with_interval(figures)
    return shares.assign(
        indicator=shares["series"].map(
            {theme_series.code: theme_series.indicator for theme_series in counted}
        ),
        statistic="share",
        view="cohort",
        side="both",
        n_at_risk=np.nan,
        status="ok",
    ).drop(columns="series")


def cooccurrence(
    series: Sequence[Series], evaluations: pd.DataFrame, codes: pd.DataFrame
) -> pd.DataFrame:
    """How often two themes are found in the same evaluation.

    Args:
        series: The series to pair; parts of a group beside the group would pair with themselves.
        evaluations: As for `theme_figures`.
        codes: As for `theme_figures`.

    Returns:
        One row per year (and `all`) and pair: `period_grain, period, first, second, numerator`
        (evaluations with both), `denominator` (evaluations in which both could be found), `n_first,
        n_second` (those with the one, and with the other), `value,
        lower, upper` (share with both), `expected` (share with both when the themes had nothing to
        do with each other), `association` (`more`, `less` or `as_expected`: whether the interval
        lies above, below or around that), `status`.
    """
    part, found = _membership(series, evaluations, codes)
    if part.empty:
        return pd.DataFrame()
    names = [theme_series.code for theme_series in series]
    rows: list[dict[str, object]] = []
    years = part["held_on"].dt.strftime("%Y")
    for grain, period in [("all", "all"), *(("year", year) for year in sorted(set(years)))]:
        mine = part if grain == "all" else part[years == period]
        can = _incidence(mine, mine, names)
        has = _incidence(found[found["record_key"].isin(mine["record_key"])], mine, names)
        n_both, n_first, n_can = has.T @ has, has.T @ can, can.T @ can
        for a, first in enumerate(names):
            for b in range(a + 1, len(names)):
                n = float(n_can[a, b])
                rows.append(
                    {
                        "period_grain": grain,
                        "period": period,
                        "first": first,
                        "second": names[b],
                        "numerator": float(n_both[a, b]),
                        "denominator": n,
                        "n_first": float(n_first[a, b]),
                        "n_second": float(n_first[b, a]),
                        "expected": float(n_first[a, b] * n_first[b, a]) / n**2 if n else np.nan,
                    }
                )
    pairs = _with_interval(pd.DataFrame(rows).query("denominator > 0").reset_index(drop=True))
    return pairs.assign(association=association(pairs), status="ok")


def association(pairs: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.str_]]:
    """Whether the share of each pair lies above (`more`), below (`less`) or around `expected`."""
    return np.select(
        [pairs["lower"] > pairs["expected"], pairs["upper"] < pairs["expected"]],
        ["more", "less"],
        "as_expected",
    )


def _membership(
    series: Sequence[Series], evaluations: pd.DataFrame, codes: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Evaluations each series could be found in, and those it was found in (per hand-off)."""
    counts = pd.DataFrame(
        [
            (theme_series.code, version, theme)
            for theme_series in series
            for version, themes in theme_series.themes.items()
            for theme in sorted(themes)
        ],
        columns=["series", "codebook_version", "theme"],
    )
    known = evaluations[["record_key", "held_on", "codebook_version"]].drop_duplicates("record_key")
    known = known.assign(
        held_on=pd.to_datetime(known["held_on"]),
        codebook_version=known["codebook_version"].astype(np.int64),
    )
    part = known.merge(counts[["series", "codebook_version"]].drop_duplicates())
    found = codes[["record_key", "theme", HANDOFF]].merge(known).merge(counts)
    return part, found


def _per_period(rows: pd.DataFrame) -> pd.DataFrame:
    """Each row once per grain, with the period it falls in."""
    held = rows["held_on"]
    periods = {
        "month": held.dt.strftime("%Y-%m"),
        "quarter": held.dt.strftime("%Y-Q") + held.dt.quarter.astype(str),
        "year": held.dt.strftime("%Y"),
        "all": pd.Series("all", rows.index),
    }
    return pd.concat(
        [rows.assign(period_grain=grain, period=periods[grain]) for grain in _GRAINS],
        ignore_index=True,
    )


def _at_handoffs(base: pd.Series, found: pd.DataFrame) -> pd.DataFrame:
    """Counts at every hand-off where a series was ever found, zero in the other periods."""
    fine = [grain for grain, is_national in _GRAINS.items() if not is_national]
    rows = _per_period(found[found[HANDOFF].notna()])
    rows = rows[rows["period_grain"].isin(fine)].rename(columns={HANDOFF: "member"})
    hits = rows.groupby([*_CELL, "member"])["record_key"].nunique().rename("numerator")
    places = rows[["series", "member"]].drop_duplicates()
    cells = base.reset_index()
    cells = cells[cells["period_grain"].isin(fine)].merge(places, on="series")
    return cells.join(hits, on=[*_CELL, "member"]).assign(dimension=HANDOFF)


def _incidence(rows: pd.DataFrame, among: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Evaluations by series, 1 where the pair is among the rows."""
    keys = pd.Index(among["record_key"].unique())
    matrix = np.zeros((len(keys), len(names)), dtype=np.int64)
    at = keys.get_indexer(pd.Index(rows["record_key"]))
    matrix[at, pd.Index(names).get_indexer(pd.Index(rows["series"]))] = 1
    return matrix


def _with_interval(rows: pd.DataFrame) -> pd.DataFrame:
    n, of = rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float)
    limits = wilson(n, of)
    return rows.assign(
        numerator=n, denominator=of, value=n / of, lower=limits.lower, upper=limits.upper
    )
