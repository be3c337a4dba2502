"""The chart of one signal beside what is decided about it, with decisions marked.

Here: which row of `signal` something is about, and its series as a chart.
Not here: choosing a series (`series`), drawing it (`components.chart`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import queries
from dashboard.components.chart import show_series
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page
from dashboard.decisions import Decision
from dashboard.sections.limits import icons_of_row, verdict_of, verdict_words
from dashboard.sections.noted import marks_of
from dashboard.sections.whose import COUNTRY, Whose, labels_of
from pipelines.charts.published import norms_by_period, title_of
from pipelines.charts.series import Series
from pipelines.wording import formats, signals
from pipelines.wording.figures import NATIONAL, figures, select
from pipelines.wording.followed import followed_end
from pipelines.wording.rows import Row, first, records, text_of

# Two and a half years of months: what lies further back is a click away.
_SHOWN = 30


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


def show_chart_of(
    page: Page, about: Mapping[str, Any], noted: Sequence[tuple[int, Decision]], *, key: str
) -> None:
    """Put the chart of a series on the page, or say why there is none.

    Args:
        page: The page.
        about: A row of `signal` or `effect`: which series; the country's where no member is named.
        noted: What is marked on it, by number.
        key: Unique on the page.
    """
    words = page.words
    indicator, statistic = str(about["indicator"]), str(about["statistic"])
    view, grain = str(about["view"]), str(about["period_grain"])
    side, whose = text_of(about, "side") or None, _whose(page, about)
    results = queries.results_of(page.publication, indicator)
    rows = select(results, statistic, view=view, grain=grain, dimension=whose.dimension, side=side)
    shown = figures(rows[rows["member"] == whose.member])[-_SHOWN:]
    if not shown:
        show_note(words.text("figure.none_published"))
        return
    entry = queries.indicator(page.publication, indicator)
    verdict = verdict_of(page, indicator, statistic, view, grain, side, whose)
    show_series(
        Series(
            key,
            title_of(statistic, view, grain, words, whose.label),
            shown,
            norms_by_period(
                queries.norms(page.publication),
                text_of(entry, "handoff_id") or None,
                statistic,
                [figure.period for figure in shown],
                shown[0].unit,
            ),
            verdict.limits,
            verdict_words(page, verdict),
            marks=marks_of(noted, words),
            followed_until=followed_end(entry),
        ),
        words,
    )


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


def chart_title(page: Page, about: Mapping[str, Any]) -> str:
    """Return the title of such a chart, as HTML."""
    title = title_of(
        str(about["statistic"]),
        str(about["view"]),
        str(about["period_grain"]),
        page.words,
        _whose(page, about).label,
    )
    return f'<div class="km-chart-head"><h3>{escape(title)}</h3></div>'
