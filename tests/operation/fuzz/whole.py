"""Whole readers and the SQL box: files of every format, the register in, a log proposed as a chain.

Here: each with its seeds and refusals.
Not here: parsers that need no file of a delivery (`parsers`).
"""

import gzip
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.chain.log import LogError, read_log
from pipelines.decisions.draft import read_contract
from pipelines.decisions.exchange import ExchangeError, read_delivery
from pipelines.decisions.register import Register, RegisterError
from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers import open_source
from pipelines.deliveries.samples import file_name, sample_cells, write_sample
from pipelines.settings import Settings
from pipelines.workbench.question import RefusedError, answer, open_for_questions
from tests.operation.fuzz.mutate import TOKENS, Change, changed_bytes
from tests.operation.fuzz.parsers import DAY, PUBLIC_LOG
from tests.operation.fuzz.tried import Parser

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_ROWS = 6


def whole(folder: Path) -> Iterator[Parser]:
    """All of them.

    Args:
        folder: A folder of their own.
    """
    contracts = load_contracts(Settings().contracts_dir)
    log = load_contracts(Settings(chain=PUBLIC_LOG).contracts_dir)["volvo_it_incidents"]
    for contract in (
        contracts["om_dossier"],
        contracts["politie_melding"],
        contracts["nctv_triage"],
        contracts["lcc_maatregel"],
        replace(log, file_format="xes"),
    ):
        yield from _readers(folder, contract)
    yield from _proposals(folder, log)
    yield _register(folder)
    yield _box(folder)


def _sample(folder: Path, contract: Contract) -> bytes:
    path = folder / file_name(contract, DAY)
    write_sample(sample_cells(contract, _ROWS, DAY), contract, path)
    content = path.read_bytes()
    path.unlink()
    return content


def _readers(folder: Path, contract: Contract) -> Iterator[Parser]:
    content = _sample(folder, contract)
    kind = contract.file_format
    inside = {"xlsx": _of_parts, "parquet": _of_table}.get(kind)
    for packing, seed in (
        ("", content),
        (".gz", gzip.compress(content)),
        (".zip", _zipped(content)),
    ):
        yield Parser(
            f"reader of {kind}{packing}",
            (seed,),
            _reading(folder, contract, packing),
            (Refusal,),
            4 if not packing else 1,
            _packed(packing, inside),
        )


def _reading(folder: Path, contract: Contract, packing: str) -> Callable[[bytes], None]:
    path = folder / (file_name(contract, DAY) + packing)
    name = parse_name(path.name)
    assert name is not None

    def read(content: bytes) -> None:
        path.write_bytes(content)
        try:
            with open_source(path, name, contract) as source:
                rows = sum(part.cells.num_rows for part in source.parts)
        except Refusal as refusal:
            assert refusal.remedy
            assert "\n" not in str(refusal)
            raise
        # Nothing may be lost: what has no cells is counted.
        assert rows + len(source.malformed) == source.held()

    return read


def _zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("levering", content)
    return buffer.getvalue()


def _packed(packing: str, inside: Change | None) -> Change | None:
    """Changes within a package, which is whole itself."""
    within = inside or changed_bytes
    if packing == ".gz":
        return lambda random, content: gzip.compress(within(random, gzip.decompress(content)))
    if packing == ".zip":
        return lambda random, content: _zipped(
            within(random, zipfile.ZipFile(io.BytesIO(content)).read("levering"))
        )
    return inside


