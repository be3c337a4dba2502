"""The table of moments that are known to be, but not when: of rows that were set aside.

Here: `raw.set_aside`, from what is kept of such rows in the landing zone.
Not here: keeping it (`landing.set_aside`), and what a hand-off becomes whose stop is among them
(dbt).
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import literal, quote
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import ASIDE_FILE, DATA_FILE
from pipelines.deliveries.landing.set_aside import ROW_COLUMN, UNKNOWN_COLUMN
from pipelines.deliveries.linkage.merges import Merge
from pipelines.settings import Settings

_COLUMNS = (
    "organisation",
    "table_name",
    "column_name",
    "milestone",
    "case_key",
    "person_key",
    "record_key",
)


def load_set_aside(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Mapping[str, Contract],
    by_table: Mapping[str, Sequence[Landed]],
    merges: Sequence[Merge],
) -> None:
    """Write `raw.set_aside`: one row per moment that is known to be, but not when.

    In an event log `column_name` is the activity and `milestone` what the contract maps it to; of a
    table it is the delivered column, and the milestone follows from the seed. A row of a change
    file no longer counts once a later one of the same key landed.

    Args:
        connection: The warehouse, open for writing.
        settings: Where the landing zone is.
        contracts: Contracts by id.
        by_table: Deliveries in use by contract, in order.
        merges: Pseudonyms that are one.
    """
    typed = ", ".join(f"{name} varchar" for name in _COLUMNS)
    connection.execute(f"create or replace table raw.set_aside ({typed})")
    for contract in contracts.values():
        folders = [delivery.folder(settings) for delivery in by_table[contract.id]]
        places = [at for at, folder in enumerate(folders) if (folder / ASIDE_FILE).exists()]
        if not places:
            continue
        aside = [str(folders[at] / ASIDE_FILE) for at in places]
        connection.register("aside_order", pa.table({"path": aside, "place": places}))
        later, parameters = "", [aside]
        if contract.mode == "change_file":
            landed = [str(folder / DATA_FILE) for folder in folders]
            connection.register(
                "landed_order", pa.table({"path": landed, "place": range(len(folders))})
            )
            same = " and ".join(f"good.{quote(key)} = aside.{quote(key)}" for key in contract.key)
            later = f"""
                where not exists (
                    from read_parquet(?, union_by_name = true, filename = true) as good
                    join landed_order on landed_order.path = good.filename
                    where {same}
                        and (landed_order.place, good.{ROW_COLUMN})
                        > (aside.place, aside.{ROW_COLUMN})
                )"""
            parameters.append(landed)
        connection.execute(
            f"""
            insert into raw.set_aside
            with aside as (
                select delivered.*, aside_order.place
                from read_parquet(?, union_by_name = true, filename = true) as delivered
                join aside_order on aside_order.path = delivered.filename
            )
            {_select(contract)}
            from (select *, unnest({UNKNOWN_COLUMN}) as moment_column from aside {later}) as aside
            """,
            parameters,
        )
        connection.unregister("aside_order")
    for key in ("case_key", "person_key"):
        for merge in merges:
            connection.execute(
                f"update raw.set_aside set {key} = ? where {key} = ?",
                [merge.to_key, merge.from_key],
            )


def _select(contract: Contract) -> str:
    """What a row set aside tells, as the columns of `raw.set_aside`."""
    by_pseudonym = {column.pseudonym: column.name for column in contract.data_columns}
    numbers = [key for key in contract.key if not contract.column(key).pseudonym]
    case, person = by_pseudonym.get("case"), by_pseudonym.get("person")
    column, milestone = "moment_column", "null"
    log = contract.event_log
    if log is not None:
        case, activity = log.case_key, quote(log.activity)
        step = quote(log.lifecycle) if log.lifecycle else "null"
        if log.start:
            step = f"if(moment_column = {literal(log.start)}, 'start', 'complete')"
        column = f"{activity} || coalesce('/' || {step}, '')"
        mapped = ", ".join(
            f"{literal(activity)}: {literal(to)}" for activity, to in log.milestones.items()
        )
        milestone = f"coalesce(map {{{mapped}}}[{column}], map {{{mapped}}}[{activity}])"

    def key(name: str | None) -> str:
        return f"cast({quote(name)} as varchar)" if name else "null"

    return (
        f"select {literal(contract.supplier)}, {literal(contract.table)}, {column}, {milestone}, "
        f"{key(case)}, {key(person)}, {key(numbers[0] if numbers else None)}"
    )
