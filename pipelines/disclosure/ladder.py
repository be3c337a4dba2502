"""The rung of every line in every calendar year: chosen from earlier years, never from the cell.

Here: what earlier years let expect of the smallest cell of each rung, and the finest that will do.
Not here: whether the line then holds (`lines`).

The rung is the finest whose smallest expected cell holds the floor of the catalogue and that would
have held the year before; a member's expected cell is the mean of its cells in the years before.
Nothing of the calendar year itself plays a part: a choice that did would tell of the cell.

The first year of a line has no earlier volume. It takes the last rung: the coarsest level is there
for every line, its cells are the largest there can be, and it is tested like any other. Leaving it
out would hide the start of everything new, however many cases it has.

A line whose last rung is still too fine is not in the catalogue of that year.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.disclosure.catalogue import Catalogue, Rung

NONE = -1


def rungs_of(
    tested: Mapping[Rung, pd.DataFrame],
    ladders: Mapping[str, tuple[Rung, ...]],
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Choose the rung of every line and calendar year.

    Args:
        tested: Per rung the cells with columns `line`, `member`, `year` (calendar year) and `least`
            (smallest group the cell would tell of; missing where it tells nothing).
        ladders: Rungs of each line, finest first.
        catalogue: For its threshold, floor and years of volume.

    Returns:
        One row per line and year with `line`, `year` and `rung`: the place in its ladder, `NONE`
        where none will do.
    """
    expected = pd.concat(
        [
            _expected(cells, catalogue).assign(rung=rung_name(rung))
            for rung, cells in tested.items()
        ],
        ignore_index=True,
    )
    places = pd.DataFrame(
        [
            (line, place, rung_name(rung))
            for line, ladder in ladders.items()
            for place, rung in enumerate(ladder)
        ],
        columns=["line", "place", "rung"],
    )
    years = pd.concat([cells[["line", "year"]] for cells in tested.values()]).drop_duplicates()
    offered = years.merge(places, on="line").merge(
        expected, on=["line", "year", "rung"], how="left"
    )
    offered = offered.sort_values(["line", "year", "place"], ignore_index=True)
    last = offered.groupby(["line", "year"])["place"].transform("max")
    has_volume = offered["expected"].notna()
    is_first = ~has_volume.groupby([offered["line"], offered["year"]]).transform("any")
    will_do = (offered["expected"] >= catalogue.floor) & (
        offered["least_before"] >= catalogue.threshold
    )
    will_do |= is_first & (offered["place"] == last)
    chosen = offered[will_do].groupby(["line", "year"], as_index=False)["place"].min()
    found = years.merge(chosen, on=["line", "year"], how="left")
    return found.assign(rung=found.pop("place").fillna(NONE).astype(int))


def rung_name(rung: Rung) -> str:
    """Name of a rung, as catalogues write it."""
    return f"{rung.grain}_clusters" if rung.is_clustered else rung.grain


def _expected(cells: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Per line and year: the smallest expected cell, and the smallest of the year before."""
    told = cells[cells["least"].notna()]
    yearly = told.groupby(["line", "member", "year"], as_index=False)["least"].agg(
        ["sum", "size", "min"]
    )
    parts = []
    for back in range(1, catalogue.years_of_volume + 1):
        parts.append(yearly.assign(year=yearly["year"] + back, is_last=back == 1))
    earlier = pd.concat(parts, ignore_index=True)
    if earlier.empty:
        return pd.DataFrame(columns=["line", "year", "expected", "least_before"]).astype(
            {"expected": float, "least_before": float}
        )
    of_member = earlier.groupby(["line", "year", "member"])[["sum", "size"]].sum()
    mean = (of_member["sum"] / of_member["size"]).groupby(["line", "year"]).min()
    before = earlier[earlier["is_last"]].groupby(["line", "year"])["min"].min()
    frame = pd.DataFrame({"expected": mean, "least_before": before}).reset_index()
    # A year after which nothing was told says nothing of the next.
    return frame.assign(least_before=frame["least_before"].fillna(-np.inf))
