"""The series chart on a page, with what it shows in a sentence and its data beneath.

Here: the chart, its sentence, and the table of the same figures under it.
Not here: the drawing and its words (`pipelines.charts`), and the chart as a file (`chart_file`).
"""

import streamlit as st

from dashboard.components.reading import said
from dashboard.components.table import Column, show_data
from pipelines.charts.drawing import series_chart
from pipelines.charts.limit_layers import Limits
from pipelines.charts.series import Series, count_text
from pipelines.charts.words import description, sentence
from pipelines.wording import formats
from pipelines.wording.figures import (
    DURATIONS,
    OK,
    Figure,
    cell_of,
    status_word,
)
from pipelines.wording.language import Words


def show_series(series: Series, words: Words) -> None:
    """Put a chart on the page, with its data beneath."""
    st.vega_lite_chart(
        spec=series_chart(series, words),
        theme=None,
        width="stretch",
        key=f"chart_{series.key}",
        alt=description(series, words),
    )
    st.html(said(sentence(series, words)))
    columns, rows = data_rows(series, words)
    show_data(series.title, columns, rows, series.key, words)


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
    rows = [_data_row(series, figure, words) for figure in series.figures]
    kept = [
        index
        for index in range(len(columns))
        if index in {0, 1, len(columns) - 1} or any(row[index] for row in rows)
    ]
    return [columns[index] for index in kept], [[row[index] for index in kept] for row in rows]


def _data_row(series: Series, figure: Figure, words: Words) -> list[str]:
    is_ok = figure.status == OK
    norm = series.norms.get(figure.period)
    limits = series.limits.get(figure.period)

    def line(name: str) -> str:
        value = None if limits is None else getattr(limits, name)
        return "" if value is None else formats.quantity(value, figure.unit, words)

    # Open at one end: said in words, so that it is not taken for forgotten.
    is_open = figure.has_interval and figure.unit in DURATIONS
    not_reached = words.text("status.not_reached") if is_open else ""
    lower, upper = formats.ends(figure.lower, figure.upper, figure.unit, words)
    can_become = (figure.provisional_lower, figure.provisional_upper)
    least, most = formats.ends(*can_become, figure.unit, words)

    return [
        formats.period(figure.period, words),
        cell_of(figure, words) if is_ok else "",
        lower or not_reached,
        upper or not_reached,
        count_text(figure.numerator, words),
        count_text(figure.denominator, words),
        count_text(figure.n_at_risk, words),
        least if figure.can_change else "",
        most if figure.can_change else "",
        "" if norm is None else formats.with_unit(norm, series.unit, words),
        line("centre"),
        line("lower"),
        line("upper"),
        _signal(limits, words),
        status_word(figure.status, words),
    ]


def _signal(limits: Limits | None, words: Words) -> str:
    """Name the rule that flags a point, and which way."""
    if limits is None or limits.rule == "none":
        return ""
    rule, kind = words.text(f"rule.{limits.rule}"), limits.variation
    return f"{words.text(f'signal.variation.{kind}')}: {rule}"
