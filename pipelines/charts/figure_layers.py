"""The layers of the figures themselves: gaps, intervals, norm, line, numbers beneath.

Here: how each looks.
Not here: what a control chart adds (`limit_layers`), dated marks (`mark_layers`), and the rows they
are drawn from (`rows`).
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from pipelines.charts.axes import Axes
from pipelines.charts.limit_layers import signal_layers
from pipelines.charts.series import Series, count_text, followed_place
from pipelines.charts.style import (
    BAND,
    BLUE,
    BLUE_MID,
    EDGE,
    HEIGHT,
    INK,
    NORM,
    PAPER,
    SOFT,
    WASH,
    haloed,
)
from pipelines.wording.language import Words

# Pixels of a digit in the rows of numbers.
_CHARACTER_WIDTH = 7


def gap_layers(base: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Return the dashed field of a period without figure, and its reason."""
    gaps = base.transform_filter("!datum.is_ok")
    rectangle = (
        gaps.transform_filter("datum.is_gap")
        .mark_rect(fill=WASH, stroke=EDGE, strokeDash=[3, 3], strokeWidth=1, cornerRadius=2)
        .encode(y=alt.YValue(0), y2=alt.Y2Value(HEIGHT))
    )
    word = gaps.mark_text(
        angle=270,
        align="left",
        baseline="middle",
        dx=8,
        fontSize=12,
        color=SOFT,
        fontStyle="italic",
    ).encode(y=alt.YValue(HEIGHT), text=alt.Text("gap_word:N"))
    return rectangle, word


def band_layers(base: alt.Chart, axes: Axes) -> list[alt.Chart]:
    """Return the intervals, with a mark where one is cut off."""
    known = base.transform_filter("datum.lower !== null && datum.upper !== null")
    lower = axes.y("lower")
    band = (
        known.transform_filter("datum.is_ok")
        .mark_area(color=BAND, stroke=BLUE_MID, strokeWidth=0.8)
        .encode(y=lower, y2=alt.Y2("upper:Q"), detail=alt.Detail("run:N"))
    )
    # An area over one period has no width.
    alone = (
        known.transform_filter("datum.is_alone")
        .mark_rule(color=BAND, strokeWidth=10)
        .encode(y=lower, y2=alt.Y2("upper:Q"))
    )
    cut = (
        base.transform_filter("datum.is_cut")
        .mark_point(shape="triangle-up", size=34, color=SOFT, filled=True)
        .encode(y=alt.YValue(3))
    )
    return [band, alone, cut]


def provisional_layers(base: alt.Chart, axes: Axes, words: Words) -> list[alt.Chart]:
    """Return a dashed box around every figure that can still change, as high as it may come."""
    box = base.transform_filter("datum.can_change").mark_rect(
        filled=False, stroke=INK, strokeWidth=1.2, strokeDash=[3, 2], cornerRadius=2
    )
    tooltip = [
        alt.Tooltip("period_label:N", title=words.text("column.period")),
        alt.Tooltip("change:N", title=words.text("column.value")),
    ]
    return [
        box.encode(
            x=axes.x(0.2), x2=alt.X2("period:O", bandPosition=0.8),
            y=axes.y("provisional_lower"), y2=alt.Y2("provisional_upper:Q"), tooltip=tooltip,
        )
    ] if axes.series.can_change else []  # fmt: skip


def followed_layers(base: alt.Chart, axes: Axes) -> list[alt.Chart]:
    """Return the upright line at the day on which the deliveries end, with a word at it."""
    period, place = followed_place(axes.series)
    if not period:
        return []
    ended = base.transform_filter("datum.followed_word != ''").encode(x=axes.x(place))
    line = ended.mark_rule(color=SOFT, strokeDash=[2, 3], strokeWidth=1.6).encode(
        y=alt.YValue(0), y2=alt.Y2Value(HEIGHT)
    )
    style: dict[str, Any] = {
        "align": "right",
        "baseline": "top",
        "dx": -5,
        "fontSize": 12,
        "fontWeight": 600,
    }
    word = alt.Text("followed_word:N")
    return [line, *haloed(ended, SOFT, style, y=alt.YValue(4), text=word)]


