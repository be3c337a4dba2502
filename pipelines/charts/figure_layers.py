"""The layers of the figures themselves: gaps, intervals, norm, line, numbers beneath.

Here: how each looks.
Not here: what a control chart adds (`limit_layers`), dated marks (`mark_layers`), and the rows they
are drawn from (`rows`).
"""

from collections.abc import Sequence

from pipelines.charts.axes import Axes
from pipelines.charts.grammar import WORD, Spec, at, at_foot, field, haloed, layer, tooltip
from pipelines.charts.limit_layers import signal_layers
from pipelines.charts.series import count_text, followed_place
from pipelines.charts.style import BAND, BLUE, BLUE_MID, EDGE, INK, NORM, PAPER, SOFT, WASH
from pipelines.wording.language import Words

# Pixels of a digit in the rows of numbers.
_CHARACTER_WIDTH = 7
_KNOWN = "datum.is_ok"
_UNKNOWN = "!datum.is_ok"
_WITH_INTERVAL = "datum.lower !== null && datum.upper !== null"


def gap_layers(axes: Axes) -> tuple[Spec, Spec]:
    """Return the dashed field of a period without figure, and its reason."""
    x = axes.x()
    dashed = {
        "fill": WASH, "stroke": EDGE, "strokeDash": [3, 3], "strokeWidth": 1, "cornerRadius": 2,
    }  # fmt: skip
    upright = {
        "angle": 270, "align": "left", "baseline": "middle", "dx": 8, "fontSize": 12,
        "color": SOFT, "fontStyle": "italic",
    }  # fmt: skip
    return (
        layer("rect", dashed, _UNKNOWN, "datum.is_gap", x=x, y=at(0), y2=at_foot()),
        layer("text", upright, _UNKNOWN, x=x, y=at_foot(), text=field("gap_word")),
    )


def band_layers(axes: Axes) -> list[Spec]:
    """Return the intervals, with a mark where one is cut off."""
    x = axes.x()
    ends = {"x": x, "y": axes.y("lower"), "y2": {"field": "upper"}}
    band = {"color": BAND, "stroke": BLUE_MID, "strokeWidth": 0.8}
    cut = {"shape": "triangle-up", "size": 34, "color": SOFT, "filled": True}
    return [
        layer("area", band, _WITH_INTERVAL, _KNOWN, **ends, detail=field("run")),
        # An area over one period has no width.
        layer("rule", {"color": BAND, "strokeWidth": 10}, _WITH_INTERVAL, "datum.is_alone", **ends),
        layer("point", cut, "datum.is_cut", x=x, y=at(3)),
    ]


def provisional_layers(axes: Axes, words: Words) -> list[Spec]:
    """Return a dashed box around every figure that can still change, as high as it may come."""
    if not axes.series.can_change:
        return []
    box = {
        "filled": False, "stroke": INK, "strokeWidth": 1.2, "strokeDash": [3, 2], "cornerRadius": 2,
    }  # fmt: skip
    said = tooltip(period_label=words.text("column.period"), change=words.text("column.value"))
    return [
        layer(
            "rect", box, "datum.can_change", x=axes.x(0.2),
            x2={"field": "period", "bandPosition": 0.8}, y=axes.y("provisional_lower"),
            y2={"field": "provisional_upper"}, tooltip=said,
        )
    ]  # fmt: skip


def followed_layers(axes: Axes) -> list[Spec]:
    """Return the upright line at the day on which the deliveries end, with a word at it."""
    period, place = followed_place(axes.series)
    if not period:
        return []
    x, ended = axes.x(place), "datum.followed_word != ''"
    dashed = {"color": SOFT, "strokeDash": [2, 3], "strokeWidth": 1.6}
    style = {**WORD, "align": "right", "baseline": "top", "dx": -5}
    return [
        layer("rule", dashed, ended, x=x, y=at(0), y2=at_foot()),
        *haloed(SOFT, style, ended, x=x, y=at(4), text=field("followed_word")),
    ]


def norm_layers(axes: Axes) -> list[Spec]:
    """Return the norm, with its name where it starts or changes."""
    x, y, end = axes.x(0), axes.y("norm"), {"field": "period", "bandPosition": 1}
    normed = "datum.norm !== null && isValid(datum.norm)"
    dashed = {"color": NORM, "strokeDash": [6, 4], "strokeWidth": 1.6}
    style = {**WORD, "align": "left", "baseline": "bottom", "dy": -4}
    return [
        layer("rule", dashed, normed, x=x, x2=end, y=y),
        *haloed(NORM, style, "datum.norm_label != ''", x=x, y=y, text=field("norm_label")),
    ]


def figure_layers(axes: Axes, words: Words) -> list[Spec]:
    """Return line and points, those that stand out, and the newest figure with its value."""
    place = {"x": axes.x(), "y": axes.y("value")}
    said = tooltip(
        period_label=words.text("column.period"),
        figure=words.text("column.value"),
        interval=words.text("column.interval"),
        n=words.text("column.denominator"),
    )
    newest = (_KNOWN, "datum.is_newest")
    line = {"color": BLUE, "strokeWidth": 2.2, "interpolate": "linear"}
    circle = {"shape": "circle", "filled": True, "opacity": 1}
    hollow = {**circle, "fill": PAPER, "stroke": BLUE, "strokeWidth": 2, "size": 46}
    value = {"dy": -15, "fontSize": 14, "fontWeight": 700}
    return [
        layer("line", line, _KNOWN, **place, detail=field("run")),
        layer("point", hollow, _KNOWN, **place, tooltip=said),
        layer("point", {**circle, "color": BLUE, "size": 90}, *newest, **place, tooltip=said),
        *signal_layers(**place, tooltip=said),
        *haloed(INK, value, *newest, **place, text=field("short_figure")),
    ]


def number_layers(axes: Axes, words: Words) -> list[Spec]:
    """Return the rows of numbers beneath the axis, each with its heading at the left."""
    layers: list[Spec] = []
    below = 54
    rows = {
        name: [getattr(figure, attribute) for figure in axes.series.figures]
        for attribute, name in (("denominator", "n"), ("n_at_risk", "risk"))
    }
    opacity = _where_there_is_room(
        [[count_text(number, words) for number in numbers] for numbers in rows.values()]
    )
    style = {"fontSize": 11.5, "color": SOFT, "baseline": "middle"}
    for name, numbers in rows.items():
        if all(number is None for number in numbers):
            continue
        row = layer(
            "text", {**style, "opacity": opacity}, x=axes.x(), y=at_foot(below), text=field(name)
        )
        heading = layer(
            "text", {**style, "align": "right", "fontStyle": "italic"},
            x=at(-8), y=at_foot(below), text=field("text"),
        )  # fmt: skip
        heading["data"] = {"values": [{"text": words.text(f"chart.row_{name}")}]}
        layers += [row, heading]
        below += 19
    return layers


def _where_there_is_room(rows: Sequence[Sequence[str]]) -> Spec:
    """Return the opacity of rows of texts: where it is narrow, one in so many is shown."""
    wanted = (max(len(text) for row in rows for text in row) + 1) * _CHARACTER_WIDTH
    step = f"max(1, ceil({wanted * len(rows[0])} / width))"
    return {"expr": f"(datum.from_newest % {step}) == 0 ? 1 : 0"}
