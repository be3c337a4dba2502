"""The one road from true figures to the figures of an audience.

Here: the order of work: lines, rungs, thresholds, joint rounding, and the figures made of rounded
counts alone.
Not here: each of these (`true_cells`, `ladder`, `lines`, `links`, `rounding`), and whether a file
may leave (`pipelines.audit`).

A line is shown at its rung, and added up to the coarser periods the catalogue names. Every count is
rounded with all it is linked to; shares and rates follow from rounded counts, lengths of time come
in whole units. What is withheld keeps its rows, without any number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.disclosure.catalogue import LADDER_GRAINS, Catalogue, Rung
from pipelines.disclosure.derived import derive
from pipelines.disclosure.ladder import NONE, rungs_of
from pipelines.disclosure.lines import (
    NOT_IN_CATALOGUE,
    SHOWN,
    WITHHELD,
    smallest_group,
    together,
)
from pipelines.disclosure.links import CELL as QUANTITY_CELL
from pipelines.disclosure.links import OF_PERIODS, Nesting, linked, named
from pipelines.disclosure.rounding import round_jointly
from pipelines.disclosure.true_cells import (
    CELL,
    LINE,
    OK,
    Bases,
    Facts,
    at_grain,
    base_grid,
    counted,
    finest_cells,
    lines_of,
    of_clusters,
)
from pipelines.indicators.lead_time_cells import CLUSTERED
from pipelines.indicators.provisional import COLUMNS as PROVISIONAL
from pipelines.indicators.rolling import QUARTERS, ROLLING
from pipelines.periods import last_day

SUPPRESSED = "suppressed"
UNFIT = ("withheld", "not_delivered")
# In the order of the long contract.
NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "provisional_lower",
           "provisional_upper", "n_at_risk"]  # fmt: skip
CATALOGUE_COLUMNS = ["indicator", "view", "statistic", "clock", "dimension", "calendar_year",
                     "period_grain", "is_clustered", "is_without_threshold", "status"]  # fmt: skip
_GRAIN_OF_LINE = ["line", "year", "period_grain"]
_ESTIMATED = ("value", "lower", "upper", "beyond")
_TIMES = frozenset({"quantile", "tail", "difference"})
# Decimals of person-time in hundreds of years: whole person-years.
_DECIMALS_OF_TIME = 2
_RECONCILED = ("matched", "out_of_tolerance", "sent_never_received", "received_never_sent")
_AGES = ("open_age_to_7d", "open_age_8_to_30d", "open_age_31_to_90d", "open_age_91_to_180d",
         "open_age_over_180d")  # fmt: skip


@dataclass(frozen=True)
class Protected:
    """What an audience gets.

    Attributes:
        result: Figures in the long contract.
        catalogue: One row per line and calendar year with the columns of `CATALOGUE_COLUMNS`.
        broken: Sums over counts that are not printed that no longer add up.
    """

    result: pd.DataFrame
    catalogue: pd.DataFrame
    broken: pd.DataFrame


def protect(
    results: pd.DataFrame,
    catalogue: Catalogue,
    facts: Facts,
    *,
    reference: date,
    key: bytes,
    predecessor: pd.DataFrame | None = None,
    revises: bool = True,
) -> Protected:
    """Make the figures of an audience.

    Args:
        results: True figures in the long contract, of the indicators the audience may see; those on
            data that are not fit without their numbers.
        catalogue: What may be released.
        facts: What the register and the seeds say of them.
        reference: Reference day; a period that is not over by then is not shown.
        key: Orders ties of the rounding.
        predecessor: Figures published before, whose counts stay.
        revises: Of those, make anew what the truth is as far as the base from.

    Returns:
        Figures, lines and the sums given up.
    """
    columns = list(results.columns)
    bases, clusters = facts.bases, facts.clusters
    figures = counted(lines_of(results, catalogue, facts.kinds), bases)
    figures = figures[figures["period"].map(last_day) <= reference].reset_index(drop=True)
    is_plain = figures["base"].map(bases.unit).isin(list(catalogue.not_of_people))
    # Of an indicator on data that are not fit there is no number to protect.
    is_plain |= figures["status"].isin(UNFIT).groupby(figures["indicator"]).transform("all")
    plain, figures = figures[is_plain], figures[~is_plain]
    tables = _at_rungs(figures, catalogue, clusters, reference)
    lines = _judged(tables, catalogue, facts.minimum_base)
    known, without = _known(tables), pd.DataFrame(columns=_GRAIN_OF_LINE)
    while True:
        cells = _of_lines(tables, lines, catalogue, without)
        quantities = _quantities(cells)
        shown = quantities[quantities["is_printed"]]
        nesting = _nesting(cells, bases)
        links = linked(shown.drop_duplicates(QUANTITY_CELL), known, clusters, nesting)
        fixed = None
        if predecessor is not None:
            fixed = _published(predecessor, figures, catalogue, links.cells)
            if revises:
                fixed = _near(fixed, links.counts, catalogue.rounding_base)
        rounded = round_jointly(
            links.counts, links.sums, links.within,
            base=catalogue.rounding_base, key=key, fixed=fixed,
        )  # fmt: skip
        leaving = _leaving(cells, shown, links.sums, rounded.broken)
        if leaving.empty:
            break
        without = pd.concat([without, leaving[_GRAIN_OF_LINE]])
        lines = _without(lines, leaving[leaving["is_rung"]])
    made = _figures(cells, quantities, rounded.values, catalogue)
    rolling = _rolling(made, results, catalogue)
    head = results[["reference_date", "known_at"]].iloc[:1]
    result = pd.concat([made, rolling], ignore_index=True).assign(
        reference_date=head["reference_date"].iloc[0] if len(head) else None,
        known_at=head["known_at"].iloc[0] if len(head) else None,
    )
    result = pd.concat(
        [result[columns], _as_they_are(plain, catalogue)[columns]], ignore_index=True
    )
    order = [name for name in columns if name not in {*NUMBERS, "status"}]
    return Protected(
        result.astype({name: float for name in NUMBERS}).sort_values(order, ignore_index=True),
        _catalogue_table(lines, plain, catalogue),
        rounded.broken,
    )


def _at_rungs(
    figures: pd.DataFrame,
    catalogue: Catalogue,
    clusters: Mapping[tuple[str, str], str],
    reference: date,
) -> dict[Rung, pd.DataFrame]:
    """Cells of all lines per rung of any ladder, and per grain they are added up to."""
    grid = base_grid(figures, reference)
    finest = finest_cells(figures, grid, reference)
    times = figures[figures["shape"].isin(list(_TIMES))]
    keys = [*LINE, "form", "shape", "base", *CELL, "status", "n", "x", "exits", "time"]
    tables: dict[Rung, pd.DataFrame] = {}
    for grain in _grains(catalogue):
        is_fine = (finest["period_grain"] == "month") | (grain != "month")
        cells = at_grain(finest[is_fine], grain, reference)
        estimated = times.loc[times["period_grain"] == grain, [*keys, *_ESTIMATED]]
        dimensions = estimated["dimension"].astype(str)
        is_grouped = dimensions.str.endswith(CLUSTERED).to_numpy(bool)
        of_groups = estimated[is_grouped].assign(
            dimension=dimensions[is_grouped].str.removesuffix(CLUSTERED)
        )
        for is_clustered, sums, lengths in (
            (False, cells, estimated[~is_grouped]),
            (True, of_clusters(cells, clusters), of_groups),
        ):
            rung = Rung(grain=grain, is_clustered=is_clustered)
            tables[rung] = pd.concat([sums, lengths], ignore_index=True)
    return {
        rung: cells.assign(
            line=together(cells, catalogue),
            year=_calendar_year(cells),
            **{name: cells.get(name, np.nan) for name in _ESTIMATED},
        )
        for rung, cells in tables.items()
    }  # fmt: skip


def _calendar_year(cells: pd.DataFrame) -> pd.Series:
    """Two years belong to the last of them."""
    is_pair = cells["period_grain"] == "two_years"
    year = cells["period"].str[-4:].where(is_pair, cells["period"].str[:4])
    return year.astype(int)


def _judged(
    tables: Mapping[Rung, pd.DataFrame],
    catalogue: Catalogue,
    minimum_base: Mapping[str, float],
) -> pd.DataFrame:
    """Per line and calendar year its rung and whether it is shown."""
    tested = {}
    for rung, cells in tables.items():
        tested[rung] = cells.assign(least=smallest_group(cells, catalogue, minimum_base))
    named_lines = pd.concat([cells[["line", "form", "dimension"]] for cells in tables.values()])
    ladders = {
        line: catalogue.ladder_of(catalogue.lines[form], dimension)
        for line, form, dimension in named_lines.drop_duplicates("line").itertuples(index=False)
    }
    chosen = rungs_of(tested, ladders, catalogue)
    chosen["at"] = [
        ladders[line][place] if place != NONE else None
        for line, place in zip(chosen["line"], chosen["rung"], strict=True)
    ]
    found = []
    for rung, cells in tested.items():
        mine = chosen.loc[[at == rung for at in chosen["at"]], ["line", "year"]]
        held = cells.merge(mine, on=["line", "year"])
        least = held.groupby(["line", "year"], as_index=False).agg(
            least=("least", "min"), n_cells=("line", "size")
        )
        found.append(least.assign(grain=rung.grain, is_clustered=rung.is_clustered))
    held = pd.concat(found, ignore_index=True)
    missed = held["least"] < catalogue.threshold
    held["status"] = np.where(missed, WITHHELD, SHOWN)
    out = chosen.loc[chosen["rung"] == NONE, ["line", "year"]].assign(
        grain=None, is_clustered=False, status=NOT_IN_CATALOGUE
    )
    lines = pd.concat([held, out], ignore_index=True)
    members = pd.concat(
        [cells[[*LINE, "form", "line"]].drop_duplicates() for cells in tables.values()]
    ).drop_duplicates()
    return lines.merge(members, on="line")


def _leaving(
    cells: pd.DataFrame, shown: pd.DataFrame, sums: pd.DataFrame, broken: pd.DataFrame
) -> pd.DataFrame:
    """What leaves the catalogue since no rounding keeps its link: the coarser end of each.

    Of periods that is the longer one; of a country and its members, or a whole and its parts, it is
    the members or parts.

    Returns:
        Columns of `_GRAIN_OF_LINE`, and `is_rung`: the line itself leaves, not what is added up.
    """
    # Where there is none, a column without rows has no kind of its own.
    kinds = {"total": "str", "level": "int64"}
    over = sums.astype(kinds).merge(broken.astype(kinds), on=list(kinds))
    coarser = over["total"].where(over["level"].isin(list(OF_PERIODS)), over["part"])
    rows = shown.loc[shown["cell"].isin(coarser), "row"].unique()
    found = cells.loc[rows, [*_GRAIN_OF_LINE, "rung"]].drop_duplicates()
    return found.assign(is_rung=found.pop("rung") == found["period_grain"])


def _without(lines: pd.DataFrame, leaving: pd.DataFrame) -> pd.DataFrame:
    """The lines, some of which leave the catalogue."""
    pairs = pd.MultiIndex.from_frame(leaving[["line", "year"]])
    leaves = pd.MultiIndex.from_frame(lines[["line", "year"]]).isin(pairs)
    return lines.assign(
        status=lines["status"].mask(leaves, NOT_IN_CATALOGUE),
        grain=lines["grain"].mask(leaves, None),
        is_clustered=lines["is_clustered"].mask(leaves, False),
    )


def _of_lines(
    tables: Mapping[Rung, pd.DataFrame],
    lines: pd.DataFrame,
    catalogue: Catalogue,
    without: pd.DataFrame,
) -> pd.DataFrame:
    """The cells of the lines that are in the catalogue, at their rung and added up, but some."""
    there = lines[lines["status"] != NOT_IN_CATALOGUE]
    asked = there[["line", "year", "statistic", "grain", "is_clustered", "status"]].rename(
        columns={"status": "fate", "grain": "rung"}
    )
    parts = []
    for rung, cells in tables.items():
        found = cells.merge(asked, on=["line", "year", "statistic"])
        is_rung = (found["rung"] == rung.grain) & (found["is_clustered"] == rung.is_clustered)
        coarser = (
            (found["rung"].map(LADDER_GRAINS.index) < LADDER_GRAINS.index(rung.grain))
            & (found["is_clustered"] == rung.is_clustered)
            & (found["fate"] == SHOWN)
            & (rung.grain in catalogue.coarser)
        )
        parts.append(found[is_rung | coarser])
    cells = pd.concat(parts, ignore_index=True)
    leaves = pd.MultiIndex.from_frame(cells[_GRAIN_OF_LINE]).isin(
        pd.MultiIndex.from_frame(without[_GRAIN_OF_LINE])
    )
    cells = cells[~leaves].reset_index(drop=True)
    is_cluster = cells["is_clustered"].astype(bool)
    cells["dimension"] = cells["dimension"].where(~is_cluster, cells["dimension"] + CLUSTERED)
    return cells


def _quantities(cells: pd.DataFrame) -> pd.DataFrame:
    """The counts each cell needs, as rows with the columns of a linked cell and its name."""
    parts = []
    for role, quantity in (("n", _n_quantity(cells)), ("x", _x_quantity(cells))):
        mine = cells[["dimension", *CELL]].assign(
            quantity=quantity, role=role, row=cells.index,
            is_printed=(cells["fate"] == SHOWN) & cells["status"].isin([OK, "not_reached"]),
        )  # fmt: skip
        parts.append(mine[quantity.notna()])
    found = pd.concat(parts, ignore_index=True)
    found["is_printed"] &= (found["role"] == "n") | (found["row"].map(cells["status"]) == OK)
    return found.assign(cell=named(found))


def _n_quantity(cells: pd.DataFrame) -> pd.Series:
    shape = cells["shape"]
    found = ("base:" + cells["base"]).where(shape.isin(["share", "incidence", "quantile", "tail"]))
    is_open = (cells["view"] == "open") & found.notna()
    found = found.where(~is_open, "stock:" + cells["indicator"] + ":open")
    return found.where(shape != "difference", "pairs:" + cells["indicator"])


def _x_quantity(cells: pd.DataFrame) -> pd.Series:
    shape = cells["shape"]
    part = "part:" + cells["indicator"] + ":" + cells["statistic"]
    found = part.where(shape.isin(["share", "incidence", "rate"]))
    found = found.where(shape != "count", "base:" + cells["base"])
    return found.where(shape != "stock", "stock:" + cells["indicator"] + ":" + cells["statistic"])


def _known(tables: Mapping[Rung, pd.DataFrame]) -> pd.DataFrame:
    """True counts of every cell at every rung."""
    parts = []
    for rung, cells in tables.items():
        dimension = cells["dimension"] + (CLUSTERED if rung.is_clustered else "")
        for quantity, count in ((_n_quantity(cells), cells["n"]), (_x_quantity(cells), cells["x"])):
            found = cells[CELL].assign(dimension=dimension, quantity=quantity, count=count)
            parts.append(found[quantity.notna() & count.notna()])
    return pd.concat(parts, ignore_index=True)[[*QUANTITY_CELL, "count"]]


def _nesting(cells: pd.DataFrame, bases: Bases) -> Nesting:
    within = [("base:" + bases.within).astype(str)] if len(bases.within) else []
    parts = pd.DataFrame({"smaller": _x_quantity(cells), "larger": _n_quantity(cells)})
    within.append(parts.dropna().drop_duplicates())
    pairs = [name for name in _n_quantity(cells).dropna().unique() if name.startswith("pairs:")]
    of_pairs = [(name, f"base:{bases.of_indicator[name.removeprefix('pairs:')]}") for name in pairs]
    of_numerators = [
        (f"part:{indicator}:share", f"base:{base}")
        for indicator, base in bases.numerator_of.items()
    ]
    within.append(pd.DataFrame([*of_pairs, *of_numerators], columns=["smaller", "larger"]))
    wholes = [
        (f"base:{base}", tuple(f"part:{name}:share" for name in parts))
        for base, groups in bases.whole_of.items()
        for parts in groups
    ]
    wholes += [
        (f"part:{indicator}:share", (f"base:{base}",))
        for indicator, base in bases.numerator_of.items()
    ]
    for indicator in cells.loc[cells["statistic"].isin(_RECONCILED), "indicator"].unique():
        base = f"base:{bases.of_indicator[indicator]}"
        wholes.append((base, tuple(f"part:{indicator}:{name}" for name in _RECONCILED)))
    for indicator in cells.loc[cells["statistic"].isin(_AGES), "indicator"].unique():
        wholes.append(
            (f"stock:{indicator}:open", tuple(f"stock:{indicator}:{name}" for name in _AGES))
        )
    return Nesting(pd.concat(within, ignore_index=True), tuple(wholes))


def _near(published: pd.Series, counts: pd.Series, base: int) -> pd.Series:
    """The published counts that the truth can still be rounded to."""
    return published[(published - counts.reindex(published.index)).abs() < base]


def _published(
    predecessor: pd.DataFrame, figures: pd.DataFrame, catalogue: Catalogue, cells: pd.DataFrame
) -> pd.Series:
    """Counts published before, of cells that are rounded now."""
    facts = figures[[*LINE[:-1], "form", "shape", "base"]].drop_duplicates(
        ["indicator", "view", "statistic"]
    )
    before = predecessor[predecessor["status"] == OK].merge(
        facts[["indicator", "view", "statistic", "shape", "base"]],
        on=["indicator", "view", "statistic"],
    )
    plain = before["shape"].isin(["count", "stock"])
    printed = {
        "n": (_n_quantity(before), before["denominator"]),
        "x": (_x_quantity(before), before["value"].where(plain, before["numerator"])),
    }
    old = pd.concat(
        [
            pd.Series(
                count.to_numpy(),
                index=named(before[["dimension", *CELL]].assign(quantity=quantity)),
            )[quantity.notna().to_numpy() & count.notna().to_numpy()]
            for quantity, count in printed.values()
        ]
    )
    old = old[~old.index.duplicated()]
    return old[old.index.isin(cells.index) & (old % catalogue.rounding_base == 0)]


def _figures(
    cells: pd.DataFrame, quantities: pd.DataFrame, values: pd.Series, catalogue: Catalogue
) -> pd.DataFrame:
    """The rows of the long contract, out of rounded counts alone."""
    rows = cells.copy()
    for role in ("n", "x"):
        mine = quantities[(quantities["role"] == role) & quantities["is_printed"]]
        rows[f"rounded_{role}"] = pd.Series(
            values.reindex(mine["cell"]).to_numpy(float), index=mine["row"]
        ).reindex(rows.index)
    is_shown = rows["fate"] == SHOWN
    is_told = is_shown & rows["status"].isin([OK, "not_reached"])
    made = rows[[*LINE, *CELL]].assign(shape=rows["shape"], form=rows["form"])
    is_unfit = rows["status"].isin(UNFIT)
    made["status"] = rows["status"].where(is_shown | is_unfit, SUPPRESSED)
    made["denominator"] = rows["rounded_n"].where(is_told)
    made["numerator"] = rows["rounded_x"].where(is_told)
    is_time, is_rate = made["shape"].isin(list(_TIMES)), made["shape"] == "rate"
    for name in ("value", "lower", "upper"):
        made[name] = rows[name].where(is_time & is_told)
    lived = rows["time"].round(_DECIMALS_OF_TIME).where(is_told)
    made["denominator"] = made["denominator"].where(~is_rate, lived)
    return _derived(made, catalogue)


def _derived(made: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Rows with rounded counts, and lengths of time as estimated, as figures."""
    figures = made.assign(**dict.fromkeys(["n_at_risk", *PROVISIONAL], np.nan))
    shape = figures["shape"]
    is_plain = shape.isin(["count", "stock"])
    figures["value"] = figures["value"].where(~is_plain, figures["numerator"])
    figures["numerator"] = figures["numerator"].where(~is_plain)
    # What is drawn from something has limits; a number at one moment is counted and has none.
    is_drawn = shape.isin(["share", "incidence", "rate"])
    is_drawn |= (shape == "count") & (figures["statistic"] != "started")
    for name in ("lower", "upper"):
        figures[name] = figures[name].mask(is_drawn, 0.0)
    if not catalogue.shows_limits:
        is_time = shape.isin(list(_TIMES))
        figures.loc[is_time, ["lower", "upper"]] = np.nan
    return derive(figures)


