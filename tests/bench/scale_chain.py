"""Deliveries of a chain as large as asked: the last state of the demo, over and over.

Here: one file a table, in the agreed formats, with keys and moments of their own for every copy.
More cases of the same shape, and not more partners, is how a chain grows.
Not here: taking them in, and anything that is timed.

A worksheet holds a million rows at most, so partners who deliver workbooks deliver CSV here, at
every size.
"""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from pipelines.deliveries.contract import CHANGE_COLUMN, Column, Contract, load_contracts
from pipelines.deliveries.conversion import literal, quote
from pipelines.deliveries.pseudonyms import LENGTH, SYNTHETIC_MARK
from pipelines.deliveries.samples import file_name
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate

DAY = date(2026, 10, 31)
ARRIVED = datetime(2026, 11, 20, 9, tzinfo=UTC)
KNOWN_AT = datetime(2026, 12, 1, tzinfo=UTC)
# The table of which the last month comes later: as many rows at every size.
LATER_TABLE, LATER_ROWS, MONTH_BEFORE = "kmar_product", 40, date(2026, 9, 30)

_RECORD_NUMBER = "^[A-Z]{2}[0-9]{7}$"
# More than any record number of one demo chain.
_NUMBERS_OF_ONE, _SEVEN_DIGITS = 20_000, 10_000_000
_JITTER_SECONDS = 3600
_ISO = "%Y-%m-%dT%H:%M:%S+00:00"
_KEPT_OF_PSEUDONYM = 3 + len(SYNTHETIC_MARK)


def chain_folder(folder: Path) -> Path:
    """Copy the built-in chain, in which workbooks became CSV; its folder."""
    own = Settings()
    chain = folder / own.chain_name
    shutil.copytree(own.seeds_dir, chain / "seeds", dirs_exist_ok=True)
    shutil.copytree(own.contracts_dir, chain / "contracts", dirs_exist_ok=True)
    sheet = "    customProperties:\n      - property: sheet\n        value: levering\n"
    for path in (chain / "contracts").glob("*.odcs.yaml"):
        text = path.read_text(encoding="utf-8")
        if "format: xlsx" in text:
            text = text.replace(sheet, "").replace("xlsx", "csv")
            path.write_text(text, encoding="utf-8")
    return chain


def write_demo(folder: Path) -> Path:
    """Simulate the demo chain, once; the folder of the last state of its tables."""
    states = folder / "ledger" / "observable"
    if not (folder / "done").exists():
        simulate(SimulationConfig(), Settings().contracts_dir, folder / "inbox", folder / "ledger")
        (folder / "done").touch()
    return states


def write_deliveries(states: Path, settings: Settings, copies: int) -> int:
    """Write one delivery of every table, and beside the inbox the one that comes later.

    Args:
        states: The last state of each table of the demo.
        settings: Home and chain.
        copies: How many times the demo.

    Returns:
        Rows delivered.
    """
    settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    later = settings.home / "later"
    later.mkdir(exist_ok=True)
    rows, arrivals = 0, ["bestand,ontvangen_op"]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for contract in load_contracts(settings.contracts_dir).values():
            is_later = contract.id == LATER_TABLE
            path = settings.inbox_dir / file_name(contract, MONTH_BEFORE if is_later else DAY)
            state = states / f"{contract.id}.parquet"
            where = f"not (copy = 0 and place < {LATER_ROWS})" if is_later else "true"
            rows += _write(connection, contract, state, copies, path, where)
            arrivals.append(f"{path.name},{ARRIVED.isoformat()}")
            if is_later:
                path = later / file_name(contract, DAY)
                _write(connection, contract, state, 1, path, f"place < {LATER_ROWS}")
                told = f"{arrivals[0]}\n{path.name},{ARRIVED.isoformat()}\n"
                (later / "aankomst.csv").write_text(told, encoding="utf-8")
    (settings.inbox_dir / "aankomst.csv").write_text("\n".join(arrivals) + "\n", encoding="utf-8")
    return rows


def _write(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    state: Path,
    copies: int,
    path: Path,
    where: str,
) -> int:
    cells = ", ".join(f"{_cell(column, contract)} as {quote(column.name)}"
                      for column in contract.columns)  # fmt: skip
    options = {
        "csv": f"format csv, header true, delimiter {literal(contract.delimiter)}",
        "parquet": "format parquet",
        "jsonl": "format json",
    }[contract.file_format]
    # One copy after the other: a copy is a chain of its own.
    [(rows,)] = connection.execute(
        f"copy (select {cells} from range({copies}) as copies(copy) cross join (select *, "
        f"row_number() over () - 1 as place from '{state}') where {where}) to '{path}' ({options})"
    ).fetchall()
    return int(rows)


def _cell(column: Column, contract: Contract) -> str:
    """A cell of a copy, as its contract wants it written."""
    name = quote(column.name)
    if column.name == CHANGE_COLUMN:
        written = "'wijziging'"
    elif column.pseudonym:
        written = _pseudonym(name)
    elif column.pattern == _RECORD_NUMBER:
        written = _record_number(name)
    elif column.form is not None:
        written = _moment(name, column, contract.file_format)
    elif column.logical_type == "boolean" and contract.file_format == "csv":
        written = f"case when {name} then 'ja' when not {name} then 'nee' end"
    else:
        written = name
    return written


def _pseudonym(name: str) -> str:
    """A key of its own for every copy, the same in every table, with the mark of simulation."""
    hashed = f"translate(md5({name} || '/' || copy), '0189', 'ghij')"
    own = f"left({name}, {_KEPT_OF_PSEUDONYM}) || left({hashed}, {LENGTH - len(SYNTHETIC_MARK)})"
    return f"if(copy = 0, {name}, {own})"


def _record_number(name: str) -> str:
    """The next numbers for every copy; past seven digits the first letter is the next one."""
    number = f"(right({name}, 7)::bigint + copy * {_NUMBERS_OF_ONE})"
    return (
        f"chr((ascii({name}) + {number} // {_SEVEN_DIGITS})::int) || substr({name}, 2, 1) "
        f"|| lpad(({number} % {_SEVEN_DIGITS})::varchar, 7, '0')"
    )


def _moment(name: str, column: Column, file_format: str) -> str:
    """A day as it is, a moment up to an hour later by an amount of its own for every copy."""
    if column.logical_type == "timestamp":
        later = f"if(copy = 0, 0, hash({name}, place, copy) % {_JITTER_SECONDS})"
        moment = f"({name} + to_seconds({later}::bigint))"
        return moment if file_format == "parquet" else f"strftime({moment}, {literal(_ISO)})"
    if file_format == "parquet" and column.logical_type == "date":
        return name
    return f"strftime({name}, {literal(column.form.strptime if column.form else '')})"


def settings_of(folder: Path, home: Path) -> Settings:
    """Settings of a home in which the copied chain is at work."""
    return replace(Settings(), home=home, chain=folder / Settings().chain_name)
