"""What was measured of the methods themselves, as tables on the methods page.

Here: how often intervals hold the truth and bands what figures become, how far agreement first
given lies from what it becomes, what a late table does to figures, how often the list for
discussion is wrong and right, how often a member lies beyond the limits of its funnel, and what
protection leaves of what there is to show.
Not here: the figures (`dashboard.measured`); what has not been measured has no table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dashboard.components.markup import escape
from dashboard.components.page import Page, folded_section
from dashboard.components.table import Column, table
from dashboard.measured import Measured, measured
from pipelines.wording import formats
from pipelines.wording.language import Words

COVERAGE, SIGNALS, LISTS, FUNNEL = "coverage", "signals", "lists", "funnel"
REVISIONS, FIRST_SEEN, LATE = "revisions", "first_seen", "late"
DISCLOSURE = "disclosure"
# The table of the file that must be there: who gets no list has none that could be wrong.
_OF_TABLES = {SIGNALS: "signal", LISTS: "signal", FUNNEL: "funnel"}
# Fewer cohorts than this show the figure: its coverage is no figure of its own.
FEWEST_SHOWN = 200


def show_measured_section(page: Page) -> None:
    """Put what was measured on the page; nothing where nothing was."""
    words = page.words
    tables = [
        make(found, words)
        for name, make in TABLES.items()
        if (found := measured(name)) is not None
        and (name not in _OF_TABLES or page.publication.has(_OF_TABLES[name]))
    ]
    if tables:
        folded_section(
            words.text("measured.title"), "".join(tables), words.text("measured.text"),
            anchor="gemeten",
        )  # fmt: skip


def coverage_table(found: Measured, words: Words) -> str:
    """Return how often intervals hold the truth, per figure and share of open cases."""
    shares = sorted({float(row["open"]) for row in found.rows})
    columns = [
        Column(words.text("measured.figure")),
        *(
            Column(words.text("measured.open", n=formats.quantity(share, "share", words)), True)
            for share in shares
        ),
    ]
    rows = [
        [
            escape(figure_name(figure, words)),
            *(
                _range(
                    [
                        row
                        for row in found.rows
                        if row["figure"] == figure and float(row["open"]) == share
                    ],
                    words,
                )
                for share in shares
            ),
        ]
        for figure in dict.fromkeys(str(row["figure"]) for row in found.rows)
    ]
    sizes = ", ".join(str(size) for size in sorted({int(row["n"]) for row in found.rows}))
    return _titled(words.text("measured.coverage"), columns, rows) + _origin(
        found, words.text("measured.coverage.text", sizes=sizes, fewest=FEWEST_SHOWN), words
    )


def lists_table(found: Measured, words: Words) -> str:
    """Return what each audience's list holds on whole chains, with and without stories."""
    audiences = list(dict.fromkeys(str(row["audience"]) for row in found.rows))
    columns = [
        Column(words.text("measured.question")),
        *(
            Column(words.text(heading, audience=words.text(f"audience.{audience}")), is_number=True)
            for audience in audiences
            for heading in ("measured.of_audience", "measured.interval_of_audience")
        ),
        Column(words.text("measured.n"), is_number=True),
    ]
    rows = []
    for question in dict.fromkeys(str(row["question"]) for row in found.rows):
        figures = {str(row["audience"]): row for row in found.rows if row["question"] == question}
        cells = [
            cell
            for audience in audiences
            for cell in _value_and_interval(figures.get(audience), words)
        ]
        n = " / ".join(
            dict.fromkeys(formats.number(float(row["n"]), words) for row in figures.values())
        )
        rows.append([escape(words.text(f"measured.{question}")), *cells, escape(n)])
    return _titled(words.text("measured.lists"), columns, rows) + _origin(
        found, words.text("measured.lists.text"), words
    )


def answers_table(found: Measured, words: Words) -> str:
    """Return the answers to the questions of a measurement, each with its interval."""
    columns = [
        Column(words.text("measured.question")),
        Column(words.text("column.value"), is_number=True),
        Column(words.text("column.interval"), is_number=True),
        Column(words.text("measured.n"), is_number=True),
    ]
    rows = [
        [
            escape(words.text(f"measured.{row['question']}")),
            *_value_and_interval(row, words),
            escape(formats.number(float(row["n"]), words)),
        ]
        for row in found.rows
    ]
    title, text = (words.text(f"measured.{found.name}{part}") for part in ("", ".text"))
    return _titled(title, columns, rows) + _origin(found, text, words)


