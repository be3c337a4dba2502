"""What a delivery no longer holds of the one before it, and whether that is plausible.

Here: keys lost and keys withdrawn, held against the history of the table.
Not here: how much is plausible (`pipelines.statistics.plausible_loss`), and what waits (`waiting`).

What can disappear: of a snapshot, keys that the one before held; of a redelivery, keys that the
lower version of that day held; of a change file, keys that were there and are withdrawn. Counted is
against the state that counts now, and the history is that of the table: transitions that were held
or remarked upon are exceptions and no history, until they are so many that they are the rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipelines.deliveries.contract import CHANGE_COLUMN, WITHDRAWAL, Contract
from pipelines.deliveries.conversion import literal, quote
from pipelines.deliveries.holding.waiting import Objection, Place
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import DATA_FILE
from pipelines.deliveries.rule_texts import finding_of
from pipelines.settings import Settings
from pipelines.statistics.plausible_loss import Loss, largest_plausible_loss

LOST, WITHDRAWN = "rijen_verdwenen", "massale_intrekking"


# Deliveries after which a table has a history: with fewer, what disappears is told and lands.
FEWEST_DELIVERIES = 3


# Two keys may always go.
_NEVER_TOO_MANY = 2


# What is more than plausible and still under this share is told and lands: at 2% a quarterly
# median of 100 cases can shift by a day (2026-11, data engineers).
_LEAST_SHARE = 0.02


# Exceptions that make a rule.
_EXCEPTIONS_THAT_COUNT = 3


# Transitions that are remembered: two years of months.
_HISTORY = 24


@dataclass(frozen=True)
class Transition:
    """From one state of a table to the next.

    Attributes:
        loss: Keys before, and those lost.
        is_exception: The later delivery was held, or remarked upon.
    """

    loss: Loss
    is_exception: bool


class Losses:
    """What deliveries of a landing zone lost against one another, each pair compared once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._compared: dict[tuple[Path, Path], Loss] = {}

    def judge(
        self, contract: Contract, place: Place, data: Path, counted: Sequence[Landed]
    ) -> Objection | None:
        """Judge a delivery that is about to land.

        Args:
            contract: Its contract.
            place: Its reference date, version and attempt.
            data: Its rows, as Parquet.
            counted: Deliveries of the table that count now.

        Returns:
            None when nothing implausible has disappeared.
        """
        day, *_ = place
        if any(other.reference_date == day and other.place > place for other in counted):
            # It will never be the one that counts.
            return None
        earlier = sorted(
            (other for other in counted if other.place < place), key=lambda other: other.place
        )
        of_day = [other for other in earlier if other.reference_date == day]
        objection = None
        if contract.mode == "snapshot" and earlier:
            states = _states(earlier)
            objection = self._judge(LOST, contract, states, data)
        elif of_day:
            objection = self._judge(LOST, contract, of_day, data)
        if objection is None and contract.mode == "change_file" and earlier:
            objection = self._judge_withdrawals(contract, _states(earlier), data)
        days = {other.reference_date for other in earlier}
        if objection is None or len(days) >= FEWEST_DELIVERIES:
            return objection
        return replace(objection, is_held=False)

    def _judge(
        self, rule: str, contract: Contract, states: Sequence[Landed], data: Path
    ) -> Objection | None:
        """Judge keys lost against the last of some states, given what they lost themselves."""
        loss = self._lost(contract, self._data(states[-1]), data)
        is_emptied = loss.lost == loss.keys > 0
        if loss.lost <= _NEVER_TOO_MANY and not is_emptied:
            return None
        pairs = list(pairwise(states))[-_HISTORY:]
        transitions = [
            Transition(
                self._lost(contract, self._data(state), self._data(following)),
                is_exception(following),
            )
            for state, following in pairs
        ]
        clump = self._clump(contract, self._data(states[-1]))
        if is_emptied and not any(
            transition.loss.lost == transition.loss.keys > 0 for transition in transitions
        ):
            return _objection(rule, loss, is_held=True)
        return _compare(rule, loss, transitions, clump)

    def _judge_withdrawals(
        self, contract: Contract, states: Sequence[Landed], data: Path
    ) -> Objection | None:
        """Judge keys withdrawn by a change file, given what those before it withdrew."""
        withdrawn = self._connection.execute(
            f"select count(*) from read_parquet(?) where {CHANGE_COLUMN} = '{WITHDRAWAL}'",
            [str(data)],
        ).fetchall()[0][0]
        if withdrawn <= _NEVER_TOO_MANY:
            return None
        paths = [*(self._data(state) for state in states), data]
        keys = ", ".join(quote(key) for key in contract.key)
        rows = " union all ".join(
            f"select {at} as place, {self._keys(contract, path)}, "
            f"{CHANGE_COLUMN} = '{WITHDRAWAL}' as is_gone from read_parquet({literal(str(path))})"
            for at, path in enumerate(paths)
        )
        counted = self._connection.execute(
            f"""
            with
            told as (select place, {keys}, bool_or(is_gone) as is_gone from ({rows}) group by all),
            in_order as (
                select
                    place,
                    is_gone,
                    lag(is_gone, 1, true) over (partition by {keys} order by place) as was_gone
                from told
            )
            select
                count(*) filter (was_gone and not is_gone),
                count(*) filter (is_gone and not was_gone)
            from range({len(paths)}) as places (place)
            left join in_order using (place)
            group by place
            order by place
            """
        ).fetchall()
        alive, losses = 0, []
        for born, gone in counted:
            losses.append(Loss(alive, gone))
            alive += born - gone
        *before, loss = losses
        if loss.lost <= _NEVER_TOO_MANY:
            return None
        # The first delivery has nothing to withdraw.
        transitions = [
            Transition(loss, is_exception(state))
            for loss, state in list(zip(before, states, strict=True))[1:][-_HISTORY:]
        ]
        return _compare(WITHDRAWN, loss, transitions, self._clump(contract, data))

    def _data(self, landed: Landed) -> Path:
        return landed.folder(self._settings) / DATA_FILE

    def _lost(self, contract: Contract, before: Path, after: Path) -> Loss:
        if (before, after) not in self._compared:
            self._compared[before, after] = self._compare_keys(contract, before, after)
        return self._compared[before, after]

    def _compare_keys(self, contract: Contract, before: Path, after: Path) -> Loss:
        old, new = self._keys(contract, before), self._keys(contract, after)
        if not old or not new:
            # Without keys to compare rows are counted.
            n_old, n_new = (pq.read_metadata(path).num_rows for path in (before, after))
            return Loss(n_old, max(0, n_old - n_new))
        # Part of a key may be empty, and an empty part is equal to another: `except` says so.
        [(n_keys, n_lost)] = self._connection.execute(
            f"""
            with
            old as (select distinct {old} from read_parquet(?)),
            new as (select distinct {new} from read_parquet(?))
            select
                (select count(*) from old),
                (select count(*) from (from old except from new))
            """,
            [str(before), str(after)],
        ).fetchall()
        return Loss(n_keys, n_lost)

    def _keys(self, contract: Contract, path: Path) -> str:
        """The key of a table as columns of a file, under an earlier contract by its former name."""
        present = set(pq.read_schema(path).names)
        former = {column.name: column.former_name for column in contract.columns}
        chosen = []
        for name in contract.key:
            column = name if name in present else former.get(name)
            if column is None or column not in present:
                return ""
            chosen.append(f"cast({quote(column)} as varchar) as {quote(name)}")
        return ", ".join(chosen)

    def _clump(self, contract: Contract, path: Path) -> float:
        """Rows that go when a case goes: rows per case, on average over rows."""
        present = set(pq.read_schema(path).names)
        cases = [column.name for column in contract.data_columns if column.pseudonym == "case"]
        if not cases or cases[0] not in present:
            return 1.0
        [(clump,)] = self._connection.execute(
            "select sum(n * n) / sum(n) from (select count(*)::double as n from read_parquet(?) "
            f"group by {quote(cases[0])})",
            [str(path)],
        ).fetchall()
        return float(clump or 1.0)


def _states(deliveries: Sequence[Landed]) -> list[Landed]:
    """The highest version of each day, in order."""
    return list({delivery.reference_date: delivery for delivery in deliveries}.values())


def is_exception(landed: Landed) -> bool:
    """Whether what a delivery lost was held or remarked upon."""
    return any(finding.rule in {LOST, WITHDRAWN} for finding in landed.findings)


def _compare(
    rule: str, loss: Loss, transitions: Sequence[Transition], clump: float
) -> Objection | None:
    """Hold a loss against the most that history makes plausible."""
    is_rule = sum(transition.is_exception for transition in transitions) >= _EXCEPTIONS_THAT_COUNT
    history = [
        transition.loss for transition in transitions if is_rule or not transition.is_exception
    ]
    if loss.lost <= largest_plausible_loss(history, loss.keys, clump):
        return None
    return _objection(rule, loss, is_held=loss.lost > _LEAST_SHARE * loss.keys)


def _objection(rule: str, loss: Loss, *, is_held: bool) -> Objection:
    return Objection(finding_of(rule, "warning", rows=loss.lost, total=loss.keys), is_held)
