"""Counted cells and what links them, in an order that depends on the names of the cells alone.

Here: the sums and nestings of counts as rows of a matrix, held to be true of the counts given.
Not here: rounding (`rounding`).
"""

import hmac
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from pipelines.disclosure.integer_programme import IntArray

BoolArray = npt.NDArray[np.bool_]
# Of 20 bits each: whole numbers of this size are exact to a solver. The first draw leaves a tie
# with a chance of at most N / 2**20 among N cells, both together with the square of that.
_DRAWS = 2
_BITS = 20


def keyed_draws(names: Iterable[str], key: bytes) -> IntArray:
    """Whole numbers around 0 that only the key and the names decide.

    Args:
        names: (N,) names.
        key: Who does not have it cannot tell the numbers.

    Returns:
        (draws, N) numbers of at most 2**19 either way.
    """
    digests = b"".join(hmac.digest(key, name.encode(), "sha256")[: 4 * _DRAWS] for name in names)
    numbers = np.frombuffer(digests, ">u4").reshape(-1, _DRAWS).T
    return (numbers >> (32 - _BITS)).astype(np.int64) - (1 << (_BITS - 1))


@dataclass(frozen=True)
class Cells:
    """Counted cells.

    Attributes:
        cells: The cells in order of their names.
        names: Their names as text.
        counts: (N,) their true counts.
        given: (N,) where they stood.
        place: Where a cell stands now.
    """

    cells: list[Hashable]
    names: list[str]
    counts: IntArray
    given: IntArray
    place: dict[Hashable, int]

    @classmethod
    def of(cls, counts: pd.Series) -> "Cells":
        """Put counts by cell in order.

        Raises:
            ValueError: a count that is no whole number of at least 0, or two cells of one name.
        """
        numbers, listed = counts.to_numpy(np.float64), counts.index.to_list()
        if not ((numbers >= 0) & (numbers == np.floor(numbers))).all():
            raise ValueError("counts must be whole numbers of at least 0")
        names = [_name(cell) for cell in listed]
        if len(set(names)) < len(names):
            raise ValueError("two cells have the same name")
        given = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
        cells = [listed[at] for at in given]
        return cls(
            cells,
            [names[at] for at in given],
            numbers[given].astype(np.int64),
            given,
            {cell: place for place, cell in enumerate(cells)},
        )

    def places(self, column: pd.Series) -> IntArray:
        """Where the cells of a column of links stand.

        Raises:
            ValueError: one that is not counted.
        """
        try:
            return np.array([self.place[cell] for cell in column.to_list()], np.int64)
        except KeyError as stranger:
            raise ValueError(f"a link names a cell that is not counted: {stranger}") from None


@dataclass(frozen=True)
class Links:
    """Sums and nestings of cells.

    Attributes:
        totals: (S,) the total of each sum, the finest level first.
        levels: (S,) the level of each sum.
        parts: (S, N) 1 where a cell is a part.
        smaller: (W,) nested cells.
        larger: (W,) what they are nested in.
        rows: (S + W, N) parts minus total, which is 0; then smaller minus larger, at most 0.
    """

    totals: IntArray
    levels: IntArray
    parts: sparse.csr_array
    smaller: IntArray
    larger: IntArray
    rows: sparse.csr_array

    @classmethod
    def between(cls, cells: Cells, sums: pd.DataFrame, within: pd.DataFrame) -> "Links":
        """Read links between cells.

        Args:
            cells: The cells.
            sums: Columns `total`, `part`, `level`; the rows of one total and level are one sum.
            within: Columns `smaller`, `larger`.

        Raises:
            ValueError: a cell that is not counted, or a link the true counts do not keep.
        """
        n = len(cells.cells)
        levels = sums["level"].to_numpy(np.int64)
        sums_of, of_row = _pairs(levels, cells.places(sums["total"]))
        nested, _ = _pairs(cells.places(within["smaller"]), cells.places(within["larger"]))
        parts = _ones(of_row, cells.places(sums["part"]), (len(sums_of), n))
        totals = _ones(np.arange(len(sums_of)), sums_of[:, 1], parts.shape)
        smaller, larger = (
            _ones(np.arange(len(nested)), column, (len(nested), n)) for column in nested.T
        )
        rows = sparse.csr_array(sparse.vstack([parts - totals, smaller - larger]))
        links = cls(sums_of[:, 1], sums_of[:, 0], parts, nested[:, 0], nested[:, 1], rows)
        links._require_truth(cells)
        return links

    @property
    def is_sum(self) -> BoolArray:
        """(S + W,) which of the rows are sums."""
        return np.arange(self.totals.size + self.smaller.size) < self.totals.size

    def _require_truth(self, cells: Cells) -> None:
        over = self.rows @ cells.counts
        untrue = np.flatnonzero(np.where(self.is_sum, over != 0, over > 0))
        if untrue.size:
            first = int(untrue[0])
            if first < self.totals.size:
                raise ValueError(
                    f"the parts of {cells.cells[self.totals[first]]!r} on level "
                    f"{self.levels[first]} do not add up to it"
                )
            smaller = cells.cells[self.smaller[first - self.totals.size]]
            raise ValueError(f"{smaller!r} is larger than what it is nested in")


def _name(cell: Hashable) -> str:
    return "\x1f".join(map(str, cell)) if isinstance(cell, tuple) else str(cell)


def _pairs(first: IntArray, second: IntArray) -> tuple[IntArray, IntArray]:
    """The different pairs in order, and which of them each row is."""
    pairs, of_row = np.unique(np.column_stack((first, second)), axis=0, return_inverse=True)
    return pairs.reshape(-1, 2), of_row.reshape(-1)


def _ones(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> sparse.csr_array:
    ones = np.ones(len(rows), np.int64)
    return sparse.csr_array(sparse.coo_array((ones, (rows, columns)), shape=shape))
