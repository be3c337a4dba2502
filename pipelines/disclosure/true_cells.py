"""True figures of the lines of a catalogue, at every rung of their ladders.

Here: which figures of a build belong to which line, the whole grid of their cells, and the sums of
coarser periods and of clusters of members.
Not here: which rung a line takes (`ladder`), whether it is shown (`lines`), and rounding.

A line is one statistic of one indicator in one dimension. Counts are taken at the finest grain
there is and added up: a year is the sum of its quarters. Lengths of time do not add up; theirs are
taken as estimated. A number at one moment is that of the last moment of a period.

Where cases are still open a share is an estimate: what is counted is then the estimated share of
the cases, as a whole number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.disclosure.catalogue import LADDER_GRAINS, Catalogue
from pipelines.indicators.lead_time_cells import GROSS
from pipelines.periods import coarser_period, last_day

# What identifies a line, and a cell of it.
LINE = ["indicator", "version", "view", "statistic", "clock", "side", "unit", "dimension"]
CELL = ["member", "period_grain", "period"]
# Shapes that are counted and add up over periods; a stock is counted and does not.
ADDED_UP = frozenset({"count", "share", "rate", "incidence"})
COUNTED = ADDED_UP | {"stock"}
# Shapes with a number of cases beside the counted one.
_HAS_BASE = frozenset({"share", "incidence", "quantile", "tail"})
OK, NO_DATA = "ok", "no_data"
# What a sum of several cells is, worst last.
_STATUSES = (OK, NO_DATA, "not_reached", "too_recent", "withheld", "not_delivered")
_RANK = {status: rank for rank, status in enumerate(_STATUSES)}
_NUMBERS = ["n", "x", "exits", "time"]
_LINE_FACTS = [*LINE, "form", "shape", "base"]


@dataclass(frozen=True)
class Bases:
    """Which base each indicator rests on, and how bases lie in one another.

    Attributes:
        of_indicator: Base by indicator.
        unit: Unit by base.
        within: Columns `smaller` and `larger`.
        numerator_of: Base by the indicator whose numerators it counts.
        whole_of: Indicators whose numerators add up to a base, by base.
    """

    of_indicator: Mapping[str, str]
    unit: Mapping[str, str]
    within: pd.DataFrame
    numerator_of: Mapping[str, str]
    whole_of: Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Facts:
    """What the register and the seeds of a chain say of its figures.

    Attributes:
        bases: The register of bases.
        kinds: Kind of each indicator.
        minimum_base: Least number of cases an indicator asks for, where it asks for any.
        clusters: Cluster of each (dimension, member) that has one.
    """

    bases: Bases
    kinds: Mapping[str, str]
    minimum_base: Mapping[str, float]
    clusters: Mapping[tuple[str, str], str]


def lines_of(results: pd.DataFrame, catalogue: Catalogue, kinds: Mapping[str, str]) -> pd.DataFrame:
    """The figures a catalogue names, each with its shape and the ladder of its line.

    Args:
        results: True figures in the long contract.
        catalogue: Of the audience.
        kinds: Kind of each indicator.

    Returns:
        The same columns, with `form` (place in `catalogue.lines`) and `shape`, by the gross clock,
        without rolling years and the whole history.
    """
    kind = results["indicator"].map(kinds)
    is_asked = (results["clock"] == GROSS.name) & results["period_grain"].isin(LADDER_GRAINS)
    is_asked &= ~results["indicator"].isin(catalogue.excluded)
    parts = []
    for form, line in enumerate(catalogue.lines):
        mine = is_asked & kind.isin(line.kinds) & (results["view"] == line.view)
        mine &= results["statistic"].isin(line.statistics)
        is_national = results["dimension"] == NATIONAL
        mine &= np.where(is_national, line.national is not None, line.members is not None)
        parts.append(results[mine].assign(form=form, shape=line.shape))
    return pd.concat(parts, ignore_index=True)


def counted(figures: pd.DataFrame, bases: Bases) -> pd.DataFrame:
    """What each figure counts.

    Args:
        figures: As `lines_of` gives them.
        bases: The register of bases.

    Returns:
        The same rows with `base`, `n` (cases of the base), `x` (counted among them), `exits` (other
        ends), `time` (person-time) and `beyond` (cases that took at least as long as the value).
    """
    rows = figures.copy()
    rows["base"] = rows["indicator"].map(bases.of_indicator)
    is_ok = rows["status"] == OK
    shape, value = rows["shape"], rows["value"]
    has_base = shape.isin(list(_HAS_BASE))
    rows["n"] = rows["denominator"].where(has_base | (shape == "difference"))
    share = shape.isin(["share", "incidence"])
    estimated = (value * rows["denominator"]).round().where(is_ok)
    rows["x"] = np.where(share, estimated.where(is_ok, np.nan), np.nan)
    is_plain = shape.isin(["count", "stock"])
    rows.loc[is_plain, "x"] = value[is_plain]
    is_rate = shape == "rate"
    rows.loc[is_rate, "x"] = rows.loc[is_rate, "numerator"]
    rows["time"] = rows["denominator"].where(is_rate)
    # Neither stopped nor followed until the term: ended in another way.
    exits = rows["denominator"] - rows["numerator"] - rows["n_at_risk"]
    rows["exits"] = exits.where(shape == "incidence")
    rows["beyond"] = rows["n_at_risk"].where(shape == "tail")
    return rows


def base_grid(rows: pd.DataFrame, until: date) -> pd.DataFrame:
    """How many cases every base has in every cell of the finest grain, none being a number too.

    Args:
        rows: As `counted` gives them.
        until: Reference day; later periods are not over.

    Returns:
        Columns `base, dimension, member, period_grain, period, n`. Members stand in it from the
        calendar year they are first seen in.
    """
    n = rows["n"].where(rows["shape"] != "difference")
    n = n.where(rows["shape"] != "count", rows["x"])
    finest = _is_finest(rows) & (rows["view"] != "open") & n.notna()
    keys = ["base", "dimension", "member", "period_grain", "period"]
    known = rows.loc[finest, keys].assign(n=n[finest])
    # Two indicators of one base give one number; where they do not, the largest is the base.
    largest: pd.Series = known.groupby(keys, sort=False)["n"].max()
    known = largest.reset_index()
    return _whole_grid(known, ["base", "dimension"], until)


def finest_cells(rows: pd.DataFrame, grid: pd.DataFrame, until: date) -> pd.DataFrame:
    """The cells of all counted lines at their finest grain, on the whole grid of their base.

    A cell whose number of cases is not that of its base is no part of it: its status is `no_data`
    and its numbers are empty, so that no sum is made over it.

    Args:
        rows: As `counted` gives them.
        grid: As `base_grid` gives it.
        until: Reference day.

    Returns:
        Columns of `LINE` and `CELL`, `form`, `shape`, `base`, `status` and the counts.
    """
    mine = rows[_is_finest(rows) & rows["shape"].isin(list(COUNTED))]
    has_base = mine["shape"].isin(["share", "incidence"])
    cells = pd.concat(
        [_among_base(mine[has_base], grid), _by_themselves(mine[~has_base], until)],
        ignore_index=True,
    )
    return _over(cells, until).reset_index(drop=True)


def _among_base(rows: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Cells of what is counted among the cases of a base, since the first figure of each line."""
    since = _first(rows, _LINE_FACTS, "period", "since")
    cells = since.merge(grid.rename(columns={"n": "of_base"}), on=["base", "dimension"])
    cells = cells[cells["period"] >= cells["since"]]
    keys = [*_LINE_FACTS, *CELL]
    cells = cells.merge(rows[[*keys, "status", *_NUMBERS]], on=keys, how="left")
    cells["status"] = cells["status"].fillna(NO_DATA)
    is_odd = cells["n"].fillna(0.0) != cells["of_base"]
    cells.loc[is_odd, ["x", "exits"]] = np.nan
    cells.loc[is_odd & (cells["status"] == OK), "status"] = NO_DATA
    cells.loc[cells["of_base"] == 0, ["x", "exits"]] = 0.0
    cells["n"] = cells["of_base"]
    return pd.DataFrame(cells[[*keys, "status", *_NUMBERS]])


