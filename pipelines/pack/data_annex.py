"""The data annex of the meeting pack: its tables with numbers as numbers.

Here: one sheet a table, from the same rows as the document.
Not here: the file itself (`ods`), and what is shown of a figure: that is as published.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.pack.charts import series_of
from pipelines.pack.definitions import definition_of, quarter_figures
from pipelines.pack.items import line_of, listed, name_of
from pipelines.pack.ods import Cell, Percentage, Sheet, write_ods
from pipelines.pack.paper import Paper, opened
from pipelines.pack.quarters import last_full_quarter
from pipelines.pack.register import Register, register_of
from pipelines.pack.summary import cover
from pipelines.wording import formats, signals
from pipelines.wording.figures import Figure, status_word
from pipelines.wording.rows import day_of, records, text_of
from pipelines.wording.signals import Entry


def write_data_annex(published: Path, target: Path) -> Path:
    """Write the data annex of a published file.

    Args:
        published: Published file of the platform.
        target: Spreadsheet to write; replaced in one step.

    Returns:
        The target.
    """
    with opened(published) as paper:
        words = paper.words
        quarter = last_full_quarter(paper.day)
        title = f"{words.text('pack.annex')} {formats.period(quarter, words)}"
        return write_ods(sheets(paper, quarter), title, words.language, target)


def sheets(paper: Paper, quarter: str) -> list[Sheet]:
    """Return the sheets.

    Args:
        paper: Published file of the platform.
        quarter: Quarter of the pack.
    """
    register, items = register_of(paper), listed(paper)
    return [
        _about(paper, quarter),
        _items(items, register, paper),
        _series(items, register, paper),
        _figures(register, paper, quarter),
        _definitions(register, paper),
        *_decisions(paper),
        *_recommendations(paper),
        *_changes(register, paper),
    ]


def _about(paper: Paper, quarter: str) -> Sheet:
    words, told = paper.words, cover(paper, quarter)
    lines: list[tuple[str, str]] = [(term, value) for term, value in told["terms"]]
    lines += [(words.text("pack.notice"), notice) for notice in told["notices"]]
    lines += [(told["cite_title"], told["cite"]), ("", words.text("pack.annex.symbols"))]
    name = words.text("pack.sheet.about")
    return Sheet(name, f"{told['title']} {told['quarter']}", ["", ""], lines)


def _items(items: Sequence[Entry], register: Register, paper: Paper) -> Sheet:
    words = paper.words
    columns = [
        "", words.text("decisions.field.indicator"), words.text("column.signal"),
        words.text("pack.column.strength"), words.text("series.measure"),
        words.text("column.period"), words.text("definition.unit"), words.text("column.value"),
        words.text("column.centre"), words.text("column.limit_lower"),
        words.text("column.limit_upper"), words.text("pack.column.change"),
        words.text("handoff.quality"),
    ]  # fmt: skip
    rows = [
        [
            float(number),
            name_of(item, register, paper),
            words.name("signal.variation", item.spoken["variation"]),
            words.text(f"signal.strength.{item.strength}"),
            signals.measure(item.spoken, words),
            formats.period(str(item.spoken["period"]), words),
            formats.unit_long(signals.unit_of(item.spoken), words),
            *(
                _number(item.spoken[name], signals.unit_of(item.spoken))
                for name in ("value", "centre", "lower", "upper")
            ),
            line_of(item, paper),
            words.name("quality", register.badge(item.indicator)),
        ]
        for number, item in enumerate(items, start=1)
    ]
    title = words.text("page.discussion")
    return Sheet(title, title, columns, rows)


def _series(items: Sequence[Entry], register: Register, paper: Paper) -> Sheet:
    words = paper.words
    columns = [
        words.text("decisions.field.indicator"), words.text("series.measure"),
        *_columns(paper), words.text("column.norm"), words.text("column.centre"),
        words.text("column.limit_lower"), words.text("column.limit_upper"),
    ]  # fmt: skip
    rows: list[list[Cell | Percentage]] = []
    for item in items:
        series = series_of(item.spoken, register, paper)
        for figure in series.figures:
            limits = series.limits.get(figure.period)
            lines = [getattr(limits, name, None) for name in ("centre", "lower", "upper")]
            rows.append(
                [
                    name_of(item, register, paper),
                    series.title,
                    *_cells(figure, paper),
                    *(
                        _number(value, figure.unit)
                        for value in (series.norms.get(figure.period), *lines)
                    ),
                ]
            )
    return Sheet(
        words.text("pack.sheet.series"), words.text("pack.sheet.series.text"), columns, rows
    )


def _figures(register: Register, paper: Paper, quarter: str) -> Sheet:
    words, figures_of = paper.words, quarter_figures(paper, quarter)
    rows: list[list[Cell | Percentage]] = []
    for name, entry in register.entries.items():
        for statistic, view, figure in figures_of.get(name, []):
            rows.append(
                [
                    text_of(entry, "handoff_id"),
                    words.label(entry) or name,
                    words.name("statistic", statistic),
                    words.name("view", view),
                    *_cells(figure, paper),
                    words.name("quality", register.badge(name)),
                ]
            )
    columns = [
        words.text("column.handoff"), words.text("decisions.field.indicator"),
        words.text("series.measure"), words.text("pack.column.view"), *_columns(paper),
        words.text("handoff.quality"),
    ]  # fmt: skip
    heading = words.text("pack.sheet.figures.text", quarter=formats.period(quarter, words))
    return Sheet(words.text("pack.sheet.figures"), heading, columns, rows)


def _definitions(register: Register, paper: Paper) -> Sheet:
    words = paper.words
    columns = [
        words.text("definition.id"), words.text("decisions.field.indicator"),
        words.text("column.numerator"), words.text("definition.denominator"),
        words.text("definition.title"), words.text("definition.unit"),
        words.text("definition.version"), words.text("column.from"),
    ]  # fmt: skip
    rows = [
        [
            name,
            words.label(entry),
            words.label(entry, "numerator"),
            words.label(entry, "denominator"),
            "\n".join(definition_of(entry, paper)),
            formats.unit_long(text_of(entry, "unit"), words),
            str(entry["version"]),
            day_of(entry["valid_from"]),
        ]
        for name, entry in register.entries.items()
    ]
    name = words.text("pack.sheet.definitions")
    return Sheet(name, name, columns, rows)


def _decisions(paper: Paper) -> Iterator[Sheet]:
    words, found = paper.words, records(paper.table("decision"))
    if not found:
        return
    columns = [
        words.text("pack.decisions.number"), words.text("decisions.field.kind"),
        words.text("decisions.field.noted_on"), words.text("column.handoff"),
        words.text("decisions.field.indicator"), words.text("decisions.field.question"),
        words.text("decisions.field.text"), words.text("decisions.field.owner"),
        words.text("decisions.field.due_on"), words.text("decisions.field.outcome"),
    ]  # fmt: skip
    rows = [
        [
            str(row["record_key"]),
            words.name("decisions.kind", text_of(row, "note_kind")),
            day_of(row["noted_on"]),
            text_of(row, "handoff_id"),
            text_of(row, "indicator_id"),
            text_of(row, "question"),
            text_of(row, "note"),
            words.name("decisions.owner", text_of(row, "owner")),
            day_of(row["due_on"]),
            words.name("decisions.outcome", text_of(row, "outcome")),
        ]
        for row in found
    ]
    title = words.text("page.decisions")
    yield Sheet(title, title, columns, rows)


def _recommendations(paper: Paper) -> Iterator[Sheet]:
    words, found = paper.words, records(paper.table("recommendation"))
    if not found:
        return
    columns = [
        words.text("pack.decisions.number"), words.text("column.source"),
        words.text("column.handoff"), words.text("decisions.field.owner"),
        words.text("decisions.field.outcome"), words.text("recommendations.age"),
        words.text("decisions.field.due_on"),
    ]  # fmt: skip
    rows = [
        [
            str(row["record_key"]),
            words.name("recommendations.source", text_of(row, "recommendation_source")),
            text_of(row, "handoff_id"),
            words.name("decisions.owner", text_of(row, "owner")),
            words.name("recommendations.state", text_of(row, "recommendation_state")),
            float(row["age_days"]),
            day_of(row["due_on"]),
        ]
        for row in found
    ]
    title = words.text("page.recommendations")
    yield Sheet(title, title, columns, rows)


def _changes(register: Register, paper: Paper) -> Iterator[Sheet]:
    """What differs from the previous publication, of the country: each part in a column."""
    words, found = paper.words, paper.table("change")
    own = found if found.empty else found[found["dimension"] == NATIONAL]
    if own.empty:
        return
    factors = ("definition", "late", "correction", "merge", "period", "joint")
    columns = [
        words.text("decisions.field.indicator"), words.text("series.measure"),
        words.text("pack.column.view"), words.text("column.period"),
        words.text("definition.unit"), words.text("change.was"), words.text("change.is"),
        *(words.text(f"change.factor.{factor}") for factor in factors[:-1]),
        words.text("change.together"),
    ]  # fmt: skip
    rows = [
        [
            words.label(register.entry(str(row["indicator"]))) or str(row["indicator"]),
            signals.measure(row, words),
            words.name("view", text_of(row, "view")),
            formats.period(str(row["period"]), words),
            formats.unit_long(signals.unit_of(row), words),
            *(
                _number(row[name], signals.unit_of(row))
                for name in ("old_value", "new_value", *(f"part_{factor}" for factor in factors))
            ),
        ]
        for row in records(own)
    ]
    title = words.text("change.title")
    yield Sheet(words.text("page.changes"), title, columns, rows)


def _columns(paper: Paper) -> list[str]:
    words = paper.words
    return [
        words.text("column.period"), words.text("definition.unit"), words.text("column.value"),
        words.text("pack.column.lower"), words.text("pack.column.upper"),
        words.text("column.numerator"), words.text("column.denominator"),
        words.text("column.provisional_lower"), words.text("column.provisional_upper"),
        words.text("column.status"),
    ]  # fmt: skip


def _cells(figure: Figure, paper: Paper) -> list[Cell | Percentage]:
    words = paper.words
    ends = (figure.value, figure.lower, figure.upper)
    provisional = (figure.provisional_lower, figure.provisional_upper)
    return [
        formats.period(figure.period, words),
        formats.unit_long(figure.unit, words),
        *(_number(value, figure.unit) for value in ends),
        figure.numerator,
        figure.denominator,
        *(_number(value, figure.unit) for value in provisional),
        status_word(figure.status, words),
    ]


def _number(value: object, unit: str) -> Cell | Percentage:
    if value is None or not formats.is_number(value) or pd.isna(value):
        return None
    return Percentage(float(value)) if unit in formats.SHARES else float(value)
