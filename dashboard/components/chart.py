"""The series chart: line, interval, limits, norm, gaps with their reason, number at risk beneath.

Here: how a series is drawn, and its description in words.
Not here: the figures, and which series a page shows.

Meaning is never in colour alone: lines have points, gaps have words, the norm has dashes and a
label, and the same figures stand in a table under the chart.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.components.limit_layers import (
    Limits,
    limit_columns,
    line_layers,
    rebase_layers,
    signal_layers,
)
from dashboard.components.mark_layers import ROOM, Mark, mark_columns, mark_layers
from dashboard.components.table import Column, show_data
from pipelines.wording import formats
from pipelines.wording.figures import (
    DURATIONS,
    OK,
    Figure,
    cell_of,
    change_of,
    interval_of,
    latest,
    place_in_period,
    status_word,
    words_of,
)
from pipelines.wording.language import Words

INK, SOFT, LINE, WASH = "#1d2b39", "#56636f", "#e2dfd7", "#f7f5f0"
BLUE, BAND, NORM = "#154273", "#d3e1ee", "#a8480a"
FONT = "Source Sans, Source Sans Pro, Segoe UI, Helvetica Neue, Arial, sans-serif"
_HEIGHT = 250
# An interval this many times the highest value is cut, with a mark, or the line becomes flat.
_CUT_AT = 2.0
# Shares up to here get a scale of their own, which their axis shows.
_SMALL_SHARE = 0.4
# More periods than this have a label at the year only, and no numbers beneath.
_MOST_LABELS = 24
# Pixels of a digit in the rows of numbers.
_CHARACTER_WIDTH = 7
# Words of gaps nearer to each other than this many periods would run together on a telephone.
_APART = 4
_LOCALES: Mapping[str, Mapping[str, Any]] = {
    "nl": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["€ ", ""]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""]},
}


@dataclass(frozen=True)
class Series:
    """What one chart shows.

    Attributes:
        key: Unique on the page; name of the download.
        title: What is measured, such as `Mediaan, cohort`.
        figures: Figures in order of period.
        norms: Norm value per period; a period without norm is absent.
        threshold: Least number of cases of a shown figure.
        limits: Limits per period, where the series has them.
        verdict: What the limits say of the newest figure, in words.
        breaks: Periods at whose beginning what is counted changed, with the word at each line.
        marks: Decisions and notes, by day.
        followed_until: Last day of which the deliveries tell, where the reference date is later.
    """

    key: str
    title: str
    figures: Sequence[Figure]
    norms: Mapping[str, float] = field(default_factory=dict)
    threshold: int | None = None
    limits: Mapping[str, Limits] = field(default_factory=dict)
    verdict: str = ""
    breaks: Mapping[str, str] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    followed_until: date | None = None

    @property
    def can_change(self) -> bool:
        """Whether one of the figures can still change."""
        return any(one.can_change for one in self.figures)

    @property
    def unit(self) -> str:
        """Unit of all figures."""
        return self.figures[0].unit if self.figures else ""


def show_series(series: Series, words: Words) -> None:
    """Put a chart on the page, with its data beneath."""
    st.altair_chart(
        series_chart(series, words),
        theme=None,
        width="stretch",
        key=f"chart_{series.key}",
        alt=description(series, words),
    )
    columns, rows = data_rows(series, words)
    show_data(series.title, columns, rows, series.key, words)


def description(series: Series, words: Words) -> str:
    """Say in words what a chart shows: span, newest figure, norm and gaps."""
    if not series.figures:
        return series.title
    sentences = [
        words.text(
            "chart.alt",
            title=series.title,
            first=formats.period(series.figures[0].period, words),
            last=formats.period(series.figures[-1].period, words),
        )
    ]
    newest = latest(series.figures)
    if newest is not None:
        interval = interval_of(newest, words)
        sentences.append(
            words.text(
                "chart.alt_latest",
                period=formats.period(newest.period, words),
                value=words_of(newest, words),
                interval=f" ({words.text('figure.interval', interval=interval)})"
                if interval
                else "",
            )
        )
        norm = series.norms.get(newest.period)
        if norm is not None:
            sentences.append(
                words.text("chart.alt_norm", norm=formats.with_unit(norm, series.unit, words))
            )
    if series.verdict:
        sentences.append(series.verdict)
    if series.followed_until is not None:
        sentences.append(formats.sentence(_followed_word(series, words)) + ".")
    sentences += [
        f"{formats.period(one.period, words)}: {change_of(one, words)}."
        for one in series.figures
        if one.can_change
    ]
    marked = words.text("decisions.field.text")
    sentences += [
        f"{marked} {mark.number}, {formats.day(mark.day, words)}: {mark.text}"
        for mark in series.marks
    ]
    sentences += [
        f"{formats.period(one.period, words)}: {status_word(one.status, words, series.threshold)}."
        for one in series.figures
        if one.status != OK
    ]
    return " ".join(sentences)


def data_rows(series: Series, words: Words) -> tuple[list[Column], list[list[str]]]:
    """Return the table under a chart; columns nobody filled are left out."""
    unit = formats.unit_name(series.unit, words)
    columns = [
        Column(words.text("column.period")),
        Column(f"{words.text('column.value')}{f' ({unit})' if unit else ''}", is_number=True),
        Column(words.text("column.lower"), is_number=True),
        Column(words.text("column.upper"), is_number=True),
        Column(words.text("column.numerator"), is_number=True),
        Column(words.text("column.denominator"), is_number=True),
        Column(words.text("column.at_risk"), is_number=True),
        Column(words.text("column.provisional_lower"), is_number=True),
        Column(words.text("column.provisional_upper"), is_number=True),
        Column(words.text("column.norm"), is_number=True),
        Column(words.text("column.centre"), is_number=True),
        Column(words.text("column.limit_lower"), is_number=True),
        Column(words.text("column.limit_upper"), is_number=True),
        Column(words.text("column.signal")),
        Column(words.text("column.status")),
    ]
    rows = [_data_row(series, one, words) for one in series.figures]
    kept = [
        index
        for index in range(len(columns))
        if index in {0, 1, len(columns) - 1} or any(row[index] for row in rows)
    ]
    return [columns[index] for index in kept], [[row[index] for index in kept] for row in rows]


def series_chart(series: Series, words: Words) -> alt.LayerChart:
    """Return the chart of a series, as wide as its place on the page."""
    shown = [one for one in series.figures if one.status == OK]
    top = _top(shown, series)
    frame = pd.DataFrame(_marks(series, top, words))
    axes = _Axes(series, top, words)
    base = alt.Chart(frame).encode(x=axes.x())
    gap, gap_word = _gap_layers(base)
    layers = [
        gap,
        *_band_layers(base, axes),
        *line_layers(base, axes.y),
        *_norm_layers(base, axes),
        *rebase_layers(base, axes.x(0), _HEIGHT),
        *_provisional_layers(base, axes, words),
        *_followed_layers(base, axes),
        *(mark_layers(base, _HEIGHT, words.text("decisions.field.text")) if series.marks else []),
        *_line_layers(base, axes, words),
        gap_word,
        *([] if axes.is_dense else _number_layers(base, series, words)),
    ]
    locale = {"number": _LOCALES[words.language]}
    chart = alt.layer(*layers).properties(
        width="container",
        height=_HEIGHT,
        # The height is that of the field: axis and numbers come on top of it.
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        padding={"left": 4, "right": 14, "top": 14 + (ROOM if series.marks else 0), "bottom": 8},
    )
    configured: alt.LayerChart = (
        chart.configure(font=FONT, background="#ffffff", locale=locale)
        .configure_view(stroke=None)
        .configure_axis(labelFont=FONT)
        .configure_text(font=FONT)
    )
    return configured


@dataclass(frozen=True)
class _Axes:
    """The axes that all layers share."""

    series: Series
    top: float
    words: Words

    @property
    def order(self) -> list[str]:
        return [one.period for one in self.series.figures]

    @property
    def is_dense(self) -> bool:
        """Whether there are too many periods to name each."""
        return len(self.series.figures) > _MOST_LABELS

    def x(self, position: float = 0.5) -> alt.X:
        """Return the axis of periods, at a place between the edges (0 and 1) of each."""
        return alt.X(
            "period:O",
            sort=self.order,
            bandPosition=position,
            scale=alt.Scale(type="band", paddingInner=0.12, paddingOuter=0.15),
            axis=alt.Axis(
                title=None,
                labelExpr=_label_expression(self.order, self.is_dense, self.words),
                labelAngle=0,
                labelColor=SOFT,
                labelFontSize=12,
                labelLineHeight=15,
                labelPadding=6,
                labelOverlap=False,
                ticks=False,
                domainColor="#9aa2a9",
            ),
        )

    def y(self, column: str) -> alt.Y:
        """Return the axis of values, for one column."""
        whole = "~f" if self.top >= 1 else "~g"
        return alt.Y(
            f"{column}:Q",
            scale=alt.Scale(domain=[0, self.top], nice=False),
            axis=alt.Axis(
                title=None,
                format=".0%" if self.series.unit in formats.SHARES else whole,
                tickCount=5,
                minExtent=46,
                labelColor=SOFT,
                labelFontSize=12,
                labelPadding=8,
                ticks=False,
                domain=False,
                gridColor=LINE,
            ),
        )


def _marks(series: Series, top: float, words: Words) -> list[dict[str, Any]]:
    """Return one row per period with everything the layers draw."""
    marks: list[dict[str, Any]] = []
    run = 0
    newest = latest(series.figures)
    periods = [each.period for each in series.figures]
    followed_period, _ = _followed_place(series)
    previous_ok = False
    group = 0
    for one in series.figures:
        limits = series.limits.get(one.period)
        group += limits is not None and limits.is_rebase
        is_ok = one.status == OK
        run += is_ok and not previous_ok
        previous_ok = is_ok
        upper = one.upper if one.upper is not None else top if one.lower is not None else None
        norm = series.norms.get(one.period)
        has_interval = one.has_interval and upper is not None
        marks.append(
            {
                "period": one.period,
                "period_label": formats.period(one.period, words),
                "value": one.value if is_ok else None,
                "lower": min(one.lower or 0.0, top) if has_interval else None,
                "upper": min(upper, top) if has_interval and upper is not None else None,
                "is_cut": has_interval and (one.upper is None or one.upper > top),
                "run": run,
                "is_ok": is_ok,
                # Without a value and without an interval there is nothing but the reason.
                "is_gap": not is_ok and not has_interval,
                "is_newest": one is newest,
                "norm": norm,
                "norm_label": _norm_label(series, one, words),
                "gap": "" if is_ok else status_word(one.status, words, series.threshold),
                "figure": words_of(one, words, series.threshold),
                "short_figure": cell_of(one, words, series.threshold),
                "interval": interval_of(one, words),
                "n": _count(one.denominator, words),
                "risk": _count(one.n_at_risk, words),
                "can_change": one.can_change,
                "provisional_lower": _within(one.provisional_lower, top),
                "provisional_upper": _within(one.provisional_upper, top),
                "change": change_of(one, words),
                "followed_word": _followed_word(series, words)
                if one.period == followed_period
                else "",
                **limit_columns(limits, group, top),
                **mark_columns(series.marks, periods, one.period),
            }
        )
        if one.period in series.breaks:
            marks[-1] |= {"is_rebase": True, "rebase_label": series.breaks[one.period]}
    for back, mark in enumerate(reversed(marks)):
        mark["from_newest"] = back
    for mark, word in zip(marks, _gap_words([str(mark["gap"]) for mark in marks]), strict=True):
        mark["gap_word"] = word
    sizes = pd.Series([mark["run"] for mark in marks if mark["is_ok"]]).value_counts()
    for mark in marks:
        mark["is_alone"] = not mark["is_ok"] or sizes.get(mark["run"], 0) == 1
    return marks


def _within(value: float | None, top: float) -> float | None:
    return None if value is None else min(max(value, 0.0), top)


def _followed_place(series: Series) -> tuple[str, float]:
    """Period in which the deliveries end, and how much of it was over; no period where none is."""
    if series.followed_until is None:
        return "", 0.0
    for one in series.figures:
        place = place_in_period(series.followed_until, one.period)
        if place is not None:
            return one.period, place
    return "", 0.0


def _followed_word(series: Series, words: Words) -> str:
    day = series.followed_until
    return "" if day is None else words.text("followed.chart", day=formats.day(day, words))


def _gap_words(reasons: Sequence[str]) -> list[str]:
    """Where each reason is written: in the middle of a run of gaps, and not again right beside it.

    Args:
        reasons: Why there is no figure, by period; empty where there is one.
    """
    words = [""] * len(reasons)
    said: dict[str, int] = {}
    place = 0
    for reason, run in itertools.groupby(reasons):
        length = len(list(run))
        middle = place + (length - 1) // 2
        if reason and middle - said.get(reason, -_APART) >= _APART:
            words[middle] = reason
            said[reason] = middle
        place += length
    return words


def _gap_layers(base: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    gaps = base.transform_filter("!datum.is_ok")
    rectangle = (
        gaps.transform_filter("datum.is_gap")
        .mark_rect(fill=WASH, stroke="#c9c4b8", strokeDash=[3, 3], strokeWidth=1, cornerRadius=2)
        .encode(y=alt.value(0), y2=alt.value(_HEIGHT))
    )
    word = gaps.mark_text(
        angle=270,
        align="left",
        baseline="middle",
        dx=8,
        fontSize=12,
        color=SOFT,
        fontStyle="italic",
    ).encode(y=alt.value(_HEIGHT), text="gap_word:N")
    return rectangle, word


def _band_layers(base: alt.Chart, axes: _Axes) -> list[alt.Chart]:
    known = base.transform_filter("datum.lower !== null && datum.upper !== null")
    lower = axes.y("lower")
    band = (
        known.transform_filter("datum.is_ok")
        .mark_area(color=BAND, opacity=0.85)
        .encode(y=lower, y2="upper:Q", detail="run:N")
    )
    # An area over one period has no width.
    alone = (
        known.transform_filter("datum.is_alone")
        .mark_rule(color=BAND, strokeWidth=10)
        .encode(y=lower, y2="upper:Q")
    )
    cut = (
        base.transform_filter("datum.is_cut")
        .mark_point(shape="triangle-up", size=34, color=SOFT, filled=True)
        .encode(y=alt.value(3))
    )
    return [band, alone, cut]


def _provisional_layers(base: alt.Chart, axes: _Axes, words: Words) -> list[alt.Chart]:
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
            y=axes.y("provisional_lower"), y2="provisional_upper:Q", tooltip=tooltip,
        )
    ] if axes.series.can_change else []  # fmt: skip


def _followed_layers(base: alt.Chart, axes: _Axes) -> list[alt.Chart]:
    """Return the upright line at the day on which the deliveries end, with a word at it."""
    period, place = _followed_place(axes.series)
    if not period:
        return []
    ended = base.transform_filter("datum.followed_word != ''").encode(x=axes.x(place))
    line = ended.mark_rule(color=SOFT, strokeDash=[2, 3], strokeWidth=1.6).encode(
        y=alt.value(0), y2=alt.value(_HEIGHT)
    )
    style: dict[str, Any] = {"align": "right", "baseline": "top", "dx": -5, "fontSize": 12}
    halo = ended.mark_text(stroke="#ffffff", strokeWidth=4, strokeJoin="round", **style)
    word = ended.mark_text(color=SOFT, fontWeight=600, **style)
    at = {"y": alt.value(4), "text": "followed_word:N"}
    return [line, halo.encode(**at), word.encode(**at)]


def _norm_layers(base: alt.Chart, axes: _Axes) -> list[alt.Chart]:
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
    halo = labelled.mark_text(stroke="#ffffff", strokeWidth=4, strokeJoin="round", **style)
    halo = halo.encode(x=axes.x(0), y=at, text="norm_label:N")
    label = labelled.mark_text(color=NORM, **style).encode(x=axes.x(0), y=at, text="norm_label:N")
    return [line, halo, label]


def _line_layers(base: alt.Chart, axes: _Axes, words: Words) -> list[alt.Chart]:
    known = base.transform_filter("datum.is_ok")
    y = axes.y("value")
    tooltip = [
        alt.Tooltip("period_label:N", title=words.text("column.period")),
        alt.Tooltip("figure:N", title=words.text("column.value")),
        alt.Tooltip("interval:N", title=words.text("column.interval")),
        alt.Tooltip("n:N", title=words.text("column.denominator")),
    ]
    line = known.mark_line(color=BLUE, strokeWidth=2.2, interpolate="linear").encode(
        y=y, detail="run:N"
    )
    points = known.mark_point(
        shape="circle", filled=True, fill="#ffffff", stroke=BLUE, strokeWidth=2, size=46, opacity=1
    ).encode(y=y, tooltip=tooltip)
    newest = known.transform_filter("datum.is_newest")
    dot = newest.mark_point(shape="circle", filled=True, color=BLUE, size=90, opacity=1).encode(
        y=y, tooltip=tooltip
    )
    halo = newest.mark_text(
        dy=-15, fontSize=14, fontWeight=700, stroke="#ffffff", strokeWidth=4, strokeJoin="round"
    ).encode(y=y, text="short_figure:N")
    value = newest.mark_text(dy=-15, fontSize=14, fontWeight=700, color=INK).encode(
        y=y, text="short_figure:N"
    )
    flagged = signal_layers(base, y, tooltip)
    return [line, points, dot, *flagged, halo, value]


def _number_layers(base: alt.Chart, series: Series, words: Words) -> list[alt.Chart]:
    """Return the rows of numbers beneath the axis, each with its heading at the left."""
    layers: list[alt.Chart] = []
    place = _HEIGHT + 54
    rows = {
        name: [getattr(one, attribute) for one in series.figures]
        for attribute, name in (("denominator", "n"), ("n_at_risk", "risk"))
    }
    opacity = _where_there_is_room(
        [[_count(one, words) for one in numbers] for numbers in rows.values()]
    )
    for name, numbers in rows.items():
        if all(one is None for one in numbers):
            continue
        layers.append(
            base.mark_text(fontSize=11.5, color=SOFT, baseline="middle", opacity=opacity).encode(
                y=alt.value(place), text=f"{name}:N"
            )
        )
        heading = pd.DataFrame({"text": [words.text(f"chart.row_{name}")]})
        layers.append(
            alt.Chart(heading)
            .mark_text(align="right", baseline="middle", fontSize=11.5, color=SOFT,
                       fontStyle="italic")
            .encode(x=alt.value(-8), y=alt.value(place), text="text:N")
        )  # fmt: skip
        place += 19
    return layers


def _where_there_is_room(rows: Sequence[Sequence[str]]) -> alt.ExprRef:
    """Return the opacity of rows of texts: where it is narrow, one in so many is shown."""
    wanted = (max(len(text) for row in rows for text in row) + 1) * _CHARACTER_WIDTH
    step = f"max(1, ceil({wanted * len(rows[0])} / width))"
    return alt.ExprRef(f"(datum.from_newest % {step}) == 0 ? 1 : 0")


def _label_expression(order: Sequence[str], dense: bool, words: Words) -> str:
    """Return what stands at the axis: the period, and the year under its first period.

    A year of which only the last period is shown has no room of its own beside the next one.
    """
    labels: list[str] = []
    year_before = ""
    parts = [formats.period_parts(code, words) for code in order]
    for code, (short, year), (_, year_after) in zip(
        order, parts, [*parts[1:], *parts[-1:]], strict=True
    ):
        has_room = bool(year_before) or year_after == year
        second = year if year != year_before and has_room else ""
        first = "" if dense and year and not second else short
        year_before = year
        labels.append(f"'{code}': ['{first}', '{second}']" if year else f"'{code}': ['{first}']")
    return "({" + ", ".join(labels) + "})[datum.value]"


def _norm_label(series: Series, figure: Figure, words: Words) -> str:
    """Name the norm where it starts and wherever it changes."""
    norm = series.norms.get(figure.period)
    if norm is None:
        return ""
    place = list(series.figures).index(figure)
    before = series.norms.get(series.figures[place - 1].period) if place else None
    if norm == before:
        return ""
    return words.text("chart.norm", norm=formats.with_unit(norm, series.unit, words))


def _top(shown: Sequence[Figure], series: Series) -> float:
    """Return the top of the scale: room for values and norm, and for intervals up to a point."""
    if series.unit in formats.SHARES:
        highest = max(
            [one.upper or one.value or 0.0 for one in shown] + _upper_limits(series), default=1.0
        )
        return 1.0 if highest > _SMALL_SHARE else max(0.1, 1.15 * highest)
    values = [one.value or 0.0 for one in shown] + list(series.norms.values())
    values += _upper_limits(series)
    values += [one.provisional_upper for one in shown if one.provisional_upper is not None]
    # A quantile that was not reached lies somewhere above its lower end.
    values += [one.lower for one in series.figures if one.status != OK and one.lower is not None]
    highest = max(values, default=1.0) or 1.0
    intervals = [one.upper for one in shown if one.upper is not None]
    return 1.12 * max(highest, min(max(intervals, default=0.0), _CUT_AT * highest))


def _upper_limits(series: Series) -> list[float]:
    """Upper limits of the periods shown; a share cannot exceed 1, whatever its limit says."""
    shown = (series.limits.get(one.period) for one in series.figures)
    return [one.upper for one in shown if one is not None and one.upper is not None]


def _data_row(series: Series, one: Figure, words: Words) -> list[str]:
    is_ok = one.status == OK
    norm = series.norms.get(one.period)
    limits = series.limits.get(one.period)

    def line(name: str) -> str:
        value = None if limits is None else getattr(limits, name)
        return "" if value is None else formats.quantity(value, one.unit, words)

    def end(value: float | None) -> str:
        if value is not None:
            return formats.quantity(value, one.unit, words)
        # Open at one end: said in words, so that it is not taken for forgotten.
        open_end = one.has_interval and one.unit in DURATIONS
        return words.text("status.not_reached") if open_end else ""

    return [
        formats.period(one.period, words),
        cell_of(one, words, series.threshold) if is_ok else "",
        end(one.lower),
        end(one.upper),
        _count(one.numerator, words),
        _count(one.denominator, words),
        _count(one.n_at_risk, words),
        end(one.provisional_lower) if one.can_change else "",
        end(one.provisional_upper) if one.can_change else "",
        "" if norm is None else formats.with_unit(norm, series.unit, words),
        line("centre"),
        line("lower"),
        line("upper"),
        _signal(limits, words),
        status_word(one.status, words, series.threshold),
    ]


def _signal(limits: Limits | None, words: Words) -> str:
    """Name the rule that flags a point, and which way."""
    if limits is None or limits.rule == "none":
        return ""
    rule, kind = words.text(f"rule.{limits.rule}"), limits.variation
    return f"{words.text(f'signal.variation.{kind}')}: {rule}"


def _count(value: float | None, words: Words) -> str:
    return "" if value is None else formats.number(value, words)
