"""What was worked out before is given back only when all it was made from is the same."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.build import LastBuild, read_last_build, write_last_build
from pipelines.memo import FORGETFUL, Memo, _libraries, code_fingerprint, digest, forget, memo_of
from pipelines.road import walk
from pipelines.settings import Settings
from tests.examples import examples


class Work:
    """Doubles texts, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, names: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(names))
        return {name: name * 2 for name in names}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def recalled(settings: Settings, made_from: dict[str, str], room: str = "doubled") -> list[str]:
    """What had to be worked out; the answer itself is checked."""
    work = Work()
    with memo_of(settings) as memo:
        found = memo.recall(room, made_from, work)
    assert found == {name: name * 2 for name in made_from}
    assert list(found) == list(made_from)
    return [name for names in work.asked for name in names]


def test_what_is_made_from_the_same_is_not_made_again(settings):
    assert recalled(settings, {"a": "1", "b": "1"}) == ["a", "b"]
    assert recalled(settings, {"a": "1", "b": "2", "c": "1"}) == ["b", "c"]
    assert recalled(settings, {"c": "1", "b": "2", "a": "1"}) == []


def test_only_the_last_is_kept(settings):
    recalled(settings, {"a": "1", "b": "1"})
    assert recalled(settings, {"a": "2"}) == ["a"]
    assert recalled(settings, {"a": "1", "b": "1"}) == ["a", "b"]


def test_rooms_do_not_see_each_other(settings):
    recalled(settings, {"a": "1"}, "one room")
    assert recalled(settings, {"a": "1"}, "another") == ["a"]
    assert recalled(settings, {"a": "1"}, "one room") == []


def test_other_code_makes_all_anew(settings):
    with memo_of(settings) as memo:
        connection = memo._connection
        assert Memo(connection, "before").recall("room", {"a": "1"}, Work()) == {"a": "aa"}
        work = Work()
        Memo(connection, "after").recall("room", {"a": "1"}, work)
    assert work.asked == [["a"]]


def test_another_version_of_a_library_makes_all_anew(settings, monkeypatch):
    before = code_fingerprint(settings)
    monkeypatch.setattr(
        "pipelines.memo.version", lambda name: "0" if name == "duckdb" else version(name)
    )
    _libraries.cache_clear()
    assert code_fingerprint(settings) != before
    monkeypatch.undo()
    _libraries.cache_clear()


def test_what_is_installed_beside_the_libraries_of_the_lock_makes_nothing_anew(
    settings, tmp_path, monkeypatch
):
    before = code_fingerprint(settings)
    described = tmp_path / "beside-1.0.dist-info" / "METADATA"
    described.parent.mkdir()
    described.write_text("Name: beside\nVersion: 1.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    _libraries.cache_clear()
    assert version("beside") == "1.0"
    assert code_fingerprint(settings) == before


def test_what_is_not_worth_keeping_is_made_every_time(settings):
    for _ in range(2):
        work = Work()
        with memo_of(settings) as memo:
            memo.recall("room", {"a": "1", "b": "1"}, work, keeps=lambda text: text == "aa")
    assert work.asked == [["b"]]


def test_a_memory_without_a_file_forgets():
    work = Work()
    for _ in range(2):
        assert FORGETFUL.recall("room", {"a": "1"}, work) == {"a": "aa"}
    assert work.asked == [["a"], ["a"]]


def test_work_that_is_cut_short_leaves_what_was_there(settings):
    recalled(settings, {"a": "1", "b": "1"})

    def killed(_: Sequence[str]) -> dict[str, str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), memo_of(settings) as memo:
        memo.recall("doubled", {"a": "1", "b": "2"}, killed)
    assert recalled(settings, {"a": "1", "b": "2"}) == ["b"]


def test_a_value_that_changed_on_disk_is_made_again(settings):
    recalled(settings, {"a": "1"})
    with sqlite3.connect(settings.home / "memo.sqlite") as file:
        file.execute("update remembered set value = ?", [b"\x80\x05K\x01."])
    assert recalled(settings, {"a": "1"}) == ["a"]
    assert recalled(settings, {"a": "1"}) == []


@pytest.mark.parametrize("damage", [b"", b"no memory at all", b"SQLite format 3\0 and then not"])
def test_a_damaged_file_begins_anew(settings, damage):
    recalled(settings, {"a": "1"})
    (settings.home / "memo.sqlite").write_bytes(damage)
    assert recalled(settings, {"a": "1"}) == ["a"]
    assert recalled(settings, {"a": "1"}) == []


def test_it_can_be_thrown_away(settings):
    """Then the next build is a whole one."""
    recalled(settings, {"a": "1"})
    write_last_build(settings, LastBuild(pd.Timestamp("2026-11-01", tz="UTC"), code="abc"))
    walk.forget(settings)
    forget(settings)
    last = read_last_build(settings)
    assert last is not None
    assert last.code == ""
    assert recalled(settings, {"a": "1"}) == ["a"]


@examples(100)
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2), min_size=1),
    st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2), min_size=1), max_size=6),
)
def test_whatever_was_asked_before_the_answer_is_that_of_a_fresh_memory(asked, before):
    def work(contents: dict[str, int], memo: Memo) -> dict[str, int]:
        made_from = {name: digest(content) for name, content in contents.items()}
        return memo.recall("room", made_from, lambda names: {n: contents[n] * 10 for n in names})

    with sqlite3.connect(":memory:") as file:
        file.execute(
            "create table remembered (room text, name text, digest text, value blob, seal text, "
            "primary key (room, name))"
        )
        memo = Memo(file, "code")
        for contents in before:
            work(contents, memo)
        assert work(asked, memo) == work(asked, FORGETFUL)


# --- what tells things apart

FRAME = pd.DataFrame({"name": ["a", None], "value": [1.0, np.nan]})


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("1",), (1,)),
        ((1.0,), (1.0000000000000002,)),
        ((None,), ("null",)),
        ((date(2026, 1, 1),), (date(2026, 1, 2),)),
        ((FRAME,), (FRAME.iloc[::-1],)),
        ((FRAME,), (FRAME.assign(value=[1.0, 2.0]),)),
        ((FRAME,), (FRAME.assign(name=["a", ""]),)),
        ((FRAME,), (FRAME.rename(columns={"name": "naam"}),)),
        ((FRAME,), (FRAME.iloc[:1],)),
    ],
)
def test_what_differs_has_another_digest(first, other):
    assert digest(*first) != digest(*other)
    assert digest(*first) == digest(*first)


def test_a_table_is_its_content_whatever_its_index():
    assert digest(FRAME) == digest(FRAME.set_index(pd.Index([7, 9])))


def test_what_cannot_be_written_out_in_full_has_no_digest():
    """A long array prints with dots: two could look the same."""
    with pytest.raises(TypeError, match="ndarray has no digest"):
        digest(np.zeros(3))
