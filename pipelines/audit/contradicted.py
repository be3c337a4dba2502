"""Identities that the figures themselves contradict, and what a reader keeps of them.

Here: the sums of all files as one system, each once, without what cannot be.
Not here: which identities there are (`relations`).

A dimension may leave somebody out: then its members are at most the country. It may count somebody
twice: then they are nothing. What a reader would give up at the first cell that does not fit, the
audit gives up for that set, and says so; it holds on to all that fits.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.audit.system import BoolArray, IntArray, System

_IDENTITY = ["family", "of", "dimension"]
GIVEN_UP = [*_IDENTITY, "n_sums", "kept"]
_OF_MEMBERS = ("members", "clusters")
# Of these a reader still knows, where somebody is left out, that parts are no more than the whole.
_OF_A_WHOLE = ("members", "clusters", "periods", "parts")
# Given up in this order where the figures contradict several of them together.
_DOUBTFUL = ("flows", "nested", "members", "clusters", "parts", "periods")
_CLUSTERED = "_cluster"


class Terms:
    """Sums of quantities that are nothing, while they are gathered."""

    def __init__(self) -> None:
        empty = {"row": int, "number": int, "factor": float, "set": int}
        none = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in empty.items()})
        self._parts = [none.assign(dimension="", family="")]
        self._n_sums = 0

    def add(self, family: str, parts: pd.DataFrame, wholes: pd.DataFrame) -> None:
        """Parts less their whole; `row` says which belong together."""
        columns = ["row", "number", "set", "dimension"]
        self._append(
            family,
            pd.concat([parts[columns].assign(factor=1.0), wholes[columns].assign(factor=-1.0)]),
        )

    def add_columns(
        self, family: str, columns: list[tuple[IntArray, float]], of: IntArray, dimension: object
    ) -> None:
        """Sums side by side: per term the numbers it takes, one a sum, and times what."""
        terms = [
            pd.DataFrame(
                {
                    "row": np.arange(numbers.size),
                    "number": numbers,
                    "factor": factor,
                    "set": of,
                    "dimension": dimension,
                }
            )
            for numbers, factor in columns
        ]
        self._append(family, pd.concat(terms))

    def _append(self, family: str, terms: pd.DataFrame) -> None:
        if len(terms):
            self._parts.append(terms.assign(family=family, row=terms["row"] + self._n_sums))
            self._n_sums += int(terms["row"].max()) + 1

    def all(self) -> pd.DataFrame:
        """Columns `row` (the sum), `number`, `factor`, `set`, `dimension` and `family`."""
        return pd.concat(self._parts, ignore_index=True)


@dataclass(frozen=True)
class Related:
    """Quantities of all files with the sums over them.

    Attributes:
        quantities: One row a number of `system`: `set`, `start`, `months`, `dimension`, `member`,
            `release` (-1 where all files speak of the same count), `is_sensitive`, `is_signed` (a
            difference that may be negative), `is_between` (two files) and `whole` (number of the
            group it is of; -1 where none).
        sets: As in `Cells`, with the sets made of others, and `made_of`, the sets they are made of.
        vintages: As in `Cells`, with those of what is made of two bases.
        sums: One row a sum of `system`: `family`, `of` (set) and `dimension` of its identity, and
            `is_at_most` (its parts may leave somebody out).
        given_up: Identities the files contradict: `family`, `of`, `dimension`, `n_sums`, and `kept`
            (`at_most` where the parts stay within the whole, else `nothing`).
        system: The numbers and sums.
    """

    quantities: pd.DataFrame
    sets: pd.DataFrame
    vintages: pd.DataFrame
    sums: pd.DataFrame
    given_up: pd.DataFrame
    system: System

    @classmethod
    def of(
        cls,
        quantities: pd.DataFrame,
        sets: pd.DataFrame,
        vintages: pd.DataFrame,
        terms: pd.DataFrame,
    ) -> "Related":
        """Lay the sums over the quantities and give up what a single sum contradicts."""
        terms = _each_once(terms, len(quantities))
        sums = terms.drop_duplicates("row").sort_values("row", ignore_index=True)
        sums = sums[["family", "set", "dimension"]].assign(is_at_most=False)
        # Who belongs to no member belongs to none in any part of the base, nor to a cluster.
        whole = sums["set"].map(sets["whole"])
        is_own = (whole < 0) | ~sums["family"].isin(_OF_MEMBERS)
        sums["of"] = sums.pop("set").where(is_own, whole)
        sums["dimension"] = sums["dimension"].str.removesuffix(_CLUSTERED)
        system = System(
            quantities["lower"].to_numpy(float),
            quantities["upper"].to_numpy(float),
            terms["row"].to_numpy(np.int64),
            terms["number"].to_numpy(np.int64),
            terms["factor"].to_numpy(float),
            np.zeros(len(sums)),
            np.zeros(len(sums)),
        )
        given_up = pd.DataFrame(columns=GIVEN_UP)
        related = cls(quantities, sets, vintages, sums, given_up, system)
        low, high = system.activity(system.lower, system.upper)
        return related._without(low > 0, high < 0)

    def without_doubtful(self, contradicted: BoolArray) -> "Related | None":
        """The same with the first doubtful identity given up of what ends in a contradiction.

        Args:
            contradicted: (V,) numbers of which no value is left.

        Returns:
            None where nothing is left to doubt.
        """
        touched = np.zeros(len(self.sums), bool)
        touched[self.system.sum_of[contradicted[self.system.number]]] = True
        for family in _DOUBTFUL:
            is_doubted = touched & (self.sums["family"] == family).to_numpy()
            if is_doubted.any():
                is_at_most = self.sums["is_at_most"].to_numpy() | (family not in _OF_A_WHOLE)
                return self._without(is_doubted & is_at_most, is_doubted & ~is_at_most)
        return None

    def _without(self, is_over: BoolArray, is_under: BoolArray) -> "Related":
        """Give up whole identities by the sums that fail.

        Args:
            is_over: (S,) sums that are more than nothing: the parts exceed the whole.
            is_under: (S,) sums that are less: somebody is left out.
        """
        marked = self.sums.assign(is_over=is_over, is_under=is_under)
        of_identity = marked.groupby(_IDENTITY)[["is_over", "is_under"]].transform("any")
        fails = of_identity.any(axis=1).to_numpy()
        is_whole = self.sums["family"].isin(_OF_A_WHOLE).to_numpy()
        to_at_most = fails & ~of_identity["is_over"].to_numpy() & is_whole
        is_dropped = fails & ~to_at_most
        kept = np.where(to_at_most, "at_most", "nothing")
        more = (
            self.sums.assign(kept=kept)[fails]
            .groupby([*_IDENTITY, "kept"])
            .size()
            .rename("n_sums")
            .reset_index()
        )
        sums = self.sums.assign(is_at_most=self.sums["is_at_most"] | to_at_most)[~is_dropped]
        stays = ~is_dropped[self.system.sum_of]
        place = np.cumsum(~is_dropped) - 1
        system = replace(
            self.system,
            sum_of=place[self.system.sum_of[stays]],
            number=self.system.number[stays],
            factor=self.system.factor[stays],
            sum_lower=np.where(sums["is_at_most"], -np.inf, 0.0),
            sum_upper=np.zeros(len(sums)),
        )
        given_up = (
            pd.concat([self.given_up, more], ignore_index=True) if len(more) else self.given_up
        )
        return replace(self, sums=sums.reset_index(drop=True), given_up=given_up, system=system)


def _each_once(terms: pd.DataFrame, n_quantities: int) -> pd.DataFrame:
    """The same sums; what several files say alike is said once. `row` counts them from nothing."""
    weight = np.random.default_rng(0).integers(1, 2**62, n_quantities, dtype=np.int64)
    signed = weight[terms["number"].to_numpy(np.int64)] * terms["factor"].to_numpy().astype(
        np.int64
    )
    # Sums of random weights, modulo 2**64: two sums with the same terms have the same.
    signature = pd.Series(signed).groupby(terms["row"].to_numpy()).sum()
    first = signature.drop_duplicates().index
    place = pd.Series(np.arange(len(first)), first)
    terms = terms[terms["row"].isin(first)]
    return terms.assign(row=terms["row"].map(place).astype(int))