def _of_parts(random: Random, content: bytes) -> bytes:
    """A workbook of which one part is changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(sorted(parts))
    parts[name] = changed_bytes(random, parts[name])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return buffer.getvalue()


def _of_table(random: Random, content: bytes) -> bytes:
    """A Parquet file of which one column is of another type."""
    table = pq.read_table(io.BytesIO(content))
    place = random.randrange(table.num_columns)
    odd = random.choice(
        (
            pa.array([random.randbytes(4)] * table.num_rows, pa.binary()),
            pa.array([2**63 - 1] * table.num_rows, pa.int64()),
            pa.array([float("nan")] * table.num_rows),
            pa.array([[1, None]] * table.num_rows),
            pa.array([{"a": "b"}] * table.num_rows),
            pa.nulls(table.num_rows),
            pa.array([-(2**62)] * table.num_rows, pa.timestamp("us", "UTC")),
            pa.array([2**62] * table.num_rows, pa.timestamp("ns")),
            pa.array(["\0é\u2028"] * table.num_rows).dictionary_encode(),
            pa.array([1] * table.num_rows, pa.decimal128(38, 10)),
            pa.array([86_399] * table.num_rows, pa.time32("s")),
            pa.array([10**15] * table.num_rows, pa.duration("us")),
        )
    )
    changed = table.set_column(place, table.column_names[place], odd)
    buffer = io.BytesIO()
    pq.write_table(changed, buffer)
    return buffer.getvalue()


def _proposals(folder: Path, log: Contract) -> Iterator[Parser]:
    """An event log somebody would make a chain of."""
    for kind in ("csv", "xes", "parquet"):
        path = folder / f"logboek.{kind}"
        seed = _sample(folder, replace(log, file_format=kind))

        def read(content: bytes, path: Path = path) -> None:
            path.write_bytes(content)
            read_log(path)

        inside = _of_table if kind == "parquet" else None
        yield Parser(f"log for a chain, {kind}", (seed,), read, (LogError,), 1, inside)


def _register(folder: Path) -> Parser:
    contract = read_contract(Settings().contracts_dir)
    assert contract is not None
    path = folder / file_name(contract, DAY)

    def read(content: bytes) -> None:
        path.write_bytes(content)
        register = Register(folder / "register" / "decisions.sqlite")
        try:
            read_delivery(register, contract, path, known_from=LONG_AGO)
        finally:
            # With what is kept beside it: the next input meets an empty register.
            shutil.rmtree(register.path.parent, ignore_errors=True)

    inside = _of_parts if contract.file_format == "xlsx" else None
    refusals = (ExchangeError, RegisterError)
    return Parser(
        "register of decisions, in", (_sample(folder, contract),), read, refusals, 1, inside
    )


_WORDS = tuple(
    word.encode()
    for word in (
        *(
            "select",
            "from",
            "where",
            "fct_handoff",
            "event_log",
            "group by all",
            "order by",
            "limit 3",
        ),
        *(
            "with x as (",
            "union all",
            "count(*)",
            "sum(duration)",
            "list(status)",
            "unnest([1, 2])",
        ),
        *(
            "duration",
            "status",
            "handoff_id",
            "*",
            "as",
            "x",
            "(",
            ")",
            ",",
            ";",
            "'a'",
            "1",
            "null",
        ),
        *("read_csv('other.csv')", "'other.csv'", "glob('*')", "getenv('HOME')", "attach 'x'"),
        *("copy fct_handoff to 'x'", "pragma database_list", "install httpfs", "set threads = 2"),
        *("range(10)", "generate_series(1, 5)", "interval 1 day", "date '2026-02-30'", "::json"),
        *("pivot fct_handoff on status", "summarize", "describe", "explain", "over ()", "filter"),
        *("try_cast('a' as integer)", "regexp_matches('a', '(')", "strftime(now(), '%')", "1 / 0"),
        *("repeat('a', 9)", "struct_pack(a := 1)", "map {'a': 1}", "[1, 2][0:9]", "lambda y: y"),
        *("printf('%d', 'a')", "chr(-1)", "'\\x00'::blob", "uuid()", "random()", "hash(duration)"),
    )
)


def _box(folder: Path) -> Parser:
    path = folder / "published.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table fct_handoff as select 'K' || i as handoff_id, i as duration, "
            "'open' as status from range(40) numbers(i)"
        )
        connection.execute("create table event_log as select now() as moment, 'a' as activity")
    box = open_for_questions(path)

    def structured(random: Random, content: bytes) -> bytes:
        words = [random.choice(_WORDS) for _ in range(random.randint(1, 10))]
        if random.random() < 0.2:
            words.insert(random.randrange(len(words)), random.choice(TOKENS[:60]))
        return (b"select " if random.random() < 0.5 else b"") + b" ".join(words)

    def read(content: bytes) -> None:
        rows, _ = answer(box, content.decode("utf-8", "replace"))
        # As the process of a question writes it.
        with pa.ipc.new_stream(io.BytesIO(), rows.schema) as stream:
            stream.write_table(rows)

    seeds = (
        b"select status, count(*) as n from fct_handoff group by all order by n;",
        b"with few as (from fct_handoff limit 3) select max(duration), list(handoff_id) from few",
        b"summarize fct_handoff",
        b"select strftime(moment, '%Y-%m'), activity from event_log",
    )
    return Parser("SQL box", seeds, read, (RefusedError,), 16, structured)
