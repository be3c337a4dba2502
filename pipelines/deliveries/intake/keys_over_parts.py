"""Whether the key of a large file is unique over all parts in which it was read.

Here: the keys of the parts that landed, and the refusal of a file in which one occurs twice.
Not here: uniqueness within what goes through the rules at once (`scan`).
"""

import duckdb
import pyarrow as pa

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import quote
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.intake.thresholds import refusal_by_rule


class KeysOverParts:
    """The keys of the parts of one file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
        self._connection = connection
        self._contract = contract
        self._is_started = False

    def add(self, landing: pa.Table) -> None:
        """Remember the keys of rows that land."""
        if not self._contract.key:
            return
        self._connection.register("part_keys", landing.select([*self._contract.key]))
        verb = "insert into" if self._is_started else "create or replace temp table"
        table = "seen_keys" if self._is_started else "seen_keys as"
        self._connection.execute(f"{verb} {table} from part_keys")
        self._connection.unregister("part_keys")
        self._is_started = True

    def refuse_doubles(self, rows: int) -> None:
        """Refuse the file when a key occurs twice in it.

        Raises:
            Refusal: One does.
        """
        if not self._is_started:
            return
        keys = self._contract.key
        doubles = self._doubles(", ".join(quote(key) for key in keys))
        self._connection.execute("drop table seen_keys")
        for rule in self._contract.rules:
            is_of_key = rule.arguments.get("column_list") == list(keys)
            if doubles and is_of_key and rule.severity == "critical":
                raise refusal_by_rule(
                    Finding(
                        rule.name,
                        rule.severity,
                        ", ".join(keys),
                        doubles,
                        rows,
                        reason_nl=rule.reason,
                        remedy_nl="Herstel de rijen in de bron en lever opnieuw.",
                    )
                )

    def _doubles(self, columns: str) -> int:
        """Rows with a key that occurs more than once."""
        [(rows, hashes)] = self._connection.execute(
            f"select count(*), count(distinct hash({columns})) from seen_keys"
        ).fetchall()
        if hashes == rows:
            # Their hashes differ, so they do; counting the keys themselves takes twice as long.
            return 0
        [(doubles,)] = self._connection.execute(
            "select coalesce(sum(n), 0) from (select count(*) as n from seen_keys "
            f"group by {columns} having n > 1)"
        ).fetchall()
        return int(doubles)
