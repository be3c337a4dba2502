"""Which quantities add up to which: sums a reader knows to be true of the counts behind a file.

Here: members and clusters of a country, periods of longer ones, parts of wholes, complements,
nested sets, stock and flow, numbers at risk, and differences between files.
Not here: which of these the figures themselves contradict (`contradicted`), and what is proven with
them (`system`, `programmes`).

A row that is absent where its line has others that year is a count of nobody.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipelines.audit.contradicted import Related, Terms
from pipelines.audit.periods import WHOLE_HISTORY
from pipelines.audit.published import Published
from pipelines.audit.quantities import (
    AT_RISK,
    CELL,
    KEY,
    Cells,
    base_by_indicator,
    own_base,
)
from pipelines.audit.statistics_of import (
    FLOWS,
    NESTED_PARTS,
    NOT_ADDED_UP,
    PARTS_OF_BASES,
    PARTS_OF_WHOLE,
    STOCK_VIEW,
    WHOLE,
)
from pipelines.audit.system import FloatArray, IntArray
from pipelines.dimensions import NATIONAL

# Longer periods and the shorter ones that fill them, in months.
_FILLED_BY = ((3, 1), (6, 3), (12, 6), (12, 3), (24, 12), (24, 6), (24, 3))
_A_YEAR = 12
_FLOW_MONTHS = (1, 3, 12)
# Clusters of a dimension are members of a dimension with this behind its name.
_CLUSTERED = "_cluster"
_PLACE = ["release", *CELL]
_LINE = ["release", "set", "start", "months"]
_SET = ["base", "part", "view", "clock"]


def relate(cells: Cells, releases: Sequence[Published]) -> Related:
    """Lay every known identity over the quantities.

    Args:
        cells: Quantities with what their numbers say.
        releases: The files they come from.
    """
    work = _Work(cells, releases)
    work.add_latent()
    work.derive("complement", work.complements(), is_signed=False)
    work.derive("at_risk", work.rests_at_risk(), is_signed=True)
    work.derive("nested", work.nested(outer_bases(releases)), is_signed=False)
    work.number()
    work.add_members()
    work.add_periods()
    work.add_parts()
    work.add_flows()
    work.add_between_files()
    return Related.of(work.quantities(), work.sets, work.vintages, work.terms.all())


class _Work:
    """The quantities while identities are laid over them."""

    def __init__(self, cells: Cells, releases: Sequence[Published]) -> None:
        self.cells = cells.cells.assign(is_line=True)
        self.vintages = cells.vintages
        self.sets = cells.sets.assign(
            is_signed=False,
            is_derived=False,
            made_of=pd.Series([()] * len(cells.sets), cells.sets.index, dtype=object),
            of_vintage=cells.sets["base"].map(own_base),
        )
        self.clusters = _clusters(releases)
        self.base_of = base_by_indicator(releases[-1])
        self.threshold = releases[-1].threshold
        self.terms = Terms()
        self._made: list[pd.DataFrame] = []
        self._derived: list[tuple[str, list[tuple[IntArray, float]], IntArray]] = []

    def add_latent(self) -> None:
        """The country, and the members of a cluster, where only a part or a whole is published."""
        of_members = self.cells[self.cells["dimension"] != NATIONAL]
        country = of_members[_LINE].drop_duplicates()
        clustered = self.cells.merge(
            self.clusters, left_on=["dimension", "member"], right_on=["of_clusters", "cluster"]
        )
        members = clustered.assign(dimension=clustered["inside_of"], member=clustered["inside"])
        unknown = pd.concat(
            [country.assign(dimension=NATIONAL, member=NATIONAL), members[KEY]]
        ).assign(lower=0.0, upper=np.inf, is_line=False, is_ample=False)
        both = pd.concat([self.cells, unknown], ignore_index=True)
        self.cells = both.drop_duplicates(KEY, ignore_index=True)

    def complements(self) -> pd.DataFrame:
        """Recipes for those of the whole that are not in the part."""
        parts = self.sets[(self.sets["whole"] >= 0) & (self.sets["part"] != WHOLE)]
        return pd.DataFrame(
            {
                "plus": parts["whole"],
                "minus": parts.index,
                "part": parts["part"] + ":complement",
                "whole": parts["whole"],
            }
        )

    def rests_at_risk(self) -> pd.DataFrame:
        """Recipes for whole less part less at risk: other exits, or who ended on the last day."""
        sets = self.sets[~self.sets["is_derived"] & (self.sets["whole"] >= 0)]
        sets = sets.rename_axis("set").reset_index()
        at_risk = sets[sets["part"].str.endswith(f":{AT_RISK}")]
        of = at_risk.assign(part=at_risk["part"].str.removesuffix(f":{AT_RISK}"))
        found = of.merge(sets[["set", *_SET]], on=_SET, suffixes=("", "_part"))
        return pd.DataFrame(
            {
                "plus": found["whole"],
                "minus": found["set_part"],
                "minus_too": found["set"],
                "part": found["part"] + ":rest",
                "whole": -1,
            }
        )

    def nested(self, outer_bases: pd.DataFrame) -> pd.DataFrame:
        """Recipes for the larger set less the one that lies within it."""
        sets = self.sets[~self.sets["is_derived"]].rename_axis("set").reset_index()
        # What is within a base is so of a period; a stock is about a day.
        wholes = sets[(sets["part"] == WHOLE) & (sets["view"] != STOCK_VIEW)]
        bases = wholes.merge(outer_bases, on="base").merge(
            wholes, left_on=["outer", "view"], right_on=["base", "view"], suffixes=("", "_outer")
        )
        pairs = [bases[["set", "set_outer", "base", "part"]]]
        for inner, outer in NESTED_PARTS:
            is_inner = sets["part"].str.endswith(f"/{inner}")
            larger = sets[is_inner].assign(part=sets["part"].str.replace(inner, outer, regex=False))
            found = larger.merge(sets[["set", *_SET]], on=_SET, suffixes=("", "_outer"))
            pairs.append(found[["set", "set_outer", "base", "part"]])
        both = pd.concat(pairs, ignore_index=True)
        return pd.DataFrame(
            {
                "plus": both["set_outer"],
                "minus": both["set"],
                "part": "not in " + both["base"] + ":" + both["part"],
                "whole": -1,
            }
        )

    def derive(self, family: str, recipes: pd.DataFrame, *, is_signed: bool) -> None:
        """Sets whose count is a sum of other sets', in every cell where all of those stand.

        Args:
            family: Name of the identity.
            recipes: `plus` less `minus` less, where there is one, `minus_too` (sets), `part` (name
                of the set made) and `whole` (the set it is a part of, or -1).
            is_signed: The count may be negative.
        """
        if recipes.empty:
            return
        recipes = recipes.reset_index(drop=True)
        made = self.sets.loc[recipes["plus"]].reset_index(drop=True)
        made = made.assign(
            part=recipes["part"],
            whole=recipes["whole"],
            is_signed=is_signed,
            is_derived=True,
            made_of=recipes.filter(regex="plus|minus").apply(tuple, axis=1),
            of_vintage=self._vintage_of(recipes),
        )
        recipes["made"] = len(self.sets) + recipes.index
        self.sets = pd.concat([self.sets, made], ignore_index=True)
        at = self.cells[["set", *_PLACE]].assign(at=self.cells.index)
        found = recipes.merge(at, left_on="plus", right_on="set").rename(columns={"at": "at_plus"})
        minus = [name for name in ("minus", "minus_too") if name in recipes]
        for name in minus:
            other = at.rename(columns={"set": name, "at": f"at_{name}"})
            found = found.merge(other, on=[name, *_PLACE])
        first = len(self.cells) + sum(map(len, self._made))
        self._made.append(
            found[_PLACE].assign(
                set=found["made"],
                lower=-np.inf if is_signed else self._least(family, found),
                upper=np.inf,
                is_line=False,
                is_ample=False,
            )
        )
        terms = [(found[f"at_{name}"].to_numpy(np.int64), -1.0) for name in minus]
        terms.append((found["at_plus"].to_numpy(np.int64), 1.0))
        terms.append((np.arange(first, first + len(found)), -1.0))
        self._derived.append((family, terms, found["plus"].to_numpy(np.int64)))

    def _vintage_of(self, recipes: pd.DataFrame) -> "pd.Series[str]":
        """What is made of two bases is made anew where either of them is: a name of both."""
        larger, smaller = (
            self.sets.loc[recipes[name], "of_vintage"].reset_index(drop=True)
            for name in ("plus", "minus")
        )
        both = larger + " less " + smaller
        pairs = pd.DataFrame({"base": both, "larger": larger, "smaller": smaller})
        pairs = pairs[larger != smaller].drop_duplicates()
        told = self.vintages.rename(columns={"vintage": "of_larger"})
        found = pairs.merge(told, left_on="larger", right_on="base", suffixes=("", "_of"))
        told = self.vintages.rename(columns={"vintage": "of_smaller"})
        found = found.merge(
            told, left_on=["smaller", "release"], right_on=["base", "release"], suffixes=("", "_in")
        )
        first = int(self.vintages["vintage"].max()) + 1
        found["vintage"] = first + found.groupby(["base", "of_larger", "of_smaller"]).ngroup()
        self.vintages = pd.concat([self.vintages, found[list(self.vintages.columns)]])
        names: pd.Series[str] = larger.where(larger == smaller, both)
        return names

    def _least(self, family: str, found: pd.DataFrame) -> FloatArray:
        """(N,) least counts: of a part that is shown, the rest meets the threshold as well."""
        if family != "complement":
            return np.zeros(len(found))
        whole = self.cells.loc[found["at_plus"]].reset_index(drop=True)
        part = self.cells.loc[found["at_minus"]].reset_index(drop=True)
        is_ample = whole["is_ample"] & part["is_ample"]
        is_ample &= whole["upper"] - part["lower"] >= self.threshold
        return np.where(is_ample, float(self.threshold), 0.0)

    def number(self) -> None:
        """Give each quantity its number; what a vintage may agree on has one over its files."""
        self.cells = pd.concat([self.cells, *self._made], ignore_index=True)
        base = self.cells["set"].map(self.sets["of_vintage"])
        asked = pd.DataFrame({"base": base, "release": self.cells["release"]})
        vintage = asked.merge(self.vintages, how="left")["vintage"].to_numpy(np.int64)
        of_key = self.cells.assign(vintage=vintage).groupby(["vintage", "set", *CELL], sort=False)
        agreed_lower = of_key["lower"].transform("max")
        agreed_upper = of_key["upper"].transform("min")
        agrees = agreed_lower <= agreed_upper
        self.cells["common"] = self.cells["release"].where(~agrees, -1 - vintage)
        self.cells["number"] = self.cells.groupby(["common", "set", *CELL], sort=False).ngroup()
        self.cells["is_between"] = False
        number = self.cells["number"].to_numpy(np.int64)
        dimension = self.cells["dimension"].to_numpy(object)
        for family, terms, of in self._derived:
            columns = [(number[at], factor) for at, factor in terms]
            self.terms.add_columns(family, columns, of, dimension[terms[0][0]])

    def _added_up(self) -> pd.DataFrame:
        """Quantities of sets that add up over members and periods."""
        part = self.sets["part"].str.removesuffix(":complement").str.removesuffix(":rest")
        return self.cells[~self.cells["set"].map(part.str.endswith(NOT_ADDED_UP)).astype(bool)]

    def add_members(self) -> None:
        """Members add up to the country, and to their cluster."""
        cells = self._added_up()
        parts = cells[cells["dimension"] != NATIONAL]
        group = [*_LINE, "dimension"]
        # Members nothing is published of beside their cluster are no line of their own.
        parts = parts[parts.groupby(group)["is_line"].transform("any")].copy()
        parts["row"] = parts.groupby(group, sort=False).ngroup()
        country = cells.loc[cells["dimension"] == NATIONAL, [*_LINE, "number"]]
        rows = parts.drop_duplicates("row")[[*group, "row"]].merge(country, on=_LINE)
        self.terms.add("members", parts, rows)
        if self.clusters.empty:
            return
        inside = cells.merge(
            self.clusters, left_on=["dimension", "member"], right_on=["inside_of", "inside"]
        )
        inside["dimension"], inside["member"] = inside["of_clusters"], inside["cluster"]
        inside["row"] = inside.groupby(KEY, sort=False).ngroup()
        rows = inside.drop_duplicates("row")[[*KEY, "row"]].merge(cells[[*KEY, "number"]], on=KEY)
        self.terms.add("clusters", inside[inside["row"].isin(rows["row"])], rows)

    def add_periods(self) -> None:
        """Shorter periods add up to the longer one they fill."""
        line = ["release", "set", "dimension", "months", "year"]
        cells = self._added_up()
        cells = cells.assign(year=cells["start"] // _A_YEAR)
        lines = cells.loc[cells["is_line"], line].drop_duplicates()
        same = ["release", "set", "dimension", "member"]
        lengths = set(cells["months"].unique())
        for longer, shorter in _FILLED_BY:
            if not {longer, shorter} <= lengths:
                continue
            whole = cells.loc[cells["months"] == longer].reset_index(drop=True)
            whole["row"] = whole.index
            steps = pd.DataFrame({"step": np.arange(longer // shorter) * shorter})
            parts = whole[[*same, "start", "row"]].merge(steps, how="cross")
            parts["start"] += parts.pop("step")
            parts["months"], parts["year"] = shorter, parts["start"] // _A_YEAR
            # Of a year without any figure of that length nothing is known.
            n_lines = parts.merge(lines, on=line).groupby("row").size()
            parts = parts[parts["row"].map(n_lines) == longer // shorter]
            there = cells.loc[cells["months"] == shorter, [*same, "start", "number"]]
            parts = parts.merge(there, on=[*same, "start"])
            self.terms.add("periods", parts, whole[whole["row"].isin(parts["row"])])
        whole = cells[cells["months"] == WHOLE_HISTORY].reset_index(drop=True)
        whole["row"] = whole.index
        years = cells[(cells["months"] == _A_YEAR) & (cells["start"] % _A_YEAR == 0)]
        parts = years.merge(whole[[*same, "row"]], on=same)
        self.terms.add("periods", parts, whole[whole["row"].isin(parts["row"])])

    def add_parts(self) -> None:
        """Parts that together are the whole of their view."""
        sets = self.sets[~self.sets["is_derived"] & (self.sets["whole"] >= 0)].rename_axis("set")
        name = sets["part"].str.split("/").str[-1]
        known: set[int] = set()
        for identity in PARTS_OF_WHOLE:
            mine = sets[(sets["view"] == identity.view) & name.isin(identity.parts)]
            for label, parts in mine.groupby("whole"):
                whole, found = int(str(label)), {name[number]: number for number in parts.index}
                if set(found) == set(identity.parts) and whole not in known:
                    known.add(whole)
                    self._add_parts_of(whole, list(found.values()))
        is_base = (sets["part"] == WHOLE) & (sets["view"] != STOCK_VIEW)
        bases = sets[is_base].reset_index().drop_duplicates("base").set_index("base")["set"]
        numerators = sets.reset_index().drop_duplicates("part").set_index("part")["set"]
        for base, parts_of_base in PARTS_OF_BASES:
            if base in bases and set(parts_of_base) <= set(numerators.index):
                self._add_parts_of(int(bases[base]), [numerators[name] for name in parts_of_base])

    def _add_parts_of(self, whole: int, parts: Sequence[int]) -> None:
        place = self.cells.loc[self.cells["set"] == whole, [*_PLACE, "number"]]
        columns = ["number"]
        for part in parts:
            mine = self.cells.loc[self.cells["set"] == part, [*_PLACE, "number"]]
            columns.append(f"number_{part}")
            place = place.merge(mine.rename(columns={"number": columns[-1]}), on=_PLACE)
        signs = [-1.0, *[1.0] * len(parts)]
        self.terms.add_columns(
            "parts",
            [(place[at].to_numpy(np.int64), sign) for at, sign in zip(columns, signs, strict=True)],
            np.full(len(place), whole),
            place["dimension"].to_numpy(object),
        )

    def add_flows(self) -> None:
        """A stock is the stock before, plus what came in, less what went out."""
        wholes = self.sets[(self.sets["part"] == WHOLE) & ~self.sets["is_derived"]]
        # A declared base is one set wherever it stands; a stock is it on a day.
        of_base = {
            (base, view == STOCK_VIEW): int(number)
            for number, base, view in wholes[["base", "view"]].itertuples(name=None)
        }
        for names in FLOWS:
            bases = [self.base_of.get(name, name) for name in names]
            wanted = list(zip(bases, (True, False, False), strict=True))
            if all(name in of_base for name in wanted):
                for months in _FLOW_MONTHS:
                    self._add_flows_of([of_base[name] for name in wanted], months)

    def _add_flows_of(self, sets: Sequence[int], months: int) -> None:
        stock, inflow, outflow = sets
        same = ["release", "dimension", "member"]
        level = self.cells.loc[self.cells["set"] == stock, [*same, "start", "number"]]
        after = level.assign(end=level["start"], start=level["start"] - months + 1)
        before = level.assign(end=level["start"] + months).drop(columns="start")
        rows = after.merge(before, on=[*same, "end"], suffixes=("", "_before"))
        for flow, column in ((inflow, "came"), (outflow, "went")):
            is_flow = (self.cells["set"] == flow) & (self.cells["months"] == months)
            of_flow = self.cells.loc[is_flow, [*same, "start", "number"]]
            rows = rows.merge(of_flow.rename(columns={"number": column}), on=[*same, "start"])
        signs = {"number": 1.0, "number_before": -1.0, "came": -1.0, "went": 1.0}
        self.terms.add_columns(
            "flows",
            [(rows[column].to_numpy(np.int64), sign) for column, sign in signs.items()],
            np.full(len(rows), stock),
            rows["dimension"].to_numpy(object),
        )

    def add_between_files(self) -> None:
        """A count that changed: how many were added or taken away."""
        is_signed = self.cells["set"].map(self.sets["is_signed"]).astype(bool)
        apart = self.cells[~is_signed].sort_values(["set", *CELL, "release"])
        apart = apart.drop_duplicates("number")
        earlier = apart.groupby(["set", *CELL])["number"].shift()
        changed = apart[earlier.notna()]
        made = int(self.cells["number"].max()) + 1 + np.arange(len(changed))
        difference = changed.assign(
            number=made, lower=-np.inf, upper=np.inf, is_line=False, is_between=True
        )
        self.cells = pd.concat([self.cells, difference], ignore_index=True)
        self.terms.add_columns(
            "between_files",
            [
                (changed["number"].to_numpy(np.int64), 1.0),
                (earlier.dropna().to_numpy(np.int64), -1.0),
                (made, -1.0),
            ],
            changed["set"].to_numpy(np.int64),
            changed["dimension"].to_numpy(object),
        )

    def quantities(self) -> pd.DataFrame:
        """One row a number, in their order."""
        found = (
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
        of_set = self.sets.loc[found["set"]].reset_index(drop=True)
        is_part = (of_set["part"] != WHOLE) & ~found["is_between"]
        return found.assign(
            is_sensitive=of_set["is_sensitive"].astype(bool),
            is_signed=of_set["is_signed"].astype(bool) | found["is_between"],
            whole=self._wholes().reindex(found.index).where(is_part).fillna(-1).astype(int),
        )

    def _wholes(self) -> "pd.Series[int]":
        """Number of the group each quantity is of, by its own number."""
        at = self.cells.loc[~self.cells["is_between"], ["number", *_PLACE, "set"]]
        asked = at.assign(set=at["set"].map(self.sets["whole"]))
        found = asked.merge(at, on=[*_PLACE, "set"], suffixes=("", "_whole"))
        return found.drop_duplicates("number").set_index("number")["number_whole"]


def _clusters(releases: Sequence[Published]) -> pd.DataFrame:
    """Members of every cluster: `of_clusters, cluster, inside_of, inside`, dimension and member."""
    found = [
        release.dimension_member[["dimension", "cluster", "member"]].dropna()
        for release in releases
        if "cluster" in release.dimension_member
    ]
    empty = pd.DataFrame({"dimension": [], "cluster": [], "member": []}, dtype=object)
    members = pd.concat([empty, *found]).drop_duplicates()
    members = members[members["cluster"] != ""]
    return pd.DataFrame(
        {
            "of_clusters": members["dimension"] + _CLUSTERED,
            "cluster": members["cluster"],
            "inside_of": members["dimension"],
            "inside": members["member"],
        }
    )


def outer_bases(releases: Sequence[Published]) -> pd.DataFrame:
    """Bases each base lies within: `base, outer`."""
    pairs = {
        (str(base), outer)
        for release in releases
        for base, within in release.base[["base", "within"]].itertuples(index=False, name=None)
        if isinstance(within, str)
        for outer in within.split("|")
        if outer
    }
    return pd.DataFrame(sorted(pairs), columns=["base", "outer"], dtype=object)
