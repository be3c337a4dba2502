"""Which quantities add up to which: sums a reader knows to be true of the counts behind a file.

Here: members and clusters of a country, periods of longer ones, parts of wholes, complements,
nested sets, stock and flow, numbers at risk, and differences between files.
Not here: what is proven with them (`system`, `programmes`).

A row that is absent where its line has others that year is a count of nobody. An identity the file
itself contradicts is no identity of that set: what a reader would drop, the audit drops, and says
so. Where the members never add up to more than the country, the rest is somebody's too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.audit.cells import AT_RISK, CELL, KEY, NATIONAL, Cells
from pipelines.audit.periods import WHOLE_HISTORY
from pipelines.audit.published import Published
from pipelines.audit.statistics_of import FLOWS, NESTED_PARTS, NOT_ADDED_UP, PARTS_OF_WHOLE, WHOLE
from pipelines.audit.system import System

# Longer periods and the shorter ones that fill them, in months.
_FILLED_BY = ((3, 1), (6, 3), (12, 6), (12, 3), (24, 12), (24, 6), (24, 3))
_A_YEAR = 12
_PLACE = ["release", *CELL]
_IDENTITY = ["family", "of", "dimension"]
# Of these a reader still knows, where parts are missing, that there are no more than the whole.
_NO_TERMS = pd.DataFrame(
    {"row": [], "number": [], "factor": [], "set": [], "dimension": [], "family": []}
).astype({"row": int, "number": int, "set": int, "dimension": object, "family": object})
_OF_MEMBERS = ("members", "clusters")
_OF_A_WHOLE = ("members", "clusters", "periods", "parts")


@dataclass(frozen=True)
class Related:
    """Quantities of all files with the sums over them.

    Attributes:
        quantities: One row a number of `system`: `set`, `start`, `months`, `dimension`, `member`,
            `release` (-1 where all files speak of the same count), `is_sensitive`, `is_signed` (a
            difference that may be negative) and `whole` (number of the group it is of; -1 where
            none).
        sets: As in `Cells`, with the sets made here.
        families: Name of the identity behind each sum.
        given_up: Identities the files contradict: `family`, `set`, `dimension`, `n_sums`,
            `n_contradicted`, and `kept` (`at_most` where the parts stay within the whole).
        system: The numbers and sums.
    """

    quantities: pd.DataFrame
    sets: pd.DataFrame
    families: "pd.Series[str]"
    given_up: pd.DataFrame
    system: System


def relate(cells: Cells, releases: Sequence[Published], *, is_fixed: bool = True) -> Related:
    """Lay every known identity over the quantities.

    Args:
        cells: Quantities with what their numbers say.
        releases: The files they come from.
        is_fixed: A count that two files may agree on is one count.
    """
    work = _Work(cells, releases)
    work.add_latent()
    work.add_complements()
    work.add_at_risk()
    work.add_nested(releases)
    work.number(is_fixed=is_fixed)
    work.add_members()
    work.add_periods()
    work.add_parts()
    work.add_flows()
    work.add_between_files()
    return work.finish()


class _Work:
    """The quantities while identities are laid over them."""

    def __init__(self, cells: Cells, releases: Sequence[Published]) -> None:
        self.cells = cells.cells.assign(is_line=True)
        self.sets = cells.sets.assign(is_signed=False, is_derived=False)
        self.clusters = _clusters(releases)
        self.terms: list[pd.DataFrame] = []
        self._n_sums = 0
        self._places: dict[int, pd.DataFrame] = {}
        self._made: list[pd.DataFrame] = []
        self._new_sets: list[dict[str, object]] = []
        self._derived: list[tuple[str, list[tuple[int, float]]]] = []

    def new_set(self, of: int, part: str, *, whole: int, is_signed: bool) -> int:
        """A set made of others."""
        like = {str(name): value for name, value in self.sets.loc[of].items()}
        number = len(self.sets) + len(self._new_sets)
        self._new_sets.append(
            like | {"part": part, "whole": whole, "is_signed": is_signed, "is_derived": True}
        )
        return number

    def add_cells(self, cells: pd.DataFrame) -> None:
        """Quantities nothing is published of, unless something is."""
        both = pd.concat([self.cells, cells.assign(is_line=False)], ignore_index=True)
        self.cells = both.drop_duplicates(KEY, ignore_index=True)

    def add_latent(self) -> None:
        """The country, and the members of a cluster, where only a part or a whole is published."""
        unknown = {"lower": 0.0, "upper": np.inf}
        country = self.cells[self.cells["dimension"] != NATIONAL][
            ["release", "set", "start", "months"]
        ].drop_duplicates()
        self.add_cells(country.assign(dimension=NATIONAL, member=NATIONAL, **unknown))
        clustered = self.cells.merge(
            self.clusters, left_on=["dimension", "member"], right_on=["dimension", "cluster"]
        )
        members = clustered.assign(member=clustered["inside"])
        self.add_cells(members[KEY].assign(**unknown))

    def derive(
        self, name: str, terms: Sequence[tuple[int, float]], part: str, *, whole: int, signed: bool
    ) -> None:
        """A set whose count is a sum of other sets' in every cell where all of them stand."""
        if not self._places:
            self._places = {
                int(str(name)): cells[_PLACE] for name, cells in self.cells.groupby("set")
            }
        empty = self.cells.iloc[:0][_PLACE]
        place = self._places.get(terms[0][0], empty)
        for term, _ in terms[1:]:
            place = place.merge(self._places.get(term, empty), on=_PLACE)
        if place.empty:
            return
        made = self.new_set(terms[0][0], part, whole=whole, is_signed=signed)
        self._made.append(
            place.assign(set=made, lower=-np.inf if signed else 0.0, upper=np.inf, is_line=False)
        )
        self._derived.append((name, [*terms, (made, -1.0)]))

    def add_complements(self) -> None:
        """Those of the whole that are not in the part."""
        parts = self.sets[(self.sets["whole"] >= 0) & (self.sets["part"] != WHOLE)]
        for part, whole, name in parts[["whole", "part"]].itertuples(name=None):
            self.derive(
                "complement",
                [(whole, 1.0), (part, -1.0)],
                f"{name}:complement",
                whole=whole,
                signed=False,
            )

    def add_at_risk(self) -> None:
        """Whole less part less number at risk: other exits, or who ended on the last day."""
        by_name = {
            (base, part, view, clock): number
            for number, base, part, view, clock in self.sets[
                ["base", "part", "view", "clock"]
            ].itertuples(name=None)
        }
        at_risk = self.sets[self.sets["part"].str.contains(":" + AT_RISK, regex=False)]
        at_risk = at_risk[~at_risk["is_derived"]]
        for number, base, name, view, clock, whole in at_risk[
            ["base", "part", "view", "clock", "whole"]
        ].itertuples(name=None):
            part = by_name.get((base, name.replace(":" + AT_RISK, ""), view, clock))
            if part is not None and whole >= 0:
                terms = [(whole, 1.0), (part, -1.0), (number, -1.0)]
                self.derive("at_risk", terms, f"{name}:rest", whole=-1, signed=True)

    def add_nested(self, releases: Sequence[Published]) -> None:
        """The larger set less the one that lies within it."""
        wholes = self.sets[(self.sets["part"] == WHOLE) & ~self.sets["is_derived"]]
        pairs = [
            (larger, number)
            for number, base, view in wholes[["base", "view"]].itertuples(name=None)
            for outer in _outer_bases(releases).get(base, ())
            for larger in wholes.index[(wholes["base"] == outer) & (wholes["view"] == view)]
        ]
        parts = self.sets[~self.sets["is_derived"]]
        for inner, outer in NESTED_PARTS:
            ends = parts["part"].str.endswith("/" + inner)
            for number, base, name, view, clock in parts.loc[
                ends, ["base", "part", "view", "clock"]
            ].itertuples(name=None):
                is_outer = (parts["base"] == base) & (parts["view"] == view)
                is_outer &= (parts["clock"] == clock) & (
                    parts["part"] == name.removesuffix(inner) + outer
                )
                pairs += [(larger, number) for larger in parts.index[is_outer]]
        for larger, smaller in pairs:
            inside = f"{self.sets.loc[smaller, 'base']}:{self.sets.loc[smaller, 'part']}"
            self.derive(
                "nested",
                [(larger, 1.0), (smaller, -1.0)],
                f"{self.sets.loc[larger, 'part']} − {inside}",
                whole=-1,
                signed=False,
            )

    def number(self, *, is_fixed: bool) -> None:
        """Give each quantity its number; what all files may agree on has one over all files."""
        self.cells = pd.concat([self.cells, *self._made], ignore_index=True)
        made = pd.DataFrame(self._new_sets, columns=self.sets.columns)
        self.sets = pd.concat([self.sets, made], ignore_index=True)
        of_key = self.cells.groupby(["set", *CELL], sort=False)
        agreed_lower = of_key["lower"].transform("max")
        agreed_upper = of_key["upper"].transform("min")
        agrees = (agreed_lower <= agreed_upper) & is_fixed
        self.cells["common"] = self.cells["release"].where(~agrees, -1)
        self.cells["number"] = self.cells.groupby(["common", "set", *CELL], sort=False).ngroup()
        self._by_set = {int(str(name)): cells for name, cells in self.cells.groupby("set")}
        for name, terms in self._derived:
            self.add_sum_of_sets(name, terms)

    def add_sum_of_sets(self, family: str, terms: Sequence[tuple[int, float]]) -> None:
        """In every cell where all of the sets stand, their sum is nothing."""
        place: pd.DataFrame | None = None
        for order, (term, _) in enumerate(terms):
            mine = self._by_set[term][[*_PLACE, "number"]].rename(
                columns={"number": f"number_{order}"}
            )
            place = mine if place is None else place.merge(mine, on=_PLACE)
        if place is None or place.empty:
            return
        self._add(
            family,
            pd.concat(
                [
                    pd.DataFrame(
                        {
                            "row": np.arange(len(place)),
                            "number": place[f"number_{order}"].to_numpy(),
                            "factor": factor,
                            "set": terms[0][0],
                            "dimension": place["dimension"].to_numpy(),
                        }
                    )
                    for order, (_, factor) in enumerate(terms)
                ]
            ),
        )

    def _add(self, family: str, terms: pd.DataFrame) -> None:
        """Sums given by their terms; `row` tells them apart within this call."""
        if len(terms):
            self.terms.append(terms.assign(family=family, row=terms["row"] + self._n_sums))
            self._n_sums += int(terms["row"].max()) + 1

    def _added_up(self) -> pd.DataFrame:
        """Quantities of sets that add up over members and periods."""
        part = self.sets["part"].str.removesuffix(":complement").str.removesuffix(":rest")
        return self.cells[~self.cells["set"].map(part.str.endswith(NOT_ADDED_UP)).astype(bool)]

    def add_members(self) -> None:
        """Members add up to the country, and to their cluster."""
        added_up = self._added_up()
        parts = added_up[added_up["dimension"] != NATIONAL]
        parts = parts.merge(
            self.clusters[["dimension", "cluster"]].drop_duplicates(),
            how="left",
            left_on=["dimension", "member"],
            right_on=["dimension", "cluster"],
        )
        parts["is_cluster"] = parts.pop("cluster").notna()
        group = ["release", "set", "start", "months", "dimension", "is_cluster"]
        # Members nothing is published of together with their cluster are no line of their own.
        parts = parts[parts.groupby(group)["is_line"].transform("any")]
        parts["row"] = parts.groupby(group, sort=False).ngroup()
        country = added_up[added_up["dimension"] == NATIONAL]
        rows = parts.drop_duplicates("row")[[*group, "row"]].merge(
            country[["release", "set", "start", "months", "number"]],
            on=["release", "set", "start", "months"],
        )
        self._add("members", _signed(parts, rows))
        inside = added_up.merge(
            self.clusters, left_on=["dimension", "member"], right_on=["dimension", "inside"]
        )
        key = ["release", "set", "start", "months", "dimension", "cluster"]
        whole = added_up.rename(columns={"member": "cluster"})[[*key, "number"]]
        inside["row"] = inside.groupby(key, sort=False).ngroup()
        rows = inside.drop_duplicates("row")[[*key, "row"]].merge(whole, on=key)
        self._add("clusters", _signed(inside[inside["row"].isin(rows["row"])], rows))

    def add_periods(self) -> None:
        """Shorter periods add up to the longer one they fill."""
        line = ["release", "set", "dimension", "months", "year"]
        cells = self._added_up()
        cells = cells.assign(year=cells["start"] // _A_YEAR)
        lines = cells.loc[cells["is_line"], line].drop_duplicates()
        same = ["release", "set", "dimension", "member"]
        for longer, shorter in _FILLED_BY:
            n_parts = longer // shorter
            whole = cells.loc[cells["months"] == longer].reset_index(drop=True)
            whole["row"] = whole.index
            steps = pd.DataFrame({"step": np.arange(n_parts) * shorter})
            parts = whole[[*same, "start", "row"]].merge(steps, how="cross")
            parts["start"] += parts.pop("step")
            parts["months"], parts["year"] = shorter, parts["start"] // _A_YEAR
            # Of a year without any figure of that length nothing is known.
            n_lines = parts.merge(lines, on=line).groupby("row").size()
            is_filled = parts["row"].map(n_lines) == n_parts
            parts = parts[is_filled].merge(
                cells[[*same, "start", "months", "number"]], on=[*same, "start", "months"]
            )
            self._add("periods", _signed(parts, whole[whole["row"].isin(parts["row"])]))
        whole = cells[cells["months"] == WHOLE_HISTORY].reset_index(drop=True)
        whole["row"] = whole.index
        years = cells[(cells["months"] == _A_YEAR) & (cells["start"] % _A_YEAR == 0)]
        parts = years.merge(whole[[*same, "row"]], on=same)
        self._add("periods", _signed(parts, whole[whole["row"].isin(parts["row"])]))

    def add_parts(self) -> None:
        """Parts that together are the whole of their view."""
        sets = self.sets[~self.sets["is_derived"] & (self.sets["whole"] >= 0)]
        name = sets["part"].str.split("/").str[-1]
        known: set[int] = set()
        for identity in PARTS_OF_WHOLE:
            mine = sets[(sets["view"] == identity.view) & name.isin(identity.parts)]
            for label, parts in mine.groupby("whole"):
                whole, found = int(str(label)), {name[number]: number for number in parts.index}
                if set(found) == set(identity.parts) and whole not in known:
                    known.add(whole)
                    terms = [(whole, -1.0), *((part, 1.0) for part in found.values())]
                    self.add_sum_of_sets("parts", terms)

    def add_flows(self) -> None:
        """A stock is the stock before, plus what came in, less what went out."""
        wholes = self.sets[(self.sets["part"] == WHOLE) & ~self.sets["is_derived"]]
        by_base = {
            (base, view): int(number)
            for number, base, view in wholes[["base", "view"]].itertuples(name=None)
        }
        for stock, inflow, outflow in FLOWS:
            names = [(stock, "open"), (inflow, "completed"), (outflow, "completed")]
            if not all(name in by_base for name in names):
                continue
            of_stock, of_inflow, of_outflow = (by_base[name] for name in names)
            same = ["release", "dimension", "member"]
            level = self.cells.loc[
                self.cells["set"] == of_stock, [*same, "start", "number"]
            ].reset_index(drop=True)
            for months in (1, 3, 12):
                moved = level.rename(columns={"start": "end"})
                moved["start"] = moved["end"] - months + 1
                before = level.assign(end=level["start"] + months)
                rows = moved.merge(
                    before[[*same, "end", "number"]], on=[*same, "end"], suffixes=("", "_before")
                )
                for flow, column in ((of_inflow, "in"), (of_outflow, "out")):
                    is_flow = (self.cells["set"] == flow) & (self.cells["months"] == months)
                    of_flow = self.cells.loc[is_flow, [*same, "start", "number"]]
                    rows = rows.merge(
                        of_flow.rename(columns={"number": column}), on=[*same, "start"]
                    )
                signs = {"number": 1.0, "number_before": -1.0, "in": -1.0, "out": 1.0}
                self._add(
                    "flows",
                    pd.concat(
                        [
                            pd.DataFrame(
                                {
                                    "row": np.arange(len(rows)),
                                    "number": rows[column].to_numpy(),
                                    "factor": sign,
                                    "set": of_stock,
                                    "dimension": rows["dimension"].to_numpy(),
                                }
                            )
                            for column, sign in signs.items()
                        ]
                    ),
                )

    def add_between_files(self) -> None:
        """A count that changed: how many were added or taken away."""
        apart = self.cells[
            (self.cells["common"] >= 0)
            & ~self.cells["set"].map(self.sets["is_signed"]).astype(bool)
        ]
        apart = apart.sort_values(["set", *CELL, "release"])
        key = ["set", *CELL]
        earlier = apart.groupby(key)["number"].shift()
        changed = apart[earlier.notna()].assign(earlier=earlier.dropna().astype(int))
        if changed.empty:
            return
        first = int(self.cells["number"].max()) + 1
        made = np.arange(first, first + len(changed))
        difference = changed.assign(
            number=made, lower=-np.inf, upper=np.inf, is_line=False, is_between=True
        )
        self.cells = pd.concat([self.cells, difference.drop(columns="earlier")], ignore_index=True)
        self._add(
            "between_files",
            pd.concat(
                [
                    pd.DataFrame(
                        {
                            "row": np.arange(len(changed)),
                            "number": numbers,
                            "factor": factor,
                            "set": changed["set"].to_numpy(),
                            "dimension": changed["dimension"].to_numpy(),
                        }
                    )
                    for numbers, factor in (
                        (changed["number"].to_numpy(), 1.0),
                        (changed["earlier"].to_numpy(), -1.0),
                        (made, -1.0),
                    )
                ]
            ),
        )

    def finish(self) -> Related:
        """Numbers and sums, without those the files contradict."""
        if "is_between" not in self.cells:
            self.cells["is_between"] = False
        self.cells["is_between"] = self.cells["is_between"].eq(True)
        quantities = (
            self.cells.groupby("number", sort=True)
            .agg(
                release=("common", "first"),
                set=("set", "first"),
                **{name: (name, "first") for name in CELL},
                lower=("lower", "max"),
                upper=("upper", "min"),
                is_between=("is_between", "first"),
            )
            .reset_index(drop=True)
        )
        of_set = self.sets.loc[quantities["set"]].reset_index(drop=True)
        quantities["is_sensitive"] = of_set["is_sensitive"].astype(bool)
        quantities["is_signed"] = of_set["is_signed"].astype(bool) | quantities["is_between"]
        quantities["whole"] = self._wholes(quantities, of_set)
        return _consistent(quantities, self.sets, pd.concat([_NO_TERMS, *self.terms]))

    def _wholes(self, quantities: pd.DataFrame, of_set: pd.DataFrame) -> "pd.Series[int]":
        """Number of the group each part is of."""
        asked = self.cells[["number", *_PLACE, "set"]].assign(
            set=self.cells["set"].map(self.sets["whole"])
        )
        found = asked.merge(
            self.cells[["number", *_PLACE, "set"]], on=[*_PLACE, "set"], suffixes=("", "_whole")
        ).drop_duplicates("number")
        place = found.set_index("number")["number_whole"].reindex(quantities.index)
        is_part = (of_set["part"] != WHOLE) & ~quantities["is_between"]
        return place.where(is_part, -1).fillna(-1).astype(int)


def _signed(parts: pd.DataFrame, wholes: pd.DataFrame) -> pd.DataFrame:
    """Terms of sums in which the parts less the whole are nothing."""
    columns = ["row", "number", "set", "dimension"]
    return pd.concat([parts[columns].assign(factor=1.0), wholes[columns].assign(factor=-1.0)])


def _clusters(releases: Sequence[Published]) -> pd.DataFrame:
    """Members of every cluster: `dimension, cluster, inside`."""
    found = [
        release.dimension_member[["dimension", "cluster", "member"]].dropna()
        for release in releases
        if "cluster" in release.dimension_member
    ]
    empty = pd.DataFrame({"dimension": [], "cluster": [], "member": []}, dtype=object)
    return pd.concat([empty, *found]).drop_duplicates().rename(columns={"member": "inside"})


def _outer_bases(releases: Sequence[Published]) -> dict[str, tuple[str, ...]]:
    """Bases each base lies within."""
    return {
        str(base): tuple(str(within).split("|"))
        for release in releases
        if len(release.base)
        for base, within in release.base[["base", "within"]].itertuples(index=False, name=None)
        if isinstance(within, str) and within
    }


def _consistent(quantities: pd.DataFrame, sets: pd.DataFrame, terms: pd.DataFrame) -> Related:
    """The sums, each once, without the identities that the numbers themselves contradict."""
    terms = _each_once(terms, len(quantities))
    sums = terms.drop_duplicates("row").sort_values("row")[["row", "family", "set", "dimension"]]
    # Who belongs to no member belongs to none in every part of the base.
    whole = sums["set"].map(sets["whole"])
    sums["of"] = sums["set"].where((whole < 0) | ~sums["family"].isin(_OF_MEMBERS), whole)
    system = _system(quantities, terms, np.zeros(len(sums)))
    low, high = system.activity(system.lower, system.upper)
    sums = sums.assign(is_over=low > 0, is_under=high < 0)
    of_identity = sums.groupby(_IDENTITY)[["is_over", "is_under"]]
    is_over, is_under = (of_identity.transform("any")[name] for name in ("is_over", "is_under"))
    is_at_most = is_under & ~is_over & sums["family"].isin(_OF_A_WHOLE)
    is_dropped = (is_over | is_under) & ~is_at_most
    given_up = (
        sums.assign(kept=np.where(is_at_most, "at_most", "nothing"))[is_over | is_under]
        .groupby([*_IDENTITY, "kept"])
        .agg(n_sums=("row", "size"), n_over=("is_over", "sum"), n_under=("is_under", "sum"))
        .reset_index()
    )
    sum_lower = np.where(is_at_most, -np.inf, 0.0)[~is_dropped]
    terms = terms[~terms["row"].isin(sums.loc[is_dropped, "row"])]
    kept = sums[~is_dropped]
    place = pd.Series(np.arange(len(kept)), kept["row"])
    terms = terms.assign(row=terms["row"].map(place))
    return Related(
        quantities,
        sets,
        kept["family"].reset_index(drop=True),
        given_up,
        _system(quantities, terms, sum_lower),
    )


def _each_once(terms: pd.DataFrame, n_quantities: int) -> pd.DataFrame:
    """The same sums; what several files say alike is said once. `row` counts them from nothing."""
    weight = np.random.default_rng(0).integers(1, 2**62, n_quantities, dtype=np.uint64)
    signed = weight[terms["number"]] * terms["factor"].astype(np.int64).to_numpy().astype(np.uint64)
    signature = pd.Series(signed).groupby(terms["row"].to_numpy()).sum()
    first = signature.drop_duplicates().index
    place = pd.Series(np.arange(len(first)), first)
    terms = terms[terms["row"].isin(first)]
    return terms.assign(row=terms["row"].map(place))


def _system(
    quantities: pd.DataFrame,
    terms: pd.DataFrame,
    sum_lower: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> System:
    return System(
        quantities["lower"].to_numpy(float),
        quantities["upper"].to_numpy(float),
        terms["row"].to_numpy(np.int64),
        terms["number"].to_numpy(np.int64),
        terms["factor"].to_numpy(float),
        sum_lower,
        np.zeros(sum_lower.size),
    )