def _value_and_interval(row: Mapping[str, Any] | None, words: Words) -> tuple[str, str]:
    """Two cells; empty where nothing was measured."""
    if row is None:
        return "", ""
    unit = str(row["unit"])
    return (
        escape(formats.quantity(float(row["value"]), unit, words)),
        escape(formats.interval(row["lower"], row["upper"], unit, words)),
    )


def funnel_table(found: Measured, words: Words) -> str:
    """Return how often members lie beyond the outer limits, by how much they really differ."""
    ways = list(dict.fromkeys(str(row["limits"]) for row in found.rows))
    columns = [
        Column(words.text("measured.spread")),
        *(Column(words.text(f"measured.limits.{way}"), is_number=True) for way in ways),
    ]
    rows = [
        [
            escape(words.text("definition.points", n=formats.number(100 * spread, words))),
            *(
                escape(
                    " / ".join(
                        formats.number(100 * float(row[half]), words, 1)
                        for half in ("smaller", "larger")
                    )
                )
                for way in ways
                for row in found.rows
                if float(row["spread"]) == spread and row["limits"] == way
            ),
        ]
        for spread in dict.fromkeys(float(row["spread"]) for row in found.rows)
    ]
    text = words.text("measured.funnel.text")
    return _titled(words.text("measured.funnel"), columns, rows) + _origin(found, text, words)


def disclosure_table(found: Measured, words: Words) -> str:
    """Return which part of its lines each audience is shown, and how far rounding moved them."""
    columns = [
        Column(words.text("measured.audience")),
        Column(words.text("measured.cases_a_year"), is_number=True),
        Column(words.text("measured.figure")),
        Column(words.text("measured.lines_shown"), is_number=True),
        Column(words.text("measured.moved"), is_number=True),
    ]
    rows = []
    for audience, cases, of in dict.fromkeys(
        (str(row["audience"]), int(row["cases"]), str(row["of"])) for row in found.rows
    ):
        shown = [
            (float(row["lines"]), float(row["off_by"]))
            for row in found.rows
            if (row["audience"], row["cases"], row["of"]) == (audience, cases, of)
            and row["off_by"] is not None
        ]
        lines = sum(share for share, _ in shown)
        moved = ""
        if shown:
            mean = formats.number(sum(share * off for share, off in shown) / lines, words, 1)
            moved = words.text(f"measured.moved.{of}", n=mean)
        rows.append(
            [
                escape(words.text(f"audience.{audience}")),
                escape(formats.number(cases, words)),
                escape(words.text(f"measured.of.{of}")),
                escape(formats.quantity(lines, "share", words)),
                escape(moved),
            ]
        )
    text = words.text("measured.disclosure.text")
    return _titled(words.text("measured.disclosure"), columns, rows) + _origin(found, text, words)


def figure_name(figure: str, words: Words) -> str:
    """Name a figure of which coverage was measured: `share within norm 0.5` with its true value."""
    name, _, truth = figure.rpartition(" ")
    if not truth[:1].isdigit():
        return words.text(f"measured.figure.{figure.replace(' ', '_')}")
    share = formats.quantity(float(truth), "share", words)
    return words.text(f"measured.figure.{name.replace(' ', '_')}", truth=share)


def _titled(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """Return a table beneath its title: a caption alone is only read aloud."""
    return f'<h3 class="km-h3">{escape(title)}</h3>{table(title, columns, rows)}'


def _range(cells: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Write the lowest and highest coverage of the cells that can be judged."""
    known = [float(cell["covered"]) for cell in cells if int(cell["shown"]) >= FEWEST_SHOWN]
    if not known:
        return f'<span class="km-status">{escape(words.text("measured.too_few"))}</span>'
    ends: Iterable[float] = dict.fromkeys((min(known), max(known)))
    return escape("–".join(formats.number(100 * end, words, 1) for end in ends))


def _origin(found: Measured, text: str, words: Words) -> str:
    origin = words.text(
        "measured.origin",
        day=formats.day(found.measured_on, words),
        runs=formats.number(found.runs, words),
    )
    command = f"<code>{escape(found.command)}</code>"
    return f'<p class="km-caption">{escape(text)} {escape(origin)} {command}</p>'


# In the order of the page.
TABLES: Mapping[str, Callable[[Measured, Words], str]] = {
    COVERAGE: coverage_table,
    **dict.fromkeys((REVISIONS, FIRST_SEEN, LATE, SIGNALS), answers_table),
    LISTS: lists_table,
    FUNNEL: funnel_table,
    DISCLOSURE: disclosure_table,
}
