"""The chart of one signal beside what is decided about it, with decisions marked.

Here: which row of `signal` something is about, and its series as a chart.
Not here: choosing a series (`series`), drawing it (`components.chart`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from dashboard import queries
from dashboard.components.chart import show_series
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page
from dashboard.sections.charted import charted
from dashboard.sections.limits import icons_of_row
from dashboard.sections.whose import COUNTRY, Whose, labels_of
from pipelines.charts.mark_layers import Mark
from pipelines.dimensions import NATIONAL
from pipelines.periods import first_day
from pipelines.wording import formats, signals
from pipelines.wording.figures import Figure, figures, select
from pipelines.wording.rows import Row, first, records, text_of

# Two and a half years of months: what lies further back is a click away.
_SHOWN = 30
# What came before a mark, to hold against what came after.
_BEFORE = 12


def signal_about(page: Page, about: Mapping[str, str]) -> Row | None:
    """Return the signal a decision is about, or else the one its subject is spoken of by.

    Args:
        page: The page.
        about: `signaal`, `indicator` or `koppelvlak`, as in the address.
    """
    found = queries.signals(page.publication)
    if "signal_id" not in found:
        return None
    named = found[found["signal_id"] == about.get("signaal")]
    if not named.empty:
        return first(named)
    register = queries.indicators(page.publication)
    indicator = about.get("indicator") or next(
        (
            str(row["indicator"])
            for row in records(register)
            if row["kind"] == "lead_time" and row["handoff_id"] == about.get("koppelvlak")
        ),
        "",
    )
    return signals.spoken_of(found, indicator, "quarter")


def show_chart_of(page: Page, about: Mapping[str, Any], marks: Sequence[Mark], *, key: str) -> None:
    """Put the chart of a series on the page with its title, or say why there is none.

    Args:
        page: The page.
        about: A row of `signal` or `effect`: which series; the country's where no member is named.
        marks: What is marked on it.
        key: Unique on the page.
    """
    whose = _whose(page, about)
    rows = select(
        queries.results_of(page.publication, str(about["indicator"])),
        str(about["statistic"]),
        view=str(about["view"]),
        grain=str(about["period_grain"]),
        dimension=whose.dimension,
        side=text_of(about, "side") or None,
    )
    every = figures(rows[rows["member"] == whose.member])
    if not every:
        show_note(page.words.text("figure.none_published"))
        return
    series, _ = charted(page, key, _newest(every, marks), about, whose=whose, marks=marks)
    st.html(f'<div class="km-chart-head"><h3>{escape(series.title)}</h3></div>')
    show_series(series, page.words)


def _newest(every: Sequence[Figure], marks: Sequence[Mark]) -> Sequence[Figure]:
    """Return the newest figures: as many as are shown, and those around an earlier mark."""
    earliest = min((mark.day for mark in marks), default=date.max)
    since = sum(first_day(figure.period) >= earliest for figure in every)
    return every[-max(_SHOWN, since + _BEFORE) :]


def what_signals(page: Page, signal: Row) -> str:
    """Return what a signal is about and why it stands out, as HTML."""
    words = page.words
    name = words.label(queries.indicator(page.publication, signal["indicator"]))
    reason = escape(formats.sentence(signals.reason(signal, words)))
    return f"<h2>{escape(name)}</h2><p>{icons_of_row(page, signal)}</p><p>{reason}</p>"


def _whose(page: Page, about: Mapping[str, Any]) -> Whose:
    dimension, member = text_of(about, "dimension") or NATIONAL, text_of(about, "member")
    if dimension == NATIONAL:
        return COUNTRY
    return Whose(dimension, member, labels_of(page, dimension).get(member) or member)
