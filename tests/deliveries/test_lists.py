"""A list of the chain that is a file somebody edits: whatever is in it, one line says what."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.deliveries.accepted import REGISTER_COLUMNS, REGISTER_NAME, read_accepted
from pipelines.deliveries.codelists import CodelistError, codes_of
from pipelines.deliveries.contract import ContractError
from pipelines.deliveries.linkage.merges import MERGE_COLUMNS, MERGES_NAME, read_merges
from pipelines.settings import Settings

LISTS: dict[str, tuple[str, tuple[str, ...], Callable[[Path], object]]] = {
    "accepted": (REGISTER_NAME, REGISTER_COLUMNS, read_accepted),
    "merges": (MERGES_NAME, MERGE_COLUMNS, lambda folder: read_merges(folder, date(2026, 9, 30))),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b"\xf1\xff\n", "is geen UTF-8"),
        (b'"a\n', "is geen CSV"),
        (b"a,b\n", "2 waarden voor"),
        (b"a" + b"," * 40 + b"\n", "41 waarden voor"),
        (b"x" * 200_000 + b"\n", "is geen CSV"),
        (b"\0\n", "waarden voor"),
    ],
)
def test_what_is_wrong_with_the_file_is_one_line(tmp_path, name, rows, said):
    file, columns, read = LISTS[name]
    (tmp_path / file).write_bytes(",".join(columns).encode() + b"\n" + rows)
    with pytest.raises(ContractError, match=said) as raised:
        read(tmp_path)
    assert "\n" not in str(raised.value)
    assert file in str(raised.value)


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_line_is_no_row(tmp_path, name):
    file, columns, read = LISTS[name]
    (tmp_path / file).write_text(",".join(columns) + "\n\n\n", encoding="utf-8")
    assert read(tmp_path) == ()


@pytest.mark.parametrize(
    ("seed", "content", "said"),
    [
        ("codebook", b"\xf1", "is geen UTF-8"),
        ("codebook", b"theme\ncapaciteit\n", "verwacht de kolommen theme en comparable_group"),
        ("handoffs", b'"', "is geen CSV"),
        ("../codebook", b"", "is geen naam van een lijst"),
        ("a\0b", b"", "is geen naam van een lijst"),
    ],
)
def test_a_code_list_that_cannot_be_read_is_named(tmp_path, seed, content, said):
    shutil.copytree(Settings().seeds_dir, tmp_path / "seeds")
    if seed.isidentifier():
        (tmp_path / "seeds" / f"{seed}.csv").write_bytes(content)
    with pytest.raises(CodelistError, match=said):
        codes_of("indicator" if seed.isidentifier() else seed, tmp_path / "contracts")
