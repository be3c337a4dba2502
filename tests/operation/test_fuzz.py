"""Whatever arrives, is typed or lies there is read or clearly refused; nothing falls over it.

A few changes of everything here; `make fuzz` tries a million, and `make test-long` some thousands.
"""

import os
from collections.abc import Iterator

import pytest

from tests.examples import LONG_VARIABLE, as_many
from tests.operation.fuzz.pages import pages
from tests.operation.fuzz.parsers import parsers
from tests.operation.fuzz.tried import Parser, try_out
from tests.operation.fuzz.whole import whole

pytestmark = pytest.mark.property


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Parser, int]]:
    """Every parser, with how often it is tried."""
    in_process = list(parsers(tmp_path_factory.mktemp("parsers")))
    as_whole = list(whole(tmp_path_factory.mktemp("whole")))
    return [
        *((parser, parser.share * as_many(1, 30)) for parser in in_process),
        *((parser, parser.share * as_many(4, 400)) for parser in as_whole),
    ]


def test_no_parser_and_no_reader_falls_over(everything):
    tried = [try_out(parser, executions) for parser, executions in everything]
    assert [told for each in tried for told in each.findings.items()] == []
    # Of what is changed some is still good, and some is not: neither branch goes untried.
    assert sum(each.outcomes["read"] for each in tried) > 100
    assert sum(each.executions - each.outcomes["read"] for each in tried) > 100


def test_an_input_can_be_made_again(everything):
    for parser, _ in everything:
        assert parser.input(3, 7) == parser.input(3, 7)


def test_what_falls_over_is_found():
    def halve(content: bytes) -> None:
        if b"\0" in content:
            raise ValueError
        int(content)

    parser = Parser("whole numbers", (b"12",), halve, (ValueError,))
    tried = try_out(parser, 300)
    # A refusal that says nothing is a fault too.
    assert list(tried.findings) == ["ValueError without words"]
    assert tried.outcomes["read"]


@pytest.mark.long
@pytest.mark.skipif(LONG_VARIABLE not in os.environ, reason="two seconds a page")
def test_no_page_falls_over_its_address(tmp_path):
    assert try_out(pages(tmp_path), 60).findings == {}


@pytest.fixture(autouse=True)
def _environment_stays() -> Iterator[None]:
    """The pages are told in the environment which file is theirs."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
