"""What happened and when each organisation recorded it: the memory of one simulated chain.

Here: cases, delivered tables (every value with the moment from which it is on record) and true
hand-offs. Not here: why things happen (domain modules), what goes wrong in recording (`faults`),
files (`deliveries`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.moments import (
    Mask,
    Moments,
    Whole,
    begin_of,
    end_of,
    start_of_day,
    whole_seconds,
)

Values = NDArray[Any]
NEVER = np.inf


@dataclass
class Column:
    """Values of one delivered column, and from when each is on record (infinite: never)."""

    values: Values
    known: Moments

    def take(self, rows: Values) -> "Column":
        """The same column for a selection of rows."""
        return Column(self.values[rows], self.known[rows])


@dataclass
class Revision:
    """Rows whose column held another value until a moment."""

    column: str
    rows: Whole
    values: Values
    known: Moments
    until: Moments


@dataclass
class Table:
    """One delivered table over its whole history; a row exists from `created` to `withdrawn`.

    Rows are in order of creation. `is_second_pseudonym` marks rows that carry another case key
    than the same case has elsewhere.
    """

    name: str
    case: Whole
    created: Moments
    withdrawn: Moments
    columns: dict[str, Column]
    is_second_pseudonym: Mask
    revisions: list[Revision] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.created)

    def copy(self) -> "Table":
        """A table that can be spoiled without touching this one."""
        columns = {
            name: Column(column.values.copy(), column.known.copy())
            for name, column in self.columns.items()
        }
        return Table(
            self.name,
            self.case,
            self.created.copy(),
            self.withdrawn.copy(),
            columns,
            self.is_second_pseudonym.copy(),
            list(self.revisions),
        )


def moment(values: Moments, known: Moments | None = None) -> Column:
    """A column of moments, on record from the moment itself unless told otherwise."""
    rounded = whole_seconds(values)
    recorded = rounded if known is None else known
    return Column(rounded, np.where(np.isnan(values) | np.isnan(recorded), NEVER, recorded))


def fact(values: Values, known: Moments) -> Column:
    """A column that goes on record together with something else; NaN in `known` is never."""
    return Column(values, np.where(np.isnan(known), NEVER, known))


@dataclass
class Cases:
    """Every case with its person, parket and phenomenon (as indices); parket −1 is none."""

    person: Whole = field(default_factory=lambda: np.empty(0, np.int64))
    parket: Whole = field(default_factory=lambda: np.empty(0, np.int64))
    phenomenon: Whole = field(default_factory=lambda: np.empty(0, np.int64))
    origin: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, object))

    def __len__(self) -> int:
        return len(self.person)

    def add(self, parket: Whole, phenomenon: Whole, origin: str) -> Whole:
        """Add cases, each with a new person, and return their indices."""
        first = len(self.person)
        index = np.arange(first, first + len(parket))
        self.person = np.concatenate([self.person, index])
        self.parket = np.concatenate([self.parket, parket])
        self.phenomenon = np.concatenate([self.phenomenon, phenomenon])
        self.origin = np.concatenate([self.origin, np.full(len(parket), origin, object)])
        return index


@dataclass
class HandOffs:
    """True occurrences of one hand-off, without any fault."""

    handoff_id: str
    case: Whole
    record: NDArray[np.object_]
    started: Moments
    stopped: Moments
    competing: Moments


class Chronicle:
    """Collects tables and true hand-offs while the domain modules run."""

    def __init__(self, config: SimulationConfig) -> None:
        self.config = config
        self.start = begin_of(config.start)
        self.end = end_of(config.end)
        self.cases = Cases()
        self.tables: dict[str, Table] = {}
        self.handoffs: list[HandOffs] = []

    def table(
        self,
        name: str,
        case: Whole,
        created: Moments,
        columns: Mapping[str, Column | Values],
        revisions: Mapping[str, tuple[Column, Moments]] | None = None,
    ) -> Table:
        """Record a table; rows that begin after the simulated period are left out.

        Args:
            name: Organisation and table, for example `om_casus`.
            case: Case of each row; −1 for none.
            created: From when the row is on record; NaN for never.
            columns: Per delivered column a `Column`, or plain values known from the beginning.
            revisions: Per column what it read before, and until when; NaN where it never differed.
        """
        keep = np.flatnonzero(created < self.end)
        keep = keep[np.argsort(created[keep], kind="stable")]
        filled = {
            column: (value if isinstance(value, Column) else Column(value, created)).take(keep)
            for column, value in columns.items()
        }
        table = Table(
            name=name,
            case=case[keep],
            created=created[keep],
            withdrawn=np.full(len(keep), NEVER),
            columns=filled,
            is_second_pseudonym=np.zeros(len(keep), dtype=bool),
        )
        for column, (before, until) in (revisions or {}).items():
            rows = np.flatnonzero(until[keep] < self.end)
            earlier = before.take(keep[rows])
            table.revisions.append(
                Revision(column, rows, earlier.values, earlier.known, until[keep][rows])
            )
        self.tables[name] = table
        return table

    def handoff(
        self,
        handoff_id: str,
        case: Whole,
        started: Moments,
        stopped: Moments,
        *,
        record: NDArray[np.object_] | None = None,
        competing: Moments | None = None,
        days: str = "",
    ) -> None:
        """Record what truly happened at a hand-off; ends after the period count as open.

        Args:
            handoff_id: For example `K13`.
            case: Case of each occurrence; −1 for none.
            started: Start of the clock; NaN for none.
            stopped: Stop of the clock; NaN while open.
            record: Record number of each occurrence, when not one a case.
            competing: Competing exit.
            days: Which of start and stop are known by the day only: `start`, `stop` or `both`.
        """
        started = whole_seconds(start_of_day(started) if days in {"start", "both"} else started)
        stopped = whole_seconds(start_of_day(stopped) if days in {"stop", "both"} else stopped)
        if competing is None:
            competing = np.full(len(started), np.nan)
        keep = np.flatnonzero(started < self.end)
        self.handoffs.append(
            HandOffs(
                handoff_id,
                case[keep],
                np.full(len(keep), None, object) if record is None else record[keep],
                started[keep],
                self._within_period(stopped[keep]),
                self._within_period(competing[keep]),
            )
        )

    def _within_period(self, moments: Moments) -> Moments:
        return np.where(moments < self.end, moments, np.nan)


def record_numbers(prefix: str, created: Moments) -> NDArray[np.object_]:
    """Record numbers (two capitals, seven digits) in order of creation; NaN comes last."""
    ranks = np.empty(len(created), np.int64)
    ranks[np.argsort(created, kind="stable")] = np.arange(1, len(created) + 1)
    return np.array([f"{prefix}{rank:07d}" for rank in ranks], dtype=object)


def where_known(mask: Mask, moments: Moments) -> Moments:
    """The moments of the chosen records, NaN for the others."""
    return np.where(mask, moments, np.nan)
