"""Every figure and its definition in the annex of the meeting pack.

Here: per family the indicators of the register, each with its figures of the quarter, what they
count and since which version.
Not here: how a figure is written (`pipelines.wording`), and layout (`pack.typ`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.pack.handoffs import figure_text
from pipelines.pack.paper import Paper
from pipelines.pack.register import Register
from pipelines.wording import formats
from pipelines.wording.figures import Figure, figures, select
from pipelines.wording.measures import headline_view, measures_of
from pipelines.wording.names import ends_of_clock, family_name
from pipelines.wording.rows import Row, day_of, text_of


class Headline(NamedTuple):
    """A figure of a measure, in the view that a reader sees first."""

    statistic: str
    view: str
    figure: Figure


def definitions(paper: Paper, register: Register, quarter: str) -> dict[str, Any]:
    """Return the section.

    Args:
        paper: Published file of the platform.
        register: What is known of indicators.
        quarter: Quarter whose figures are told.

    Returns:
        `title`, `text`, `columns`, and `families`, each with a label and rows.
    """
    words, figures_of = paper.words, quarter_figures(paper, quarter)
    members = paper.table("dimension_member", "dimension, sort_order")
    families: dict[str, list[list[str]]] = {}
    for name, entry in register.entries.items():
        family = formats.sentence(family_name(text_of(entry, "family"), members, words))
        families.setdefault(family, []).append(_row(entry, figures_of.get(name, []), paper))
    return {
        "title": words.text("pack.definitions"),
        "text": words.text("pack.definitions.text", quarter=formats.period(quarter, words)),
        "generic": _generic(register, paper),
        "columns": [
            words.text("decisions.field.indicator"),
            words.text("change.figure"),
            words.text("column.denominator"),
            words.text("definition.title"),
        ],
        "families": [{"label": label, "rows": rows} for label, rows in families.items()],
    }


def quarter_figures(paper: Paper, quarter: str) -> dict[str, list[Headline]]:
    """Return the national figures of a quarter by the gross clock, by indicator.

    Args:
        paper: Published file of the platform.
        quarter: The quarter.
    """
    results = paper.table("result")
    is_told = (results["dimension"] == NATIONAL) & (results["clock"] == "gross")
    is_told &= (results["period_grain"] == "quarter") & (results["period"] == quarter)
    return {
        str(indicator): list(_headlines(rows))
        for indicator, rows in results[is_told].groupby("indicator")
    }


def _headlines(rows: pd.DataFrame) -> Iterator[Headline]:
    for statistic in measures_of(rows):
        view = headline_view(rows, statistic)
        for figure in figures(select(rows, statistic, view=view, grain="quarter")):
            yield Headline(statistic, view, figure)


def definition_of(entry: Row, paper: Paper) -> list[str]:
    """Say what an indicator counts, of what, by which clock and since which version.

    Args:
        entry: Its row of the register.
        paper: The file.

    Returns:
        Lines; of one that is made from a hand-off alone without what is the same for all of them.
    """
    words = paper.words
    start = day_of(entry["valid_from"])
    lines = [
        *([] if bool(entry["is_generic"]) else _counted(entry, paper)),
        (words.text("definition.clock"), _clock(entry, paper)),
        (
            words.text("definition.version"),
            words.text(
                "definition.version_from",
                version=entry["version"],
                start=formats.day(start, words) if start else "",
            ),
        ),
    ]
    return [f"{term}: {text}" for term, text in lines if text]


def _counted(entry: Row, paper: Paper) -> list[tuple[str, str]]:
    words = paper.words
    return [
        (words.text("column.numerator"), words.label(entry, "numerator")),
        (words.text("definition.denominator"), words.label(entry, "denominator")),
    ]


def _clock(entry: Row, paper: Paper) -> str:
    """Between which milestones its clock runs; empty where one has no name for people."""
    handoff = paper.row_of("handoff", "handoff_id", text_of(entry, "handoff_id"))
    ends = ends_of_clock(entry, handoff)
    if ends is None:
        return ""
    start, stop = (
        paper.words.label(paper.row_of("milestone", "milestone", milestone)) for milestone in ends
    )
    if not start or not stop:
        return ""
    return paper.words.text("definition.clock_from_to", start=start, stop=stop)


def _generic(register: Register, paper: Paper) -> list[str]:
    """What indicators that are made from a hand-off alone count: once for each kind."""
    words = paper.words
    said = {
        kind: "; ".join(f"{term.lower()}: {text}" for term, text in _counted(entry, paper))
        for kind, entry in reversed(
            [(str(row["kind"]), row) for row in register.entries.values() if row["is_generic"]]
        )
    }
    return [f"{words.name('pack.kind', kind)}: {text}." for kind, text in reversed(said.items())]


def _row(entry: Row, headlines: list[Headline], paper: Paper) -> list[str]:
    words = paper.words
    said, counted = [], []
    for statistic, view, figure in headlines:
        measure = words.text("pack.measure", measure=words.name("statistic", statistic),
                             view=words.name("view", view))  # fmt: skip
        said.append(f"{measure}: {figure_text(figure, paper, without='figure.none')}")
        n = "–" if figure.denominator is None else formats.number(figure.denominator, words)
        counted.append(n)
    name = " · ".join(filter(None, (text_of(entry, "handoff_id"), words.label(entry))))
    return [
        name or str(entry["indicator"]),
        "\n".join(said) or words.text("figure.none"),
        " / ".join(dict.fromkeys(counted)),
        "\n".join(definition_of(entry, paper)),
    ]