def _by_themselves(rows: pd.DataFrame, until: date) -> pd.DataFrame:
    """Cells of what is counted without a base; where nothing was counted it is none."""
    keys = [*_LINE_FACTS, *CELL]
    cells = _whole_grid(rows[[*keys, "status", *_NUMBERS]], _LINE_FACTS, until)
    is_new = cells["status"].isna()
    cells["status"] = cells["status"].fillna(NO_DATA)
    cells.loc[is_new, "x"] = 0.0
    cells.loc[is_new & (cells["shape"] == "rate"), "time"] = 0.0
    return cells


def at_grain(cells: pd.DataFrame, grain: str, until: date) -> pd.DataFrame:
    """Counted cells at a coarser grain, of periods that are over.

    A sum takes the worst status of its parts. A stock is that of the last moment.

    Args:
        cells: As `finest_cells` gives them.
        grain: One that is not finer.
        until: Reference day.
    """
    periods = {period: coarser_period(period, grain) for period in cells["period"].unique()}
    coarse = cells.assign(period=cells["period"].map(periods), finer=cells["period"])
    coarse = _over(coarse, until)
    is_stock = coarse["shape"] == "stock"
    ends = coarse["finer"].map(last_day) == coarse["period"].map(last_day)
    return _summed(coarse[~is_stock | ends], grain)


