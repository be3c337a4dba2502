"""What a release takes over from those before it: publish once.

Here: which figures enter, which stay as they were published, which are revised and why. Pure
functions on the long contract.
Not here: how figures are protected (`pipelines.disclosure`), and reading or writing files.

A period enters when it is over, is followed to its end and as much longer as its indicator needs,
and later deliveries are not expected to add to it. From then on its figures are frozen, and so is
the rung of its line in that calendar year: a figure at another one would be added to or taken from
what is known. The first release on a reference date in a new calendar year revises, and so does one
that mends an error: where the truth is as far as the base from what was published, so that no
rounding leads from the one to the other. Anything nearer stays: a figure that follows every case
gives each case away.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.disclosure.catalogue import LADDER_GRAINS
from pipelines.indicators.lead_time_cells import CLUSTERED
from pipelines.periods import last_day
from pipelines.releases.revision import DEFINITION, KEY, SHOWN

BoolArray = npt.NDArray[np.bool_]
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
    indicators: pd.DataFrame,
    growing_since: Mapping[str, date],
    judged_after: Mapping[str, int],
    reference_day: date,
) -> dict[str, date]:
    """The last day on which a period of each indicator may end and enter.

    Args:
        indicators: Table `indicator`: `indicator`, `kind`, `unit`, `followed_until`, `horizon`.
        growing_since: First day of the periods to which later deliveries are expected to add.
        judged_after: Days after which a row is judged, where that takes an interval: a period of
            which the last rows are not judged rests on the others alone.
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
        day -= timedelta(days=judged_after.get(name, 0))
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
        Rows of the long contract with a number, one a figure, `published_in`, and `is_held`:
        whether the last release still has a row for it, also one without a number.
    """
    shown = [
        result[result["status"] == SHOWN].assign(published_in=release)
        for release, result in predecessors
    ]
    if not shown:
        columns = [*KEY, *_DEFINED_BY, *_COUNTED, "value", "published_in", "is_held"]
        return pd.DataFrame(columns=columns)
    found = pd.concat(shown, ignore_index=True).drop_duplicates(KEY, keep="last")
    in_last = pd.MultiIndex.from_frame(_key_of(predecessors[-1][1]))
    return found.assign(is_held=pd.MultiIndex.from_frame(_key_of(found)).isin(in_last))


def freeze(
    candidate: pd.DataFrame,
    published: pd.DataFrame,
    settled: pd.Series,
    *,
    revises: str = "",
    note: str = "",
) -> Frozen:
    """The figures of a release: new ones as they are now, others as they were published.

    Args:
        candidate: Protected figures of the build. Where this release revises, counts published
            before are in it as they were unless the truth moved by the base.
        published: What `published_before` gives.
        settled: Whether each of the candidate's may enter, on its index.
        revises: `yearly` or `error` where this release revises; otherwise empty.
        note: What the error was.
    """
    now, before = _keyed(candidate), _keyed(published)
    enters = (settled & _is_at_its_rung(candidate, published)).to_numpy(bool)
    both = before.index.intersection(now.index)
    is_ready = np.isin(both, now.index[enters & (now["status"] == SHOWN).to_numpy()])
    redefined = _differ(before.loc[both], now.loc[both], _DEFINED_BY)
    renewed = both[redefined & is_ready]
    revised = both[~redefined & is_ready & _is_other(before.loc[both], now.loc[both])]
    if not revises:
        revised = revised[:0]
    # A definition that is no longer in the register has no page, and a figure of another definition
    # may not pass for one of this.
    is_registered = before["indicator"].isin(set(candidate["indicator"])).to_numpy(bool)
    dropped = before.index[~is_registered].append(both[redefined & ~is_ready])
    kept = before.index.difference(renewed.append([revised, dropped]), sort=False)
    entered = now.index[enters].difference(kept.append(both[redefined & ~is_ready]), sort=False)
    result = pd.concat([before.loc[kept], now.loc[entered]])[candidate.columns]
    # What an earlier release dropped is not dropped again.
    leaving = dropped[before.loc[dropped, "is_held"].to_numpy(bool)]
    revision = pd.concat(
        [
            _revision(before.loc[renewed.append(leaving)], now, DEFINITION, ""),
            _revision(before.loc[revised], now, revises, note),
        ],
        ignore_index=True,
    )
    return Frozen(result.sort_values(KEY, ignore_index=True), revision)


def _is_at_its_rung(candidate: pd.DataFrame, published: pd.DataFrame) -> pd.Series:
    """Whether the finest rung of a line in a calendar year is the one it was published at."""
    was, now = (_finest(figures) for figures in (published, candidate))
    lines = _line_of(candidate)
    old = was.reindex(lines).to_numpy(float)
    return pd.Series(
        np.isnan(old) | (old == now.reindex(lines).to_numpy(float)), index=candidate.index
    )


def _finest(figures: pd.DataFrame) -> pd.Series:
    """The finest rung of each line in each calendar year, as a number."""
    rung = figures["period_grain"].map(LADDER_GRAINS.index).astype(float) * 2
    rung += figures["dimension"].str.endswith(CLUSTERED)
    finest: pd.Series = rung.groupby(_line_of(figures)).min()
    return finest


def _line_of(figures: pd.DataFrame) -> pd.MultiIndex:
    """Line and calendar year of each figure; two years belong to the last of them."""
    line = figures[["indicator", "statistic", "view", "clock", "side"]].fillna("")
    return pd.MultiIndex.from_frame(
        line.assign(
            dimension=figures["dimension"].str.removesuffix(CLUSTERED),
            year=[last_day(period).year for period in figures["period"]],
        )
    )


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


def _is_other(before: pd.DataFrame, now: pd.DataFrame) -> BoolArray:
    """Whether the counts of each figure differ; a length or rate follows the counts it rests on."""
    is_rate = (before["statistic"] == "rate").to_numpy()
    is_count = before[_COUNTED].isna().all(axis=1).to_numpy()
    return (
        _differ(before, now, ["numerator"])
        | (_differ(before, now, ["denominator"]) & ~is_rate)
        | (_differ(before, now, ["value"]) & is_count)
    )


def _differ(before: pd.DataFrame, now: pd.DataFrame, columns: list[str]) -> BoolArray:
    """Whether two rows differ in some columns; nothing is the same as nothing."""
    old, new = before[columns].reset_index(drop=True), now[columns].reset_index(drop=True)
    found: BoolArray = ((old != new) & ~(old.isna() & new.isna())).any(axis=1).to_numpy(bool)
    return found


def _revision(before: pd.DataFrame, now: pd.DataFrame, why: str, note: str) -> pd.DataFrame:
    """The rows that tell readers what changed; only where a number did."""
    after = now.reindex(before.index)
    rows = before[[*KEY, "published_in"]].assign(why=why, note=note)
    numbers = [*_COUNTED, "value"]
    for number in numbers:
        rows[f"old_{number}"], rows[f"new_{number}"] = before[number], after[number]
    return rows.loc[_differ(before, after, numbers), REVISION_COLUMNS]
