"""Sparklines: the course of a series in the width of a word.

Here: a small drawing with its course in words. Not here: scales to compare series by; each
sparkline has its own, so only its shape says something.
"""

from dashboard.components.markup import picture
from pipelines.charts.spark import Field, Point, spark
from pipelines.charts.style import BAND, BLUE, BLUE_MID
from pipelines.wording import formats
from pipelines.wording.figures import OK, Figure, words_of
from pipelines.wording.language import Words

_WIDTH, _HEIGHT = 120, 32
# Least height of the scale, as a share of the highest value.
_LEAST_SPAN = 0.5


def sparkline(series: list[Figure], words: Words) -> str:
    """Return the drawing of a series: line, interval, gaps as gaps.

    Args:
        series: Figures in order of period.
        words: The reader's language, for the alternative text.
    """
    shown = [figure for figure in series if figure.status == OK and figure.value is not None]
    if not shown:
        return ""
    ends = [
        end
        for figure in shown
        for end in (figure.value, figure.lower, figure.upper)
        if end is not None
    ]
    low, high = min(ends), max(ends)
    # A wide interval must not press the course itself flat.
    top = max(figure.value or 0.0 for figure in shown)
    high = min(high, low + 2.5 * max(top - low, 1e-9))
    # Nor must a small wobble fill the height, as it would without an interval around it.
    slack = max(0.0, _LEAST_SPAN * abs(high) - (high - low)) / 2
    svg = spark(
        [_point(figure) for figure in series],
        Field(
            _WIDTH, _HEIGHT, low - slack, high + slack, (4, 4, 4), (BLUE, 1.6),
            f'fill="{BAND}" stroke="{BLUE_MID}" stroke-width=".5"',
        ),
    )  # fmt: skip
    return picture(svg, _in_words(series, shown, words), "km-spark", _WIDTH, _HEIGHT)


def _in_words(series: list[Figure], shown: list[Figure], words: Words) -> str:
    return words.text(
        "spark.alt",
        first=formats.period(shown[0].period, words),
        first_value=words_of(shown[0], words),
        last=formats.period(shown[-1].period, words),
        last_value=words_of(shown[-1], words),
        gaps=sum(figure.status != OK for figure in series),
    )


def _point(figure: Figure) -> Point:
    is_known = figure.status == OK
    band = (figure.lower, figure.upper) if is_known and figure.has_interval else None
    return Point(figure.value if is_known else None, band)
