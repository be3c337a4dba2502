"""What a release takes over from those before it: publish once.

Here: which figures enter, which stay as they were published, which are revised and why. Pure
functions on the long contract.
Not here: how figures are protected (`pipelines.disclosure`), and reading or writing files.

A period enters when it is over, is followed to its end and as much longer as its indicator needs,
and later deliveries are not expected to add to it. From then on its figures are frozen. The first
release on a reference date in a new calendar year revises, and so does one that mends an error:
where the truth is so far from what was published that no rounding leads from the one to the other.
Anything nearer stays: a figure that follows every case gives each case away.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from pipelines.indicators.periods import last_day

KEY = [
    "indicator",
    "statistic",
    "view",
    "clock",
    "side",
    "period_grain",
    "period",
    "dimension",
    "member",
]
"""What tells a figure from every other, whatever it is now."""
SHOWN = "ok"
YEARLY, ERROR, DEFINITION = "yearly", "error", "definition"
_DEFINED_BY = ["version", "unit"]
_COUNTED = ["numerator", "denominator"]
# A figure of these is waited for no longer: it is there, or it is withheld.
_NOT_YET = frozenset({"too_recent", "not_delivered", "not_reached", "no_data"})
_DAYS_A_UNIT = {"hours": 1 / 24, "calendar_days": 1.0, "working_days": 7 / 5}
REVISION_COLUMNS = [
    *KEY,
    *(f"{age}_{number}" for number in (*_COUNTED, "value") for age in ("old", "new")),
    "why",
    "note",
    "published_in",
]


@dataclass(frozen=True)
class Frozen:
    """The figures of a release.

    Attributes:
        result: Rows of the long contract, in the order of `KEY`.
        revision: A row for every figure that readers know otherwise: its key, its numbers before
            and now, `why` (`yearly`, `error` or `definition`), a `note`, and `published_in`, the
            release that had the old one.
    """

    result: pd.DataFrame
    revision: pd.DataFrame


def settled_until(
    indicators: pd.DataFrame, growing_since: Mapping[str, date], reference_day: date
) -> dict[str, date]:
    """The last day on which a period of each indicator may end and enter.

    Args:
        indicators: Table `indicator`: `indicator`, `kind`, `unit`, `followed_until`, `horizon`.
        growing_since: First day of the periods to which later deliveries are expected to add.
        reference_day: Reference date of the build.
    """
    found = {}
    for row in indicators.to_dict("records"):
        name, followed = str(row["indicator"]), row["followed_until"]
        day = (
            reference_day
            if pd.isna(followed)
            else min(pd.Timestamp(followed).date(), reference_day)
        )
        horizon, unit = row.get("horizon"), str(row["unit"])
        if row["kind"] == "lead_time" and horizon is not None and not pd.isna(horizon):
            # Twice what it usually takes: what is open by then hardly moves a median or a share.
            day -= timedelta(days=math.ceil(horizon * _DAYS_A_UNIT.get(unit, 1.0)))
        if name in growing_since:
            day = min(day, growing_since[name] - timedelta(days=1))
        found[name] = day
    return found


def is_settled(results: pd.DataFrame, until: Mapping[str, date]) -> pd.Series:
    """Whether each figure may enter a release.

    Args:
        results: Rows of the long contract.
        until: What `settled_until` gives; an indicator it does not name is not settled.
    """
    is_over = [
        date.min < last_day(period) <= until.get(indicator, date.min)
        for indicator, period in zip(results["indicator"], results["period"], strict=True)
    ]
    return pd.Series(is_over, index=results.index, dtype=bool) & ~results["status"].isin(_NOT_YET)


def published_before(predecessors: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """What readers have been shown of every figure last.

    Args:
        predecessors: Id and `result` of every release ever published, oldest first; also of one
            that was withdrawn: what was read cannot be taken back.

    Returns:
        Rows of the long contract with a number, one a figure, and `published_in`.
    """
    shown = [
        result[result["status"] == SHOWN].assign(published_in=release)
        for release, result in predecessors
    ]
    if not shown:
        return pd.DataFrame(columns=[*KEY, *_DEFINED_BY, *_COUNTED, "value", "published_in"])
    return pd.concat(shown, ignore_index=True).drop_duplicates(KEY, keep="last")


def has_moved(published: pd.DataFrame, truth: pd.DataFrame, base: int) -> pd.Series:
    """Whether the truth is now further from what was published than rounding can bring it.

    Args:
        published: Published figures.
        truth: The same figures unprotected, in the long contract; one that is not there has not
            moved.
        base: Base of the rounding, in cases.
    """
    now = _keyed(truth).reindex(_keyed(published).index)
    moved = np.zeros(len(published), dtype=bool)
    # The denominator of a rate is time, and the value of all but a count is no number of cases.
    is_rate = (published["statistic"] == "rate").to_numpy()
    is_count = published[_COUNTED].isna().all(axis=1).to_numpy()
    for number, counts in (
        ("numerator", ~is_count),
        ("denominator", ~is_count & ~is_rate),
        ("value", is_count),
    ):
        gap = np.abs(now[number].to_numpy(float) - published[number].to_numpy(float))
        moved |= counts & (gap >= base)
    return pd.Series(moved, index=published.index)


def freeze(
    candidate: pd.DataFrame,
    published: pd.DataFrame,
    *,
    settled: pd.Series,
    moved: pd.Series,
    revises: str = "",
    note: str = "",
) -> Frozen:
    """The figures of a release: new ones as they are now, others as they were published.

    Args:
        candidate: Protected figures of the build.
        published: What `published_before` gives.
        settled: Whether each of the candidate's may enter, on its index.
        moved: What `has_moved` says of the published ones, on their index.
        revises: `yearly` or `error` where this release revises; otherwise empty.
        note: What the error was.
    """
    now, before = _keyed(candidate), _keyed(published)
    now["settled"], before["moved"] = settled.to_numpy(bool), moved.to_numpy(bool)
    both = before.index.intersection(now.index)
    redefined = _is_redefined(before.loc[both], now.loc[both])
    is_ready = (now.loc[both, "settled"] & (now.loc[both, "status"] == SHOWN)).to_numpy(bool)
    renewed = both[redefined & is_ready]
    revised = both[~redefined & is_ready & before.loc[both, "moved"].to_numpy(bool) & bool(revises)]
    # A definition that is no longer in the register has no page, and a figure of another definition
    # may not pass for one of this.
    is_registered = before["indicator"].isin(set(candidate["indicator"])).to_numpy(bool)
    dropped = before.index[~is_registered].append(both[redefined & ~is_ready])
    kept = before.index.difference(renewed.append([revised, dropped]), sort=False)
    entered = now.index[now["settled"].to_numpy(bool)].difference(kept, sort=False)
    entered = entered.difference(both[redefined & ~is_ready], sort=False)
    result = pd.concat([before.loc[kept], now.loc[entered]])[candidate.columns]
    revision = pd.concat(
        [
            _revision(before.loc[renewed.append(dropped)], now, DEFINITION, ""),
            _revision(before.loc[revised], now, revises, note),
        ],
        ignore_index=True,
    )
    return Frozen(result.sort_values(KEY, ignore_index=True), revision)


def _key_of(figures: pd.DataFrame) -> pd.DataFrame:
    """The key of figures; a part that does not apply is an empty text."""
    return figures[KEY].fillna("").astype(str)


def _keyed(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures by their key, which stands in their columns too.

    Raises:
        ValueError: Two figures have the same key.
    """
    index = pd.MultiIndex.from_frame(_key_of(figures), names=[f"key_{name}" for name in KEY])
    if index.has_duplicates:
        raise ValueError(f"two figures are one: {index[index.duplicated()][0]}")
    return figures.set_axis(index)


def _is_redefined(before: pd.DataFrame, now: pd.DataFrame) -> np.ndarray:
    """Whether each figure is of another definition than the one that was published."""
    return (before[_DEFINED_BY].astype(str) != now[_DEFINED_BY].astype(str)).any(axis=1).to_numpy()


def _revision(before: pd.DataFrame, now: pd.DataFrame, why: str, note: str) -> pd.DataFrame:
    """The rows that tell readers what changed; only where a number did."""
    after = now.reindex(before.index)
    rows = before[[*KEY, "published_in"]].assign(why=why, note=note)
    for number in (*_COUNTED, "value"):
        rows[f"old_{number}"], rows[f"new_{number}"] = before[number], after[number]
    is_same = [
        (rows[f"old_{number}"] == rows[f"new_{number}"])
        | (rows[f"old_{number}"].isna() & rows[f"new_{number}"].isna())
        for number in (*_COUNTED, "value")
    ]
    changed = ~np.logical_and.reduce(is_same) if len(rows) else []
    return rows.loc[changed, REVISION_COLUMNS]
