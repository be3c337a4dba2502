"""The series chart: line, interval, limits, norm, gaps with their reason, number at risk beneath.

Here: putting its layers together, and the same as a file with its source beneath the title.
Not here: the figures, which series is shown, the layers (`figure_layers`, `limit_layers`,
`mark_layers`), and its words (`words`).

Meaning is never in colour alone: lines have points, gaps have words, the norm has dashes and a
label, and on a page the same figures stand in a table under the chart.
"""

import json
from typing import Any

import vl_convert

from pipelines.charts.axes import Axes
from pipelines.charts.figure_layers import (
    band_layers,
    figure_layers,
    followed_layers,
    gap_layers,
    norm_layers,
    number_layers,
    provisional_layers,
)
from pipelines.charts.grammar import Spec, look
from pipelines.charts.limit_layers import line_layers, rebase_layers
from pipelines.charts.mark_layers import ROOM, mark_layers
from pipelines.charts.rows import chart_rows, top_of
from pipelines.charts.series import Series
from pipelines.charts.style import FONT, FONTS, HEIGHT, INK, SOFT, on_paper
from pipelines.wording import formats
from pipelines.wording.figures import OK
from pipelines.wording.language import Words

_FILE_WIDTH = 860
# Twice as many dots as the chart has points: sharp on paper.
_SCALE = 2.0
# Words are measured and drawn with this type, whatever a machine has.
vl_convert.register_font_directory(str(FONTS))


def series_chart(series: Series, words: Words) -> Spec:
    """Return the chart of a series, as wide as its place on the page."""
    shown = [figure for figure in series.figures if figure.status == OK]
    top = top_of(shown, series)
    axes = Axes(series, top, words)
    gap, gap_word = gap_layers(axes)
    marked = words.text("decisions.field.text")
    layers = [
        gap,
        *band_layers(axes),
        *line_layers(axes.x(), axes.y),
        *norm_layers(axes),
        *rebase_layers(axes.x(0)),
        *provisional_layers(axes, words),
        *followed_layers(axes),
        *(mark_layers(axes.x(), marked) if series.marks else []),
        *figure_layers(axes, words),
        gap_word,
        *([] if axes.is_dense else number_layers(axes, words)),
    ]
    return {
        "data": {"values": chart_rows(series, top, words)},
        "layer": layers,
        "width": "container",
        "height": HEIGHT,
        # The height is that of the field: axis and numbers come on top of it.
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 4, "right": 14, "top": 14 + (ROOM if series.marks else 0), "bottom": 8},
        **look(words),
    }


def svg_of(series: Series, source: str, words: Words) -> bytes:
    """Return a chart as SVG, at a width of its own.

    Args:
        series: What is drawn.
        source: Where it comes from; stands under the title.
        words: The reader's language.
    """
    return vl_convert.vegalite_to_svg(_titled(series, source, words)).encode("utf-8")


def paper_svg(series: Series, words: Words, width: float, height: float = HEIGHT) -> str:
    """Return a chart as SVG for a page that has its title: as on the screen, at a fixed width.

    Args:
        series: What is drawn.
        words: The reader's language.
        width: Pixels, axis and all.
        height: Pixels of its field alone.
    """
    return vl_convert.vegalite_to_svg(_on_paper(series, words, width=width, height=height))


def png_of(series: Series, source: str, words: Words) -> bytes:
    """Return the same as PNG."""
    return vl_convert.vegalite_to_png(_titled(series, source, words), scale=_SCALE)


def _titled(series: Series, source: str, words: Words) -> str:
    unit = formats.unit_long(series.unit, words) if series.unit not in formats.SHARES else "%"
    title = {
        "text": f"{series.title} ({unit})", "subtitle": source, "anchor": "start", "offset": 14,
        "font": FONT, "color": INK, "subtitleFont": FONT, "subtitleColor": SOFT,
    }  # fmt: skip
    return _on_paper(series, words, width=_FILE_WIDTH, title=title)


def _on_paper(series: Series, words: Words, **own: Any) -> str:
    return on_paper(json.dumps({**series_chart(series, words), **own}))
