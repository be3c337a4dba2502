"""What fits on the page of an item beside the room to write a decision in.

Here: reckoning how high its texts come out, in the points of `pack.typ`, and what that leaves.
Not here: what the page says (`items`), and setting it, which gives the decision all that is left.

A decision cannot be written in the margin, and a page that runs on is no page an item. So where
much is told charts are drawn lower, with letters as large as ever; then reasons, and at last the
second chart, are left to the screen, which has them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from pipelines.charts.style import HEIGHT

# Pixels of a chart over the width of the text, 482 points: letters of 11.5 come out at 8 points.
WIDTH = 690.0
_POINTS_PER_PIXEL = 482 / WIDTH
# Pixels of the field of a chart; any lower, and its course cannot be read.
_LEAST = 110.0
# Between the margins; of that, five lines by hand with owner and date beneath.
_PAGE, _DECISION = 722.0, 120.0
# A line of text, of what stands beside it, and of the title; and how many letters fill one.
_LINE, _SMALL, _TITLE = 11.5, 10.2, 21.0
_LETTERS, _LETTERS_BESIDE, _LETTERS_OF_TERM, _LETTERS_OF_TITLE = 114, 104, 22, 54
# A paragraph ends at the foot of its letters, not of its last line; what stands around some.
_LEADING = 5.0
_AROUND_HEAD, _AROUND_CHART, _BEFORE = 10.0, 8.0, 6.0


@dataclass(frozen=True)
class Told:
    """The texts of a page.

    Attributes:
        title: Its title.
        head: What stands under that, a paragraph each.
        charts: What is said under each chart, with the pixels it takes around its field.
        reasons: Why it is on the list.
        beside: Lines by term.
        starred: What a star means; empty where nothing has one.
    """

    title: str
    head: Sequence[str]
    charts: Sequence[tuple[str, float]]
    reasons: Sequence[str]
    beside: Mapping[str, Sequence[str]]
    starred: str


def room(told: Told, most_reasons: int) -> tuple[int, int, float]:
    """Return how much of what is told there is room for.

    Args:
        told: The texts.
        most_reasons: As many reasons at most.

    Returns:
        Number of charts and of reasons, at least one where there is one, and how high the field of
        each chart is: pixels, of charts as wide as `WIDTH`.
    """
    for n_charts in range(len(told.charts), 0, -1) or (0,):
        for n_reasons in range(min(most_reasons, len(told.reasons)), 0, -1) or (0,):
            height = _height(told, n_charts, n_reasons)
            if height >= _LEAST:
                return n_charts, n_reasons, min(height, HEIGHT)
    return min(1, len(told.charts)), min(1, len(told.reasons)), _LEAST


def _height(told: Told, n_charts: int, n_reasons: int) -> float:
    """Pixels that are left for the field of each chart; fewer than none where nothing is."""
    left = (_PAGE - _DECISION - _texts(told, n_charts, n_reasons)) / _POINTS_PER_PIXEL
    return (left - sum(around for _, around in told.charts[:n_charts])) / max(n_charts, 1)


def _texts(told: Told, n_charts: int, n_reasons: int) -> float:
    """Points that the texts take."""
    points = _rows(told.title, _LETTERS_OF_TITLE) * _TITLE + _AROUND_HEAD
    points += sum(_paragraph(text) for text in told.head)
    points += sum(_LINE + _paragraph(text) + _AROUND_CHART for text, _ in told.charts[:n_charts])
    if n_charts < len(told.charts):
        points += _paragraph("") + _AROUND_CHART
    points += sum(_paragraph(text) + _BEFORE for text in told.reasons[:n_reasons])
    if n_reasons < len(told.reasons):
        points += _paragraph("") + _BEFORE
    for term, lines in told.beside.items():
        rows = sum(_rows(line, _LETTERS_BESIDE) for line in lines)
        points += max(rows, _rows(term, _LETTERS_OF_TERM)) * _SMALL - _LEADING + _BEFORE
    if told.starred:
        points += _rows(told.starred, _LETTERS_BESIDE) * _SMALL - _LEADING + _BEFORE
    # Before the box, and around its heading.
    return points + 2 * _BEFORE


def _paragraph(text: str) -> float:
    return _rows(text, _LETTERS) * _LINE - _LEADING


def _rows(text: str, letters: int) -> int:
    return max(1, ceil(len(text) / letters))