def norm_layers(base: alt.Chart, axes: Axes) -> list[alt.Chart]:
    """Return the norm, with its name where it starts or changes."""
    normed = base.transform_filter("datum.norm !== null && isValid(datum.norm)")
    at = axes.y("norm")
    line = normed.mark_rule(color=NORM, strokeDash=[6, 4], strokeWidth=1.6).encode(
        x=axes.x(0), x2=alt.X2("period:O", bandPosition=1), y=at
    )
    labelled = base.transform_filter("datum.norm_label != ''")
    style: dict[str, Any] = {
        "align": "left",
        "baseline": "bottom",
        "dy": -4,
        "fontSize": 12,
        "fontWeight": 600,
    }
    name = alt.Text("norm_label:N")
    return [line, *haloed(labelled, NORM, style, x=axes.x(0), y=at, text=name)]


def figure_layers(base: alt.Chart, axes: Axes, words: Words) -> list[alt.Chart]:
    """Return line and points, those that stand out, and the newest figure with its value."""
    known = base.transform_filter("datum.is_ok")
    y = axes.y("value")
    tooltip = [
        alt.Tooltip("period_label:N", title=words.text("column.period")),
        alt.Tooltip("figure:N", title=words.text("column.value")),
        alt.Tooltip("interval:N", title=words.text("column.interval")),
        alt.Tooltip("n:N", title=words.text("column.denominator")),
    ]
    line = known.mark_line(color=BLUE, strokeWidth=2.2, interpolate="linear").encode(
        y=y, detail=alt.Detail("run:N")
    )
    points = known.mark_point(
        shape="circle", filled=True, fill=PAPER, stroke=BLUE, strokeWidth=2, size=46, opacity=1
    ).encode(y=y, tooltip=tooltip)
    newest = known.transform_filter("datum.is_newest")
    dot = newest.mark_point(shape="circle", filled=True, color=BLUE, size=90, opacity=1).encode(
        y=y, tooltip=tooltip
    )
    flagged = signal_layers(base, y, tooltip)
    style = {"dy": -15, "fontSize": 14, "fontWeight": 700}
    value = haloed(newest, INK, style, y=y, text=alt.Text("short_figure:N"))
    return [line, points, dot, *flagged, *value]


def number_layers(base: alt.Chart, series: Series, words: Words) -> list[alt.Chart]:
    """Return the rows of numbers beneath the axis, each with its heading at the left."""
    layers: list[alt.Chart] = []
    place = HEIGHT + 54
    rows = {
        name: [getattr(figure, attribute) for figure in series.figures]
        for attribute, name in (("denominator", "n"), ("n_at_risk", "risk"))
    }
    opacity = _where_there_is_room(
        [[count_text(number, words) for number in numbers] for numbers in rows.values()]
    )
    for name, numbers in rows.items():
        if all(number is None for number in numbers):
            continue
        layers.append(
            base.mark_text(fontSize=11.5, color=SOFT, baseline="middle", opacity=opacity).encode(
                y=alt.YValue(place), text=alt.Text(f"{name}:N")
            )
        )
        heading = alt.InlineData(values=[{"text": words.text(f"chart.row_{name}")}])
        layers.append(
            alt.Chart(heading)
            .mark_text(align="right", baseline="middle", fontSize=11.5, color=SOFT,
                       fontStyle="italic")
            .encode(x=alt.XValue(-8), y=alt.YValue(place), text=alt.Text("text:N"))
        )  # fmt: skip
        place += 19
    return layers


def _where_there_is_room(rows: Sequence[Sequence[str]]) -> alt.ExprRef:
    """Return the opacity of rows of texts: where it is narrow, one in so many is shown."""
    wanted = (max(len(text) for row in rows for text in row) + 1) * _CHARACTER_WIDTH
    step = f"max(1, ceil({wanted * len(rows[0])} / width))"
    return alt.ExprRef(f"(datum.from_newest % {step}) == 0 ? 1 : 0")