def of_clusters(cells: pd.DataFrame, clusters: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Cells of members added up to clusters; dimensions without clusters have none."""
    pairs = pd.MultiIndex.from_frame(cells[["dimension", "member"]])
    cluster = pd.Series(pairs.map(clusters), index=cells.index, dtype=object)
    mine = cells[cluster.notna()].assign(member=cluster[cluster.notna()])
    return _summed(mine, None)


def _summed(cells: pd.DataFrame, grain: str | None) -> pd.DataFrame:
    if grain is not None:
        cells = cells.assign(period_grain=grain)
    keys = [*_LINE_FACTS, *CELL]
    ranked = cells.assign(rank=cells["status"].map(_RANK))
    # What is not there in part is not there as a whole.
    ranked.loc[(ranked["rank"] == _RANK[NO_DATA]) & ranked["x"].notna(), "rank"] = 0
    grouped = ranked.groupby(keys, sort=False, dropna=False)
    sums = grouped[_NUMBERS].sum(min_count=1)
    sums["status"] = grouped["rank"].max().map(dict(enumerate(_STATUSES)))
    sums = sums.reset_index()
    is_unknown = sums["status"] != OK
    sums.loc[is_unknown, ["x", "exits", "time"]] = np.nan
    return sums


def _is_finest(rows: pd.DataFrame) -> pd.Series:
    # An incidence has no months: too few begin in one.
    has_months = (rows["dimension"] == NATIONAL) & (rows["shape"] != "incidence")
    finest: pd.Series = rows["period_grain"] == np.where(has_months, "month", "quarter")
    return finest


def _whole_grid(known: pd.DataFrame, line: list[str], until: date) -> pd.DataFrame:
    """Every member in every period since the first, as rows; what was not known is empty."""
    calendar = known[["period_grain", "period"]].drop_duplicates()
    calendar = _over(calendar, until)
    seen = known.assign(year=known["period"].str[:4])
    members = _first(seen, [*line, "member", "period_grain"], "year", "year")
    members = members.merge(_first(known, line, "period", "first"), on=line)
    grid = members.merge(calendar, on="period_grain")
    grid = grid[(grid["period"] >= grid["first"]) & (grid["period"].str[:4] >= grid["year"])]
    keys = [*line, "member", "period_grain", "period"]
    grid = grid[keys].merge(known, on=keys, how="left")
    if "status" not in grid:
        grid["n"] = grid["n"].fillna(0.0)
    return grid


def _over(rows: pd.DataFrame, until: date) -> pd.DataFrame:
    """The rows of periods that are over."""
    return rows[np.array([last_day(period) <= until for period in rows["period"]], np.bool_)]


def _first(rows: pd.DataFrame, keys: list[str], column: str, name: str) -> pd.DataFrame:
    """The smallest value of a column per key, under a name."""
    least = rows.sort_values(column, kind="stable").drop_duplicates(keys)
    return least[[*keys, column]].rename(columns={column: name})
