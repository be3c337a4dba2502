"""The course of a charted series in the width of a word, with its limits and the points they flag.

Here: the drawing, as SVG, and its words.
Not here: which series, and any limit or rule (published); sparklines of figures without limits
(`dashboard.components.sparkline`).

What stands out differs in shape as well as colour, as in the large chart: a disc for an
improvement, a diamond for a concern, a square for a change without direction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.charts.spark import Field, Point, spark
from pipelines.charts.style import BLUE_MID, EDGE, LINE
from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, text_of
from pipelines.wording.signals import unit_of

WIDTH, HEIGHT = 112, 34
# The newest points: of quarters three years, of months as long as a year and a half.
SHOWN = 18


def signal_spark(points: Sequence[Row]) -> str:
    """Return the drawing of a series, each on its own scale.

    Args:
        points: Rows of `signal_point` of one series, in order.
    """
    shown = [_point(row) for row in points[-SHOWN:]]
    ends = [end for point in shown for end in (point.value, *(point.band or ())) if end is not None]
    return spark(
        shown,
        Field(
            WIDTH, HEIGHT, min(ends), max(ends), (5, 5, 5), (BLUE_MID, 1.4),
            f'fill="{LINE}" fill-opacity=".5"',
            [f'stroke="{EDGE}" stroke-width="0.8" stroke-dasharray="3 2"'],
        ),
    )  # fmt: skip


def _point(row: Row) -> Point:
    value, lower, upper, centre = (
        _number(row[name]) for name in ("value", "lower", "upper", "centre")
    )
    return Point(
        value,
        None if lower is None and upper is None else (lower, upper),
        (centre,),
        kind="" if row["rule"] == "none" else text_of(row, "variation"),
    )


def _number(value: Any) -> float | None:
    return float(value) if formats.is_number(value) else None


def spark_words(
    signal: Row, points: Sequence[Row], n_cases: Mapping[str, float], words: Words
) -> str:
    """Say the same in words, with the number of cases under the first and last point.

    Args:
        signal: The row of `signal` the points belong to.
        points: Rows of `signal_point`, in order.
        n_cases: Cases by period, where they are no figure themselves.
        words: The language.
    """
    shown = [row for row in points[-SHOWN:] if formats.is_number(row["value"])]

    def said(row: Row) -> str:
        period = str(row["period"])
        value = formats.with_unit(float(row["value"]), unit_of(signal), words)
        cases = n_cases.get(period)
        n = "" if cases is None else f" ({words.text('agenda.n', n=formats.number(cases, words))})"
        return words.text("spark.point", period=formats.period(period, words), value=f"{value}{n}")

    n_flagged = sum(row["rule"] != "none" for row in shown)
    return words.text("spark.signal", first=said(shown[0]), last=said(shown[-1]), n=n_flagged)
