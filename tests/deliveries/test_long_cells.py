"""A cell costs what it is long: twice the text is twice the work, whatever is repeated in it.

Held by doubling, three times over: work that grows with the square of the length would be
sixty-four times as much where this is eight.
"""

import time
from datetime import date

import pytest

from pipelines.deliveries.guard.values import find_in_text
from pipelines.deliveries.identifying.dates import without_moments
from tests.examples import as_many

DAY = date(2026, 9, 30)
SHORT, TIMES = 500, 8
# What is worked out in less is no burden, and too little to compare.
_NO_BURDEN_SECONDS = 0.02

# One word without end, of each kind of sign that may stand in one.
WORDS = (
    "a",
    "A",
    "1",
    "é",
    "_",
    "a-",
    "abc-",
    "A.",
    "a'",
    "J-",
    "AB12",
    "a1",
    "straat12-",
    "JanDe",
)
# Runs with something between, that begin as something identifying does.
RUNS = (
    *("1 ", "12 34 ", "1.1.", "ab:", "ab cd ", "1111 ", "2026 ", "a@", "a at b punt ", "x bij y "),
    *("A B ", "Ab Cd ", "Jan van ", "Van ", "J. ", "O.M. ", "A: ", "Mw. ", "NL12 ", "AB12 34 "),
    *("paspoort kaart ", "pas AB12 ", "geb 1 ", "1 januari ", "PL 2026 ", "tel 0 ", "lat 1.1 "),
    *("straat 1a ", "lange straat ", "laan van ", "burgemeester ", "pand x ", "op twitter als "),
    *("verdachte Ab ", "De heer sprak in Den Haag. ", "Zie bijlage van de Raad; ", "alias alias "),
)


def work(unit: str, letters: int) -> float:
    """Seconds of the processor for a text of so many letters: the least of three times."""
    text = (unit * (letters // len(unit) + 1))[:letters] + " 1 x"
    least = float("inf")
    for _ in range(3):
        without_moments.cache_clear()
        start = time.process_time()
        find_in_text(text, DAY)
        least = min(least, time.process_time() - start)
    return least


@pytest.mark.property
@pytest.mark.parametrize("unit", [*WORDS, *RUNS][:: as_many(7, 1)])
def test_work_grows_with_the_length_of_a_cell_and_no_faster(unit):
    long = work(unit, SHORT * TIMES)
    assert long < _NO_BURDEN_SECONDS or long < 2.5 * TIMES * work(unit, SHORT)


@pytest.mark.parametrize(
    "told", ["Kerkstraat 12, 1234 AB", "jan@voorbeeld.nl", "Pieter Zeldenrust", "06-12345678"]
)
@pytest.mark.parametrize("filler", ["lorem", "lorem "])
def test_what_identifies_is_found_wherever_it_stands_in_a_long_cell(told, filler):
    for before in (0, 50, 59, 60, 119, 120, 121, 1_000):
        text = f"{(filler * 300)[:before]} {told} {filler * 300}"
        assert find_in_text(text, DAY), (told, before)


@pytest.mark.parametrize("before", [0, 1, 59, 60, 61, 119, 120, 179, 1_000])
def test_in_a_word_longer_than_any_word_it_is_found_too(before):
    """Whether a piece of the word begins within the address or beside it."""
    assert find_in_text("x" * before + ".pieter@voorbeeld.nl." + "y" * 500, DAY)
