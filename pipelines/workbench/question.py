"""A question that somebody types to a published file: one, a reading one, within its limits.

Here: the answer, or why there is none, in a process of its own: started with the file, told the
question, killed when it takes too long or nobody waits any more. So it never stands in the way of
another reader, and what it takes is the process's and not the server's.
Not here: whoever starts it (`dashboard.question`), and what is said of a refusal (wording).

Run as `python -m pipelines.workbench.question FILE`, with the question on its standard input; an
answer is written as an Arrow stream, a refusal as one line of JSON behind `REFUSED`.
"""

import json
import re
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.shut_off import connect_shut_off

MOST_ROWS = 10_000
MOST_BYTES = 16_000_000
MEMORY_MB = 512
SECONDS = 20
LONGEST = 4_000
"""Characters of a question: it stands in the address of the page."""
REFUSED = b"refused "
# Of the process as a whole, the libraries it has mapped too: some functions allocate without asking
# what DuckDB may use.
_ADDRESS_SPACE = 4_000_000_000
_BATCH_ROWS = 1_000
_MOST_WRITTEN = 4 * MOST_BYTES


@dataclass(frozen=True)
class Refusal:
    """Why there is no answer.

    Attributes:
        kind: Code, such as `table` or `memory`.
        culprit: What of the question it is about; empty where it is all of it.
        hint: What was probably meant; empty where nothing is like it.
    """

    kind: str
    culprit: str = ""
    hint: str = ""


class RefusedError(ValueError):
    """There is no answer, and why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.kind)
        self.refusal = refusal


def open_for_questions(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file with the limits of a question: memory, one core, nothing on disk."""
    return connect_shut_off(
        path, memory_limit=f"{MEMORY_MB}MB", threads=1, temp_directory="",
        max_temp_directory_size="0B",
    )  # fmt: skip


def answer(connection: duckdb.DuckDBPyConnection, question: str) -> tuple[pa.Table, bool]:
    """Answer one question.

    Args:
        connection: As of `open_for_questions`.
        question: What was typed.

    Returns:
        The rows, at most `MOST_ROWS` and about `MOST_BYTES`, and whether there are more.

    Raises:
        RefusedError: It is no single question that reads, or DuckDB cannot answer it.
    """
    if len(question) > LONGEST:
        raise RefusedError(Refusal("long", str(len(question))))
    if "\0" in question:
        raise RefusedError(Refusal("syntax", "\\0"))
    try:
        statements = connection.extract_statements(question)
        if len(statements) != 1:
            raise RefusedError(Refusal("several" if statements else "empty"))
        if statements[0].type != duckdb.StatementType.SELECT:
            raise RefusedError(Refusal("reads_not", statements[0].type.name.lower()))
        return _first_rows(connection.execute(statements[0]).to_arrow_reader(_BATCH_ROWS))
    except (duckdb.Error, pa.ArrowException, MemoryError, RuntimeError, ValueError) as error:
        if isinstance(error, RefusedError):
            raise
        raise RefusedError(refusal_of(error)) from error


def _first_rows(reader: pa.RecordBatchReader) -> tuple[pa.Table, bool]:
    batches, n_rows, n_bytes = [], 0, 0
    for batch in reader:
        batches.append(batch)
        n_rows += batch.num_rows
        n_bytes += batch.nbytes
        if n_rows > MOST_ROWS or n_bytes > MOST_BYTES:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    if n_bytes > MOST_BYTES and table.num_rows <= _BATCH_ROWS:
        raise RefusedError(Refusal("memory", str(MOST_BYTES // 1_000_000)))
    return table.slice(0, MOST_ROWS), n_rows > MOST_ROWS or n_bytes > MOST_BYTES


# Class of DuckDB's error, what its message names, and what it proposes.
_QUOTED = r'[`"\'](?P<culprit>[^`"\']*)[`"\']'
_PATTERNS = (
    ("syntax", r'syntax error at or near "(?P<culprit>[^"]*)"'),
    ("syntax", r"syntax error at (?P<culprit>end of input)"),
    (
        "table",
        r"(?:Table|View) with name (?P<culprit>\S+) does not exist!"
        r'(?:\s+Did you mean "(?P<hint>[^"]+)")?',
    ),
    (
        "function",
        r"Function with name (?P<culprit>\S+) does not exist!"
        r'(?:\s+Did you mean "(?P<hint>[^"]+)")?',
    ),
    (
        "column",
        rf"Referenced (?:column|table) {_QUOTED} not found"
        r"(?:[^\n]*\n?\s*Candidate[^:]*: (?P<hint>[^\n]*))?",
    ),
    ("file", rf"Cannot access (?:file|directory) {_QUOTED}"),
    ("value", r"Could not convert \S+ '(?P<culprit>[^']*)' to (?P<hint>\S+)"),
    ("parameter", r"Values were not provided for the following (?P<culprit>prepared|parameters)"),
)
_CLASSES = (
    (duckdb.OutOfMemoryException, "memory"),
    (duckdb.PermissionException, "file"),
    (duckdb.ParserException, "syntax"),
    (duckdb.ConversionException, "value"),
)


def refusal_of(error: Exception) -> Refusal:
    """Tell what of a question an error is about."""
    message = str(error)
    for kind, pattern in _PATTERNS:
        found = re.search(pattern, message)
        if found:
            named = {name: (text or "").strip() for name, text in found.groupdict().items()}
            return Refusal(kind, named.get("culprit", ""), named.get("hint", "").replace('"', ""))
    if isinstance(error, MemoryError):
        return Refusal("memory", str(MEMORY_MB))
    for class_, kind in _CLASSES:
        if isinstance(error, class_):
            return Refusal(kind, str(MEMORY_MB) if kind == "memory" else "")
    # DuckDB's own words: of what is typed about a file that whoever types may read.
    return Refusal("other", message.splitlines()[0] if message else type(error).__name__)


def main() -> None:
    """Answer the question on the standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    # The answer and no more: nothing else is written, whatever a library would like to keep.
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    question = sys.stdin.buffer.read().decode("utf-8", "replace")
    out = sys.stdout.buffer
    try:
        rows, has_more = answer(open_for_questions(Path(sys.argv[1])), question)
    except RefusedError as error:
        out.write(REFUSED + json.dumps(asdict(error.refusal)).encode())
        return
    rows = rows.replace_schema_metadata({"has_more": str(int(has_more))})
    with pa.ipc.new_stream(out, rows.schema) as stream:
        stream.write_table(rows)


if __name__ == "__main__":
    main()
