"""A question that is typed: one that reads this file is answered, any other one refused.

The box is tried from inside, where thousands of questions take seconds, and in its own process,
which is killed when it takes too long.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.question import Answer, Question
from pipelines.wording.language import LANGUAGES, words_in
from pipelines.workbench import question
from pipelines.workbench.question import Refusal, RefusedError, answer, open_for_questions

SECRET = "what only another file tells"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published file and another one."""
    folder = tmp_path_factory.mktemp("box")
    with duckdb.connect(str(folder / "published.duckdb")) as connection:
        connection.execute(
            "create table fct_handoff as select 'K' || i as handoff_id, i as duration, "
            "'open' as status from range(40) numbers(i)"
        )
    (folder / "other.csv").write_text(f"secret\n{SECRET}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def connection(box: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = open_for_questions(box / "published.duckdb")
    yield opened
    opened.close()


def refused(connection: duckdb.DuckDBPyConnection, text: str) -> Refusal:
    with pytest.raises(RefusedError) as raised:
        answer(connection, text)
    return raised.value.refusal


@pytest.mark.parametrize(
    ("text", "n_rows"),
    [
        ("from fct_handoff", 40),
        ("select status, count(*) from fct_handoff group by all;", 1),
        ("with few as (from fct_handoff limit 3) select * from few -- and no more", 3),
        ("describe fct_handoff", 3),
        ("select 1 as a, 2 as a", 1),
        ("from fct_handoff where false", 0),
    ],
)
def test_what_reads_this_file_is_answered(connection, text, n_rows):
    rows, has_more = answer(connection, text)
    assert (rows.num_rows, has_more) == (n_rows, False)


@pytest.mark.parametrize(
    ("text", "kind", "culprit"),
    [
        ("", "empty", ""),
        ("-- nothing but this", "empty", ""),
        ("select 1; select 2", "several", ""),
        ("selec 1", "syntax", "selec"),
        ("select (1", "syntax", "1"),
        ("from fct_handof", "table", "fct_handof"),
        ("select lengte from fct_handoff", "column", "lengte"),
        ("select getenv('HOME')", "function", "getenv"),
        ("select cast('a' as integer)", "value", "a"),
        ("select $1", "parameter", "parameters"),
        ("from range(1000000000) a(i) order by hash(i)", "memory", "512"),
        ("select 1" + " " * 4000, "long", "4008"),
        ("create table mine (n integer)", "reads_not", "create"),
        ("insert into fct_handoff values ('K', 1, 'x')", "reads_not", "insert"),
        ("delete from fct_handoff", "reads_not", "delete"),
        ("attach 'other.duckdb' as other", "reads_not", "attach"),
        ("copy fct_handoff to 'mine.csv'", "reads_not", "copy"),
        ("pragma database_list", "reads_not", "pragma"),
        ("set threads = 4", "reads_not", "set"),
        ("reset lock_configuration", "reads_not", "set"),
        ("install httpfs", "reads_not", "load"),
        ("load httpfs", "reads_not", "load"),
        ("export database 'all'", "reads_not", "export"),
        ("begin", "reads_not", "transaction"),
    ],
)
def test_any_other_one_is_refused_by_its_culprit(connection, text, kind, culprit):
    found = refused(connection, text)
    assert (found.kind, found.culprit) == (kind, culprit)


@pytest.mark.parametrize(
    "text",
    [
        "from read_csv('{file}')",
        "from '{file}'",
        "from read_text('{file}')",
        "from read_blob('{file}')",
        "from glob('{folder}/*')",
        "from sniff_csv('{file}')",
        "from read_parquet('{file}')",
        "from query('from read_csv(''{file}'')')",
        "select * from fct_handoff, read_text('{file}')",
    ],
)
def test_no_other_file_is_read(box, connection, text):
    found = refused(connection, text.format(file=box / "other.csv", folder=box))
    assert found.kind in {"file", "table", "function", "other"}
    assert SECRET not in found.culprit + found.hint


# Pieces of SQL, put together in any order: most are nonsense, some reach for what is not theirs.
PIECES = st.sampled_from(
    [
        "select",
        "from",
        "where",
        "fct_handoff",
        "read_csv",
        "read_text",
        "(",
        ")",
        ",",
        ";",
        "*",
        "'other.csv'",
        "attach",
        "copy",
        "to",
        "pragma",
        "install",
        "load",
        "set",
        "=",
        "true",
        "create",
        "table",
        "temp",
        "insert",
        "into",
        "values",
        "1",
        "0",
        "-1",
        "null",
        "as",
        "x",
        "with",
        "union",
        "all",
        "group",
        "by",
        "order",
        "limit",
        "duration",
        "status",
        "handoff_id",
        "count(*)",
        "sum(",
        "repeat('a',",
        "list(",
        "range(",
        "cast(",
        "interval",
        "describe",
        "summarize",
        "explain",
        "call",
        "execute",
        "prepare",
        "'",
        '"',
        "--",
        "/*",
        "*/",
        "$1",
        "?",
        "[",
        "]",
        "{",
        "}",
        "::json",
        "::date",
        "9999999999999999999",
        "getenv('HOME')",
        "current_setting('threads')",
        "checkpoint",
        "vacuum",
        "export",
        "database",
        "use",
        "drop",
        "delete",
        "update",
        "begin",
        "commit",
        "rollback",
        "pivot",
        "unnest(",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=60)


@given(TEXTS)
def test_whatever_is_typed_is_answered_or_refused_and_nothing_is_written(box, connection, text):
    before = {path.name: path.stat().st_mtime_ns for path in box.iterdir()}
    try:
        rows, _ = answer(connection, text)
        assert isinstance(rows, pa.Table)
        assert SECRET not in str(rows.to_pylist())
    except RefusedError as error:
        kind = error.refusal.kind
        for language in LANGUAGES:
            assert f"query.refused.{kind}" in words_in(language).texts
        assert SECRET not in error.refusal.culprit + error.refusal.hint
    assert {path.name: path.stat().st_mtime_ns for path in box.iterdir()} == before
    settings = "select current_setting('enable_external_access'), current_setting('threads')"
    assert connection.execute(settings).fetchall() == [(False, 1)]


def test_a_long_answer_is_cut_and_says_so(connection, monkeypatch):
    monkeypatch.setattr(question, "MOST_ROWS", 7)
    rows, has_more = answer(connection, "from fct_handoff order by duration")
    assert (rows["duration"].to_pylist(), has_more) == ([*range(7)], True)


def waited(path: Path, text: str) -> Answer:
    with Question(path, text, 60) as asked:
        while True:
            found = asked.wait(0.05)
            if found is not None:
                return found


def test_the_process_of_a_question_gives_the_same_answer(box, connection):
    path = box / "published.duckdb"
    found = waited(path, "from fct_handoff order by duration")
    assert found.rows.equals(answer(connection, "from fct_handoff order by duration")[0])
    assert waited(path, "from nothing").refusal == refused(connection, "from nothing")


def test_one_that_takes_too_long_is_ended_and_leaves_nothing_behind(box):
    before = sorted(path.name for path in box.iterdir())
    heavy = "select count(*) from range(1000000000) a, range(100000) b"
    asked = Question(box / "published.duckdb", heavy, seconds=0.5)
    with asked:
        while (found := asked.wait(0.1)) is None:
            process = asked._process
    assert found.refusal == Refusal("time", "0.5")
    assert process.returncode is not None
    assert sorted(path.name for path in box.iterdir()) == before
