"""Both sides of a hand-off: what the sender sent against what the receiver received.

Here: the section for hand-offs that two organisations record. Not here: the matching.
"""

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.cells import cell
from dashboard.components.markup import escape, link
from dashboard.components.note import show_note
from dashboard.components.page import Page, section
from dashboard.components.parts import parts
from dashboard.components.reading import reading, said
from dashboard.components.table import Column, show_data, table
from dashboard.components.tile import tile, tiles
from dashboard.sections.followed import show_followed
from pipelines.dimensions import NATIONAL
from pipelines.wording import formats
from pipelines.wording.courses import newest_figures
from pipelines.wording.figures import (
    OK,
    Figure,
    cell_of,
    figures,
    latest,
    select,
    with_interval,
)
from pipelines.wording.language import Words
from pipelines.wording.measures import RECONCILED
from pipelines.wording.rows import Row, first, records

_DIFFERENCES = ("difference_p10", "difference_median", "difference_p90")
_QUARTERS = 8
_HOURS_A_DAY = 24


def show_reconciliation_section(page: Page, handoff_id: str, tolerance_hours: float | None) -> None:
    """Put the reconciliation of a two-sided hand-off on the page.

    Args:
        page: The page.
        handoff_id: The hand-off.
        tolerance_hours: Difference up to which two moments count as the same.
    """
    words = page.words
    tolerance = "" if tolerance_hours is None else words.text(
        "reconciliation.tolerance", length=_length(tolerance_hours, words)
    )  # fmt: skip
    section(
        words.text("reconciliation.title"),
        f"{words.text('reconciliation.text')} {tolerance}".strip(),
        anchor="twee-kanten",
    )
    indicator = _indicator_of(page, handoff_id)
    if not indicator:
        show_note(words.text("figure.none_published"))
        return
    results = queries.results_of(page.publication, str(indicator["indicator"]))
    both = results[(results["dimension"] == NATIONAL) & (results["period_grain"] == "quarter")]
    series = {
        name: {figure.period: figure for figure in figures(both[both["statistic"] == name])}
        for name in RECONCILED
    }
    periods = sorted({period for by_period in series.values() for period in by_period})
    if not periods:
        show_note(words.text("figure.none_published"))
        return
    agreed = latest(newest_figures(results, "matched"))
    to = link(
        words.href("indicator", indicator=str(indicator["indicator"])), words.label(indicator)
    )
    show_followed(page, str(indicator["indicator"]))
    label = words.text("reconciliation.share")
    st.html(tiles([tile(label, agreed, words, extra=to)]))
    newest = next(
        (period for period in reversed(periods) if _matched(series, period) is not None), None
    )
    if newest is not None:
        found = {name: series[name][newest] for name in RECONCILED if newest in series[name]}
        heading = f"{words.text('reconciliation.newest')} {formats.period(newest, words)}"
        st.html(
            f'<h3 class="km-h3">{escape(heading)}</h3>'
            + _states(page, heading, found)
            + said(_agreement(found, words))
            + reading("reconciliation", words=words)
        )
    show_data(
        words.text("reconciliation.caption"),
        [
            Column(words.text("column.period")),
            *(Column(words.text(f"statistic.{name}"), is_number=True) for name in RECONCILED),
        ],
        [
            [
                formats.period(period, words),
                *(_text(page, series[name].get(period)) for name in RECONCILED),
            ]
            for period in periods
        ],
        f"reconciliation_{handoff_id.lower()}",
        words,
    )
    _show_differences(page, results)
    st.html(f'<p class="km-caption">{_of_the_chain(page)}</p>')


def _of_the_chain(page: Page) -> str:
    """Say why no time of the whole chain stands beside both sides, and what is followed to its end.

    Lengths of hand-offs do not add up to one, and nothing published follows a case through all.
    """
    words = page.words
    ways = ", ".join(
        link(words.href("indicator", indicator=str(row["indicator"])), words.label(row))
        for row in records(queries.indicators(page.publication))
        if row["kind"] == "cumulative_incidence"
    )
    followed = f" {escape(words.text('reconciliation.chain.followed'))} {ways}." if ways else ""
    return f"{escape(words.text('reconciliation.chain'))}{followed}"


def _agreement(found: dict[str, Figure], words: Words) -> str:
    """Say which part agrees with its uncertainty, and the largest part that does not."""
    matched = found["matched"]
    said_of = words.text(
        "reconciliation.said", share=with_interval(matched, words),
        n=formats.number(matched.denominator or 0.0, words),
    )  # fmt: skip
    others = {
        name: figure
        for name, figure in found.items()
        if name != "matched" and figure.status == OK and figure.value
    }
    if not others:
        return said_of
    largest = max(others, key=lambda name: others[name].value or 0.0)
    named = words.text(f"statistic.{largest}").lower()
    beside = words.text(
        "reconciliation.said.largest", name=named, share=with_interval(others[largest], words)
    )
    return f"{said_of} {beside}"


def _states(page: Page, caption: str, found: dict[str, Figure]) -> str:
    """Return the states as parts of one bar; as a table where one of them is not shown.

    A bar cannot tell a part that is withheld from one that is empty.
    """
    words = page.words
    if all(figure.status == OK for figure in found.values()):
        return parts(
            [
                (name, words.text(f"statistic.{name}"), figure.numerator or 0.0)
                for name, figure in found.items()
            ],
            words,
        )
    columns = [
        Column(words.text("column.period")),
        *(Column(words.text(f"statistic.{name}"), is_number=True) for name in found),
    ]
    period = formats.period(next(iter(found.values())).period, words)
    row = [escape(period), *(cell(figure, words) for figure in found.values())]
    return table(caption, columns, [row], class_="km-views")


def _show_differences(page: Page, results: pd.DataFrame) -> None:
    """Put how far both sides lie apart under it, for the newest quarters."""
    words = page.words
    series = [
        {figure.period: figure for figure in figures(select(results, name, grain="quarter"))}
        for name in _DIFFERENCES
    ]
    periods = sorted({period for by_period in series for period in by_period})[-_QUARTERS:]
    if not periods:
        return
    columns = [
        Column(words.text("column.period")),
        *(Column(words.name("statistic", name), is_number=True) for name in _DIFFERENCES),
    ]
    rows = [
        [
            escape(formats.period(period, words)),
            *(cell(by_period.get(period), words) for by_period in series),
        ]
        for period in periods
    ]
    caption = words.text("reconciliation.difference")
    st.html(
        f'<h3 class="km-h3">{escape(caption)}</h3>'
        + table(caption, columns, rows, class_="km-views")
    )


def _length(hours: float, words: Words) -> str:
    """Write a length in days where it is a number of whole days: nobody reads 2,160 hours."""
    is_days = hours >= 2 * _HOURS_A_DAY and hours % _HOURS_A_DAY == 0
    return formats.with_unit(
        hours / _HOURS_A_DAY if is_days else hours, "days" if is_days else "hours", words
    )


def _indicator_of(page: Page, handoff_id: str) -> Row:
    """Return the register's entry on both sides of a hand-off; empty where there is none."""
    register = queries.indicators(page.publication)
    own = register[(register["kind"] == "reconciliation") & (register["handoff_id"] == handoff_id)]
    return first(own)


def _matched(series: dict[str, dict[str, Figure]], period: str) -> Figure | None:
    figure = series["matched"].get(period)
    return figure if figure is not None and figure.status == OK else None


def _text(page: Page, figure: Figure | None) -> str:
    return "" if figure is None else cell_of(figure, page.words)
