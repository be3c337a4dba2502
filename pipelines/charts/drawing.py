"""The series chart: line, interval, limits, norm, gaps with their reason, number at risk beneath.

Here: putting its layers together, and the same as a file with its source beneath the title.
Not here: the figures, which series is shown, the layers (`figure_layers`, `limit_layers`,
`mark_layers`), and its words (`words`).

Meaning is never in colour alone: lines have points, gaps have words, the norm has dashes and a
label, and on a page the same figures stand in a table under the chart.
"""

import altair as alt
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
from pipelines.charts.limit_layers import line_layers, rebase_layers
from pipelines.charts.mark_layers import ROOM, mark_layers
from pipelines.charts.rows import chart_rows, top_of
from pipelines.charts.series import Series
from pipelines.charts.style import FONT, FONTS, HEIGHT, INK, SOFT, look, on_paper
from pipelines.wording import formats
from pipelines.wording.figures import OK
from pipelines.wording.language import Words

_FILE_WIDTH = 860
# Twice as many dots as the chart has points: sharp on paper.
_SCALE = 2.0
# Words are measured and drawn with this type, whatever a machine has.
vl_convert.register_font_directory(str(FONTS))


def series_chart(series: Series, words: Words) -> alt.LayerChart:
    """Return the chart of a series, as wide as its place on the page."""
    shown = [figure for figure in series.figures if figure.status == OK]
    top = top_of(shown, series)
    axes = Axes(series, top, words)
    # The rows stand once, at the whole: altair would compare those of every layer in print.
    base = alt.Chart().encode(x=axes.x())
    gap, gap_word = gap_layers(base)
    layers = [
        gap,
        *band_layers(base, axes),
        *line_layers(base, axes.y),
        *norm_layers(base, axes),
        *rebase_layers(base, axes.x(0), HEIGHT),
        *provisional_layers(base, axes, words),
        *followed_layers(base, axes),
        *(mark_layers(base, HEIGHT, words.text("decisions.field.text")) if series.marks else []),
        *figure_layers(base, axes, words),
        gap_word,
        *([] if axes.is_dense else number_layers(base, series, words)),
    ]
    return alt.LayerChart(
        layer=layers,
        data=alt.InlineData(values=chart_rows(series, top, words)),
        width="container",
        height=HEIGHT,
        # The height is that of the field: axis and numbers come on top of it.
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        padding={"left": 4, "right": 14, "top": 14 + (ROOM if series.marks else 0), "bottom": 8},
        **look(words),
    )


def svg_of(series: Series, source: str, words: Words) -> bytes:
    """Return a chart as SVG, at a width of its own.

    Args:
        series: What is drawn.
        source: Where it comes from; stands under the title.
        words: The reader's language.
    """
    return vl_convert.vegalite_to_svg(_titled(series, source, words)).encode("utf-8")


def paper_svg(series: Series, words: Words, width: float) -> str:
    """Return a chart as SVG for a page that has its title: as on the screen, at a fixed width."""
    chart = series_chart(series, words).properties(width=width)
    return vl_convert.vegalite_to_svg(on_paper(chart.to_json()))


def png_of(series: Series, source: str, words: Words) -> bytes:
    """Return the same as PNG."""
    return vl_convert.vegalite_to_png(_titled(series, source, words), scale=_SCALE)


def _titled(series: Series, source: str, words: Words) -> str:
    unit = formats.unit_long(series.unit, words) if series.unit not in formats.SHARES else "%"
    title = alt.TitleParams(
        f"{series.title} ({unit})", subtitle=source, anchor="start", font=FONT, color=INK,
        subtitleFont=FONT, subtitleColor=SOFT, offset=14,
    )  # fmt: skip
    chart = series_chart(series, words).properties(width=_FILE_WIDTH, title=title)
    return on_paper(chart.to_json())
