"""Joint rounding: every linked count to a multiple of the base, and what adds up still adds up.

Here: zero-restricted controlled rounding of the counts of one publication.
Not here: which counts are shown at all (`lines`), and what is made of them (`derived`).

Each count goes to the multiple just below or just above it; one that is a multiple stays. Among all
ways in which totals stay the sums of their parts, and a nested count stays within the one it is
nested in, the one that moves the counts least in all is taken. Ties are broken by an order that
depends on a key and on the names of the cells alone: neither the order of rows nor the solver
decides anything.

What was published before stays as it was. A total over such cells is the sum of what is shown, even
where that lies further from the truth than the base: so is what anyone could add up. Where some of
it is made anew beside the rest, that may leave no rounding; then published totals follow their
parts, and only where that is not enough the published parts give way too.

Where no such rounding exists, links are given up: never a finer one where coarser ones will do, and
as few as will do. They are reported; a total that is no longer the sum of its parts must not be
shown beside them.

Source:
    Cox (1987), Journal of the American Statistical Association 82:520 (controlled rounding);
    Salazar-González (2006), Statistics and Computing 16:169 (linked tables as integer programmes);
    Mulmuley, Vazirani, Vazirani (1987), Combinatorica 7:105 (random weights leave one optimum).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from pipelines.disclosure.integer_programme import (
    FloatArray,
    IntArray,
    Part,
    Programme,
    solve,
    with_escapes,
)
from pipelines.disclosure.linked_cells import Cells, Links, keyed_draws


@dataclass(frozen=True)
class Rounded:
    """Counts that may be shown together.

    Attributes:
        values: The rounded counts, in the order of the true ones.
        broken: Sums that no longer add up, with `total` and `level`, coarsest first.
    """

    values: pd.Series
    broken: pd.DataFrame


def round_jointly(
    counts: pd.Series,
    sums: pd.DataFrame,
    within: pd.DataFrame,
    *,
    base: int,
    key: bytes,
    fixed: pd.Series | None = None,
) -> Rounded:
    """Round linked counts together.

    Args:
        counts: True whole counts by cell; a cell is named by a text, or a tuple of texts and
            numbers.
        sums: Columns `total`, `part`, `level`. The rows of one total and one level are one sum: the
            total is what its parts add up to. A total may have several, each on a level of its own.
            Levels are whole numbers, the highest is the coarsest link.
        within: Columns `smaller`, `larger`: the one is nested in the other and stays so.
        base: Step between rounded counts, 2 or more.
        key: Orders ties; who does not have it cannot tell which of two equal ways was taken.
        fixed: Rounded counts published before, by cell; cells not among `counts` are left out.

    Returns:
        The rounded counts and the links given up.

    Raises:
        ValueError: counts that are no whole numbers of at least 0, a link to a cell that is not
            there, a sum that is not true, a nested count above its larger one, or published counts
            that are no multiples of the base or contradict how cells are nested.
    """
    cells = Cells.of(counts)
    links = Links.between(cells, sums, within)
    published = {} if fixed is None else dict(zip(fixed.index, fixed.to_numpy(), strict=True))
    while True:
        low, high = _room(cells, links, published, base)
        steps = low + _Task.of(cells, links, (low, high), base, key).solve()
        broken = _broken(links, steps)
        totals = [cells.cells[at] for at in links.totals[broken]]
        parts = [cells.cells[at] for at in np.unique(links.parts[broken].indices)]
        given_way = published.keys() & totals or published.keys() & parts
        if not given_way:
            break
        published = {cell: published[cell] for cell in published.keys() - given_way}
    values = np.empty(low.size, np.int64)
    values[cells.given] = steps * base
    # Of no links, too, they are names and no numbers.
    given_up = pd.DataFrame(
        {"total": pd.Series(totals, dtype=object), "level": links.levels[broken]}
    )
    return Rounded(pd.Series(values, index=counts.index), given_up)


def _broken(links: Links, steps: IntArray) -> IntArray:
    """Which sums do not add up, the coarsest first: whatever the solver says of its answer.

    Raises:
        ValueError: a nested count is above its larger one.
    """
    over = links.rows @ steps
    if (over[~links.is_sum] > 0).any():
        raise ValueError("published counts contradict how cells are nested")
    return np.flatnonzero(links.is_sum & (over != 0))[::-1]


def _room(
    cells: Cells, links: Links, published: Mapping[Any, Any], base: int
) -> tuple[IntArray, IntArray]:
    """Least and most each cell may become, in steps of the base.

    Published cells stay. So a total over them may be whatever its parts add up to, what is nested
    in them may have to be less, and what holds them more.
    """
    low, high = cells.counts // base, -(-cells.counts // base)
    known = {cells.place[cell]: value for cell, value in published.items() if cell in cells.place}
    at, values = np.array([*known], np.int64), np.array([*known.values()], np.int64)
    if (values % base).any():
        raise ValueError(f"published counts must be multiples of {base}")
    is_bound = np.zeros(low.size, np.bool_)
    is_bound[at], low[at], high[at] = True, values // base, values // base
    # As often as links can follow on each other; published values reach no further.
    for _ in range(len(known) and links.is_sum.size):
        before = low.copy(), high.copy(), is_bound.copy()
        over = links.parts @ is_bound > 0
        totals = links.totals[over]
        is_bound[totals] = True
        np.minimum.at(low, totals, (links.parts @ low)[over])
        np.maximum.at(high, totals, (links.parts @ high)[over])
        np.minimum.at(low, links.smaller, low[links.larger])
        np.maximum.at(high, links.larger, high[links.smaller])
        low[at] = high[at] = values // base
        if all(map(np.array_equal, before, (low, high, is_bound))):
            break
    return low, high


@dataclass(frozen=True)
class _Task:
    """What is left to decide: V numbers of steps, each up from the least of a cell.

    Attributes:
        cell: (V,) the cell that goes up. One with room beyond the multiples around its true count
            has up to three of these: steps towards the truth, across it, and away from it.
        row: (R,) the links that can be kept or not.
        programme: Over these.
        cells: All cells.
        links: What links them.
        key: Orders ties.
    """

    cell: IntArray
    row: IntArray
    programme: Programme
    cells: Cells
    links: Links
    key: bytes

    @classmethod
    def of(
        cls, cells: Cells, links: Links, room: tuple[IntArray, IntArray], base: int, key: bytes
    ) -> "_Task":
        low, high = room
        below, above = cells.counts // base, -(-cells.counts // base)
        ends = np.vstack((low, np.clip((below, above), low, high), high))
        widths = np.diff(ends, axis=0)
        towards = np.full(low.size, -base)
        across = base - 2 * (cells.counts - base * below)
        segment, cell = np.nonzero(widths)
        costs = np.vstack((towards, across, -towards))[segment, cell]
        draws = keyed_draws(cells.names, key)
        # What is left for the steps to make up: a sum comes out at 0, a nesting at most there.
        rest = -(links.rows @ low)
        rows = links.rows[:, cell]
        most = rows.maximum(0) @ widths[segment, cell]
        can_break = np.abs(rows).sum(axis=1) > 0
        row = np.flatnonzero(can_break & (links.is_sum | (most > rest)))
        programme = Programme(
            sparse.csr_array(rows[row]).astype(np.float64),
            np.where(links.is_sum, rest, -np.inf)[row],
            rest[row].astype(np.float64),
            widths[segment, cell].astype(np.float64),
            np.vstack((costs, draws[:, cell])).astype(np.float64),
        )
        return cls(cell, row, programme, cells, links, key)

    def solve(self) -> IntArray:
        """(N,) steps up per cell."""
        answer, unsolved = solve(self.programme)
        for part in unsolved:
            answer[part.variables] = self._give_up(part)
        return np.bincount(self.cell, answer, len(self.cells.cells)).astype(np.int64)

    def _give_up(self, part: Part) -> FloatArray:
        """Solve a part without as few of its sums as leave it a solution, coarsest first."""
        whole = self.programme.part(*part)
        row = self.row[part.rows]
        own = np.flatnonzero(self.links.is_sum[row])
        width = np.abs(whole.rows) @ whole.upper + np.abs(whole.high)
        escapes = sparse.csr_array((width[own], (own, np.arange(own.size))), (row.size, own.size))
        levels, totals = self.links.levels[row[own]], self.links.totals[row[own]]
        of_level = [(levels == level).astype(np.int64) for level in np.unique(levels)]
        named = [
            f"{level} {self.cells.names[total]}"
            for level, total in zip(levels, totals, strict=True)
        ]
        first = np.vstack([*of_level, keyed_draws(named, self.key)]).astype(np.float64)
        answer, unsolved = solve(with_escapes(whole, escapes, first))
        if unsolved:
            raise ValueError("published counts contradict how cells are nested")
        return answer[: part.variables.size]
