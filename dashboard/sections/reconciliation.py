"""Both sides of a hand-off: what the sender sent against what the receiver received.

Here: the section for hand-offs that two organisations record. Not here: the matching.
"""

import pandas as pd
import streamlit as st

from dashboard import formats, queries
from dashboard.components.markup import link
from dashboard.components.note import show_note
from dashboard.components.page import Page, section
from dashboard.components.parts import parts
from dashboard.components.table import Column, show_data
from dashboard.components.tile import tile, tiles
from dashboard.figures import OK, Figure, cell_of, figures, latest, select
from dashboard.rows import first
from dashboard.sections.series import RECONCILED


def show_reconciliation_section(
    page: Page, handoff_id: str, results: pd.DataFrame, tolerance_hours: float | None
) -> None:
    """Put the reconciliation of a two-sided hand-off on the page.

    Args:
        page: The page.
        handoff_id: The hand-off.
        results: Figures of all indicators on the hand-off.
        tolerance_hours: Difference up to which two moments count as the same.
    """
    words = page.words
    tolerance = "" if tolerance_hours is None else words.text(
        "reconciliation.tolerance", hours=formats.number(tolerance_hours, words)
    )  # fmt: skip
    section(
        words.text("reconciliation.title"),
        f"{words.text('reconciliation.text')} {tolerance}".strip(),
        anchor="twee-kanten",
    )
    both = results[(results["side"] == "both") & (results["dimension"] == "national")]
    both = both[both["period_grain"] == "quarter"]
    series = {
        name: {one.period: one for one in figures(both[both["statistic"] == name])}
        for name in RECONCILED
    }
    periods = sorted({period for one in series.values() for period in one})
    has_share = _show_share(page, handoff_id)
    if not periods:
        if not has_share:
            show_note(words.text("figure.none_published"))
        return
    newest = next(
        (period for period in reversed(periods) if _matched(series, period) is not None), None
    )
    if newest is not None:
        st.html(
            f'<h3 class="km-h3">{words.text("reconciliation.newest")} '
            f"{formats.period(newest, words)}</h3>"
            + parts(
                [
                    (name, words.text(f"statistic.{name}"), series[name][newest].value or 0.0)
                    for name in RECONCILED
                    if newest in series[name]
                ],
                words,
            )
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


def _show_share(page: Page, handoff_id: str) -> bool:
    """Put the share in agreement on the page, where the register has an indicator for it."""
    words = page.words
    register = queries.indicators(page.publication)
    own = register[(register["kind"] == "reconciliation") & (register["handoff_id"] == handoff_id)]
    indicator = first(own)
    if not indicator:
        return False
    name = str(indicator["indicator"])
    results = queries.results_of(page.publication, name)
    newest = latest(figures(select(results, "share", grain="quarter")))
    to = link(words.href("indicator", indicator=name), words.label(indicator))
    label = words.text("reconciliation.share")
    st.html(tiles([tile(label, newest, words, page.threshold, extra=to)]))
    return True


def _matched(series: dict[str, dict[str, Figure]], period: str) -> Figure | None:
    figure = series["matched"].get(period)
    return figure if figure is not None and figure.status == OK else None


def _text(page: Page, figure: Figure | None) -> str:
    return "" if figure is None else cell_of(figure, page.words, page.threshold)
