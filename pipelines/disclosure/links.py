"""Which counts of a publication are linked: what adds up to what, and what lies within what.

Here: the cells to be rounded together and their links, out of the counts that are printed.
Not here: the rounding (`rounding`), and which counts are printed (`protect`).

A count is a quantity in a cell: the size of a base, or a number counted in it. Linked are

- the shorter periods of a longer one, of one member;
- the members of the country and of their cluster; who belongs to none of them is a cell that is
  rounded too and never printed;
- the parts of a whole, such as how both sides' records compare;
- a numerator within its base, and a base within a larger one.

The country is rounded along wherever members are, printed or not: members in two dimensions are
parts of one country.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.disclosure.catalogue import LADDER_GRAINS
from pipelines.indicators.lead_time_cells import CLUSTERED
from pipelines.periods import MONTHS, coarser_period, last_day

CELL = ["quantity", "dimension", "member", "period_grain", "period"]
_REST = "\x1frest"
# Coarser links are given up first.
_LEVEL_OF_GRAIN = {grain: level for level, grain in enumerate(LADDER_GRAINS)}
_OF_WHOLE, _OF_CLUSTERS, _OF_MEMBERS = 0, 20, 100
_OF_PERIODS = 30
OF_PERIODS = range(_OF_PERIODS, _OF_MEMBERS)
"""Levels of sums of shorter periods."""


@dataclass(frozen=True)
class Nesting:
    """How quantities lie in one another.

    Attributes:
        within: Columns `smaller` and `larger`.
        wholes: Quantities that add up to a larger one, by that one; what is left is a part too.
    """

    within: pd.DataFrame
    wholes: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Linked:
    """Counts and their links, as `round_jointly` takes them.

    Attributes:
        counts: True counts by cell.
        sums: Columns `total`, `part`, `level`.
        within: Columns `smaller`, `larger`.
        cells: The columns of `CELL` by cell.
    """

    counts: pd.Series
    sums: pd.DataFrame
    within: pd.DataFrame
    cells: pd.DataFrame


def named(cells: pd.DataFrame) -> pd.Series:
    """Name of each cell."""
    names = cells[CELL[0]].astype(str)
    for column in CELL[1:]:
        names = names + "|" + cells[column].astype(str)
    return names


def linked(
    printed: pd.DataFrame,
    known: pd.DataFrame,
    clusters: Mapping[tuple[str, str], str],
    nesting: Nesting,
) -> Linked:
    """The counts to round together.

    Args:
        printed: Counts that will be shown: columns of `CELL`, once each.
        known: True counts of all cells: columns of `CELL` and `count`.
        clusters: Cluster of each (dimension, member).
        nesting: How quantities lie in one another.

    Returns:
        The printed counts with the country's of every member, and all their links.
    """
    truth = known.drop_duplicates(CELL).set_index(CELL)["count"]
    wanted = pd.concat([printed[CELL], _countries(printed)]).drop_duplicates()
    index = pd.MultiIndex.from_frame(wanted)
    cells = wanted.assign(count=truth.reindex(index).to_numpy())
    cells = cells[cells["count"].notna()].reset_index(drop=True)
    cells["cell"] = named(cells)
    sums = [*_of_periods(cells), *_of_clusters(cells, clusters)]
    for frame in (_of_members(cells), *(_of_whole(cells, *whole) for whole in nesting.wholes)):
        sums.append(frame)
    joined = pd.concat(sums, ignore_index=True)
    joined, rests = _true_sums(joined, cells.set_index("cell")["count"])
    counts = pd.concat([cells.set_index("cell")["count"], rests]).astype(np.int64)
    return Linked(counts, joined, _within(cells, nesting.within), cells.set_index("cell")[CELL])


def _countries(printed: pd.DataFrame) -> pd.DataFrame:
    of_members = printed[printed["dimension"] != NATIONAL]
    return of_members.assign(dimension=NATIONAL, member=NATIONAL)[CELL]


def _of_periods(cells: pd.DataFrame) -> Iterable[pd.DataFrame]:
    """A period is the sum of the shorter periods that are there whole; a stock is the last one."""
    grains = [grain for grain in LADDER_GRAINS if (cells["period_grain"] == grain).any()]
    cells = cells.assign(ends=cells["period"].map(last_day))
    of_line = ["quantity", "dimension", "member"]
    for at, grain in enumerate(grains):
        totals = cells[cells["period_grain"] == grain]
        for finer in grains[:at]:
            parts = cells[cells["period_grain"] == finer]
            into = {period: coarser_period(period, grain) for period in parts["period"].unique()}
            parts = parts.assign(period=parts["period"].map(into))
            found = totals.merge(parts, on=[*of_line, "period"], suffixes=("", "_part"))
            size = found.groupby("cell")["cell_part"].transform("size")
            stock = found["quantity"].str.startswith("stock")
            is_last = found["ends"] == found["ends_part"]
            whole = found[~stock & (size == MONTHS[grain] // MONTHS[finer]) | stock & is_last]
            yield pd.DataFrame(
                {
                    "total": whole["cell"],
                    "part": whole["cell_part"],
                    # A level of its own for each pair of grains.
                    "level": OF_PERIODS.start
                    + 10 * _LEVEL_OF_GRAIN[grain]
                    + _LEVEL_OF_GRAIN[finer],
                }
            )


def _of_members(cells: pd.DataFrame) -> pd.DataFrame:
    """The country is the sum of the members of each dimension, and of who is of none."""
    keys = ["quantity", "period_grain", "period"]
    country = cells.loc[cells["dimension"] == NATIONAL, [*keys, "cell"]]
    members = cells[cells["dimension"] != NATIONAL]
    found = members.merge(country, on=keys, suffixes=("", "_total"))
    dimensions = {name: at for at, name in enumerate(sorted(found["dimension"].unique()))}
    return pd.DataFrame(
        {
            "total": found["cell_total"],
            "part": found["cell"],
            "level": _OF_MEMBERS + found["dimension"].map(dimensions).astype("int64"),
        }
    )


def _of_clusters(
    cells: pd.DataFrame, clusters: Mapping[tuple[str, str], str]
) -> Iterable[pd.DataFrame]:
    """A cluster is the sum of its members."""
    pairs = pd.MultiIndex.from_frame(cells[["dimension", "member"]])
    cluster = pd.Series(pairs.map(clusters), index=cells.index, dtype=object)
    members = cells[cluster.notna()].assign(member=cluster[cluster.notna()])
    members["dimension"] = members["dimension"] + CLUSTERED
    found = cells.merge(members, on=CELL, suffixes=("", "_part"))
    yield pd.DataFrame({"total": found["cell"], "part": found["cell_part"], "level": _OF_CLUSTERS})


def _of_whole(cells: pd.DataFrame, whole: str, parts: tuple[str, ...]) -> pd.DataFrame:
    """A whole is the sum of its parts."""
    keys = CELL[1:]
    totals = cells[cells["quantity"] == whole]
    found = totals.merge(cells[cells["quantity"].isin(parts)], on=keys, suffixes=("", "_part"))
    return pd.DataFrame({"total": found["cell"], "part": found["cell_part"], "level": _OF_WHOLE})


def _true_sums(sums: pd.DataFrame, counts: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """The sums with what their parts leave of the total as a part; none where parts overlap."""
    part, total = (
        pd.Series(counts.reindex(sums[name]).to_numpy(float), sums.index)
        for name in ("part", "total")
    )
    left = total - part.groupby([sums["total"], sums["level"]]).transform("sum")
    kept = sums[left >= 0].assign(left=left[left >= 0])
    rest = kept.drop_duplicates(["total", "level"])
    rest = rest[rest["left"] > 0]
    names = rest["total"] + _REST + rest["level"].astype(str)
    extra = pd.DataFrame({"total": rest["total"], "part": names, "level": rest["level"]})
    found = pd.concat([kept[["total", "part", "level"]], extra], ignore_index=True)
    return found, pd.Series(rest["left"].to_numpy(), index=names.to_numpy(), dtype=float)


def _within(cells: pd.DataFrame, within: pd.DataFrame) -> pd.DataFrame:
    """Nested quantities in one cell, where the truth is so too."""
    keys = CELL[1:]
    small = cells.merge(within, left_on="quantity", right_on="smaller")
    found = small.merge(
        cells[["quantity", *keys, "cell", "count"]],
        left_on=["larger", *keys],
        right_on=["quantity", *keys],
        suffixes=("", "_larger"),
    )
    found = found[found["count"] <= found["count_larger"]]
    return pd.DataFrame(
        {"smaller": found["cell"].to_numpy(), "larger": found["cell_larger"].to_numpy()}
    )
