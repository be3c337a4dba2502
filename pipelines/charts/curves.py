"""Curves of how many are done after how long, over each other with their intervals.

Here: the drawing. Groups differ in colour, in dash and by the name at the end of their line.
Not here: the curves (`pipelines.statistics`), and the number at risk beneath, which is a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from pipelines.charts.style import BLUE, LINE, ORANGE, SOFT, look
from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import Row

_HEIGHT = 340
_LOOKS = ((BLUE, (1, 0)), (ORANGE, (7, 3)))
# What comes after this part of all that is done is a long tail that would press the rest together.
_TAIL = 0.985


@dataclass(frozen=True)
class Curve:
    """Share done after each length of time; steps hold until the next.

    Attributes:
        name: What the line is called at its end, short.
        times: Lengths, increasing.
        share: Share done just after each.
        lower: Lower limits.
        upper: Upper limits.
    """

    name: str
    times: Sequence[float]
    share: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]


def horizon_of(curves: Sequence[Curve]) -> float:
    """Return how far to the right curves are drawn: until nearly all that will be done is."""
    ends = [
        next(
            time
            for time, share in zip(curve.times, curve.share, strict=True)
            if share >= _TAIL * curve.share[-1]
        )
        for curve in curves
        if len(curve.times)
    ]
    return max(1.05 * max(ends, default=1.0), 1.0)


def curves_chart(curves: Sequence[Curve], unit: str, norms: Sequence[float], words: Words) -> Any:
    """Return the curves as a chart.

    Args:
        curves: At most two, each with at least one time.
        unit: Unit of the lengths.
        norms: Norms to mark, in that unit.
        words: The reader's language.
    """
    end = horizon_of(curves)
    layers: list[Any] = []
    first = min(map(_place, curves))
    for curve, (colour, dash) in zip(curves, _LOOKS, strict=False):
        rows = _rows(curve, end, unit, words)
        drawn = _layers(curve.name, colour, list(dash), unit, end, words)
        # As a tuple: a list is copied, row by row, wherever layers are put together.
        layers.append(alt.LayerChart(data={"values": tuple(rows)}, layer=drawn))
        layers.append(_label(rows, curve.name, colour, is_left=_place(curve) == first))
    layers += [_norm(norm, unit, words) for norm in norms if norm <= end]
    return alt.LayerChart(layer=layers, height=_HEIGHT, **look(words))


def _rows(curve: Curve, end: float, unit: str, words: Words) -> list[Row]:
    """Steps up to the end; before the first nothing is done, and at the end the last holds."""
    steps = [(0.0, 0.0, 0.0, 0.0)]
    steps += zip(curve.times, curve.share, curve.lower, curve.upper, strict=True)
    steps = [step for step in steps if step[0] <= end]
    if curve.times[-1] >= end:
        steps.append((end, *steps[-1][1:]))
    return [
        {
            "time": time,
            "share": share,
            "lower": lower,
            "upper": upper,
            "after": formats.with_unit(time, unit, words),
            "done": formats.percentage(share, words),
            "between": formats.interval(lower, upper, "share", words),
        }
        for time, share, lower, upper in steps
    ]


def _layers(
    name: str, colour: str, dash: list[int], unit: str, end: float, words: Words
) -> list[alt.Chart]:
    base = alt.Chart().encode(
        x=alt.X(
            "time:Q",
            scale=alt.Scale(domain=[0, end], nice=False),
            axis=alt.Axis(
                title=words.text("compare.axis", unit=formats.unit_long(unit, words)),
                grid=False, tickCount=8, labelFontSize=12, titleFontSize=12,
                titleFontWeight="normal",
            ),
        )
    )  # fmt: skip
    y_axis = alt.Axis(
        title=None, format=".0%", tickCount=5, labelFontSize=12, gridColor=LINE, domain=False,
        ticks=False, minExtent=46,
    )  # fmt: skip
    scale = alt.Scale(domain=[0, 1], nice=False)
    tooltip = [
        alt.Tooltip("after:N", title=name),
        alt.Tooltip("done:N", title=words.text("compare.done")),
        alt.Tooltip("between:N", title=words.text("column.interval")),
    ]
    band = base.mark_area(interpolate="step-after", color=colour, opacity=0.16).encode(
        y=alt.Y("lower:Q", scale=scale, axis=y_axis), y2=alt.Y2("upper:Q")
    )
    line = base.mark_line(
        interpolate="step-after", color=colour, strokeWidth=2.2, strokeDash=dash
    ).encode(y=alt.Y("share:Q", scale=scale, axis=y_axis))
    # Wide and clear: a line of two pixels cannot be pointed at.
    spots = base.mark_point(color=colour, size=60, opacity=0, filled=True).encode(
        y=alt.Y("share:Q", scale=scale, axis=y_axis), tooltip=tooltip
    )
    return [band, line, spots]


def _place(curve: Curve) -> float:
    """The length at which a curve has done somewhat more than half of what it will do."""
    half = 0.55 * curve.share[-1]
    return next(time for time, share in zip(curve.times, curve.share, strict=True) if share >= half)


def _label(rows: list[Row], name: str, colour: str, *, is_left: bool) -> Any:
    """The name of a line, on the side where the other one is not."""
    middle = next(row for row in rows if row["share"] >= 0.55 * rows[-1]["share"])
    align: Literal["left", "right"] = "right" if is_left else "left"
    dx, dy = (-8, -9) if is_left else (9, 12)
    return (
        alt.Chart({"values": [{**middle, "name": name}]})
        .mark_text(color=colour, fontSize=13, fontWeight=600, align=align, dx=dx, dy=dy)
        .encode(x=alt.X("time:Q"), y=alt.Y("share:Q"), text=alt.Text("name:N"))
    )


def _norm(norm: float, unit: str, words: Words) -> Any:
    text_of_norm = words.text("chart.norm", norm=formats.with_unit(norm, unit, words))
    row = {"time": norm, "text": text_of_norm}
    base = alt.Chart({"values": [row]}).encode(x=alt.X("time:Q"))
    rule = base.mark_rule(color=SOFT, strokeDash=[3, 3])
    text = base.mark_text(color=SOFT, fontSize=12, align="left", dx=5, baseline="bottom").encode(
        y=alt.YValue(12), text=alt.Text("text:N")
    )
    return alt.layer(rule, text)