def _rolling(made: pd.DataFrame, results: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Rolling years of the country: sums of four quarters that are shown."""
    forms = [at for at, line in enumerate(catalogue.lines) if line.has_rolling]
    windows = results.loc[
        (results["period_grain"] == ROLLING) & (results["dimension"] == NATIONAL), "period"
    ].unique()
    quarters = made[
        (made["period_grain"] == "quarter")
        & (made["dimension"] == NATIONAL)
        & (made["status"] == OK)
        & made["form"].isin(forms)
    ]
    if not len(windows) or quarters.empty:
        return made.iloc[:0]
    pairs = pd.DataFrame(
        [(window, quarter) for window in windows for quarter in _quarters_of(window)],
        columns=["window", "period"],
    )
    keys = [*LINE, "form", "shape", "window"]
    grouped = quarters.merge(pairs, on="period").groupby(keys, as_index=False, sort=False)
    sums = grouped.agg(
        n=("denominator", lambda column: column.sum(min_count=1)),
        x=("numerator", lambda column: column.sum(min_count=1)),
        count=("value", "sum"),
        size=("period", "size"),
    )
    sums = sums[sums["size"] == QUARTERS].reset_index(drop=True)
    is_count = sums["shape"] == "count"
    year = sums[[*LINE, "form", "shape"]].assign(
        member=NATIONAL, period_grain=ROLLING, period=sums["window"], status=OK,
        denominator=sums["n"].where(~is_count),
        numerator=sums["x"].where(~is_count, sums["count"]),
        value=np.nan, lower=np.nan, upper=np.nan,
    )  # fmt: skip
    return _derived(_with_times(year, results), catalogue)


def _with_times(year: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Rolling years with the lengths of time as estimated."""
    keys = [*LINE, *CELL]
    estimated = results.loc[
        results["period_grain"] == ROLLING, [*keys, "value", "lower", "upper", "status"]
    ]
    found = year[keys].merge(estimated, on=keys, how="left", validate="one_to_one")
    is_time = year["shape"].isin(list(_TIMES))
    is_known = is_time & (found["status"] == OK)
    for name in ("value", "lower", "upper"):
        year[name] = found[name].where(is_known)
    return year[~is_time | is_known]


def _quarters_of(window: str) -> list[str]:
    year, quarter = int(window[:4]), int(window[-1])
    ends = [year * 4 + quarter - 1 - back for back in range(QUARTERS)]
    return [f"{end // 4}-Q{end % 4 + 1}" for end in ends]


def _grains(catalogue: Catalogue) -> set[str]:
    """Lengths of the periods that an audience is shown."""
    rungs = (rung for ladder in catalogue.ladders for rung in catalogue.rungs(ladder))
    return {rung.grain for rung in rungs}.union(catalogue.coarser)


def _as_they_are(plain: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Figures about nobody: of bases that are none of people, and those without a number.

    No finer than any figure of the audience: the door out asks that of all rows.
    """
    grains = _grains(catalogue).intersection(("month", "quarter", "year"))
    rows = plain[plain["period_grain"].isin(grains)]
    return rows.assign(n_at_risk=np.nan, provisional_lower=np.nan, provisional_upper=np.nan)


def _catalogue_table(
    lines: pd.DataFrame, plain: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    table = lines.rename(columns={"year": "calendar_year", "grain": "period_grain"})
    table["is_without_threshold"] = table["indicator"].isin(catalogue.should_not_occur)
    free = plain[[*LINE]].assign(calendar_year=plain["period"].str[:4].astype(int))
    finest = {True: "month" if "month" in _grains(catalogue) else "quarter", False: "quarter"}
    free["period_grain"] = (free["dimension"] == NATIONAL).map(finest)
    free = free.drop_duplicates().assign(
        is_clustered=False, is_without_threshold=False, status=SHOWN
    )
    found = pd.concat([table[CATALOGUE_COLUMNS], free[CATALOGUE_COLUMNS]], ignore_index=True)
    return found.sort_values(CATALOGUE_COLUMNS[:6], ignore_index=True)
