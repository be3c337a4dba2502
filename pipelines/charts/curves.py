"""Curves of how many are done after how long, over each other with their intervals.

Here: the drawing. Groups differ in colour, in dash and by the name at the end of their line.
Not here: the curves (`pipelines.statistics`), and the number at risk beneath, which is a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.charts.grammar import Spec, at, field, layer, look, tooltip
from pipelines.charts.style import BLUE, LINE, ORANGE, SOFT
from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import Row

_HEIGHT = 340
_TIME, _SHARE = field("time", "quantitative"), field("share", "quantitative")
_LOOKS = ((BLUE, [1, 0]), (ORANGE, [7, 3]))
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


def curves_chart(curves: Sequence[Curve], unit: str, norms: Sequence[float], words: Words) -> Spec:
    """Return the curves as a chart.

    Args:
        curves: At most two, each with at least one time.
        unit: Unit of the lengths.
        norms: Norms to mark, in that unit.
        words: The reader's language.
    """
    end = horizon_of(curves)
    layers: list[Spec] = []
    # Of two that are there at the same length, the one above.
    left = min(curves, key=_place)
    for curve, (colour, dash) in zip(curves, _LOOKS, strict=False):
        rows = _rows(curve, end, unit, words)
        drawn = _layers(curve.name, colour, dash, unit, end, words)
        layers.append({"data": {"values": rows}, "layer": drawn})
        layers.append(_label(rows, curve.name, colour, is_left=curve is left))
    layers += [_norm(norm, unit, words) for norm in norms if norm <= end]
    return {"layer": layers, "height": _HEIGHT, **look(words)}


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
    name: str, colour: str, dash: Sequence[int], unit: str, end: float, words: Words
) -> list[Spec]:
    x_axis = {
        "title": words.text("compare.axis", unit=formats.unit_long(unit, words)), "grid": False,
        "tickCount": 8, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    y_axis = {
        "title": None, "format": ".0%", "tickCount": 5, "labelFontSize": 12, "gridColor": LINE,
        "domain": False, "ticks": False, "minExtent": 46,
    }  # fmt: skip
    x = {**_TIME, "scale": {"domain": [0, end], "nice": False}, "axis": x_axis}
    scaled = {"scale": {"domain": [0, 1], "nice": False}, "axis": y_axis}
    y, lower = {**_SHARE, **scaled}, field("lower", "quantitative", **scaled)
    said = tooltip(
        after=name, done=words.text("compare.done"), between=words.text("column.interval")
    )
    steps = {"interpolate": "step-after", "color": colour}
    # Wide and clear: a line of two pixels cannot be pointed at.
    clear = {"color": colour, "size": 60, "opacity": 0, "filled": True}
    return [
        layer("area", {**steps, "opacity": 0.16}, x=x, y=lower, y2={"field": "upper"}),
        layer("line", {**steps, "strokeWidth": 2.2, "strokeDash": dash}, x=x, y=y),
        layer("point", clear, x=x, y=y, tooltip=said),
    ]


def _place(curve: Curve) -> tuple[float, float]:
    """The length at which a curve has done somewhat more than half of what it will, and how low."""
    half = 0.55 * curve.share[-1]
    return next(
        (time, -share)
        for time, share in zip(curve.times, curve.share, strict=True)
        if share >= half
    )


def _label(rows: list[Row], name: str, colour: str, *, is_left: bool) -> Spec:
    """The name of a line, on the side where the other one is not."""
    middle = next(row for row in rows if row["share"] >= 0.55 * rows[-1]["share"])
    align, dx, dy = ("right", -8, -9) if is_left else ("left", 9, 12)
    style = {"color": colour, "fontSize": 13, "fontWeight": 600, "align": align, "dx": dx, "dy": dy}
    return {
        "data": {"values": [{**middle, "name": name}]},
        **layer("text", style, x=_TIME, y=_SHARE, text=field("name")),
    }


def _norm(norm: float, unit: str, words: Words) -> Spec:
    text_of_norm = words.text("chart.norm", norm=formats.with_unit(norm, unit, words))
    style = {"color": SOFT, "fontSize": 12, "align": "left", "dx": 5, "baseline": "bottom"}
    return {
        "data": {"values": [{"time": norm, "text": text_of_norm}]},
        "layer": [
            layer("rule", {"color": SOFT, "strokeDash": [3, 3]}, x=_TIME),
            layer("text", style, x=_TIME, y=at(12), text=field("text")),
        ],
    }
