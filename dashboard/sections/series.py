"""The course of an indicator: choose a measure and periods, see the series and its data.

Here: the section with the chart. Not here: how a chart is drawn.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.chart import show_series
from dashboard.components.chart_file import show_chart_files
from dashboard.components.choice import choose
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page, alone, section
from dashboard.components.period_picker import OFFERED_GRAINS, choose_grain, choose_range
from dashboard.components.reading import reading
from dashboard.sections.charted import charted
from dashboard.sections.limits import key_block, verdict_block, verdict_of
from dashboard.sections.noted import mark_list, marks_of, noted_on
from dashboard.sections.whose import choose_whose
from pipelines.as_shown import AS_SHOWN
from pipelines.charts.published import clocked_handoff
from pipelines.charts.series import Series
from pipelines.periods import first_day
from pipelines.wording import formats
from pipelines.wording.figures import Figure, figures, select
from pipelines.wording.language import Words
from pipelines.wording.measures import headline_view, measures_of
from pipelines.wording.rows import Row, text_of


def rounding_of(page: Page, indicator: str, unit: str) -> str:
    """Say that the lengths of an indicator were rounded; empty where they were not."""
    if not queries.is_rounded(page.publication, indicator):
        return ""
    return formats.rounding(unit, page.words)


@alone
def show_series_section(
    page: Page,
    indicator: str,
    results: pd.DataFrame,
    *,
    side: str | None = None,
) -> None:
    """Put the course of an indicator on the page.

    Args:
        page: The page.
        indicator: Identifier of the indicator.
        results: All its figures.
        side: Side whose clock the figures use.
    """
    words = page.words
    section(words.text("series.title"), words.text("series.text"), anchor="verloop")
    measures = measures_of(results)
    if not measures:
        show_note(words.text("figure.none_published"))
        return
    with st.container(horizontal=True, gap="medium", key="km_controls"):
        statistic = choose(
            "maat",
            words.text("series.measure"),
            measures,
            lambda measure: words.name("statistic", measure),
        )
        view = headline_view(results, statistic)
        rows = results[(results["statistic"] == statistic) & (results["view"] == view)]
        whose = choose_whose(page, rows)
        rows = rows[(rows["dimension"] == whose.dimension) & (rows["member"] == whose.member)]
        grains = set(rows["period_grain"]) & set(OFFERED_GRAINS)
        if verdict_of(page, indicator, statistic, view, AS_SHOWN, side, whose).is_charted:
            grains.add(AS_SHOWN)
        if not grains:
            show_note(words.text("figure.none_published"))
            return
        grain = choose_grain(grains, words)
        periods = choose_range(grain, words)
    if whose.missing:
        show_note(words.text("series.missing", member=whose.missing), kind="attention")
    shown = periods.cut(
        figures(select(rows, statistic, grain=grain, dimension=whose.dimension, side=side))
    )
    handoff_id = clocked_handoff(_entry(page, indicator))
    noted = noted_on(page, indicator, handoff_id, since=first_day(shown[0].period))
    series, verdict = charted(
        page,
        "_".join(filter(None, (indicator, statistic, grain, whose.key))),
        shown,
        {"indicator": indicator, "statistic": statistic, "view": view, "period_grain": grain,
         "side": side},
        whose=whose,
        marks=marks_of(noted, words),
    )  # fmt: skip
    norm_text = _norm_text(page, handoff_id, statistic, series.norms)
    if statistic == "rmst":
        norm_text = _horizon_text(page, indicator, series.unit)
    st.html(_chart_heading(series, norm_text, words) + verdict_block(page, verdict))
    show_series(series, words)
    st.html(
        key_block(page, verdict)
        + _change_key(shown, words)
        + reading(
            "series",
            *(["limits"] if verdict.is_charted else []),
            words=words,
            marks=caption_of(shown, words),
        )
    )
    show_chart_files(page, series)
    listed = mark_list(page, noted)
    if listed:
        st.html(listed)


def caption_of(shown: Sequence[Figure], words: Words) -> str:
    """Say how to read a chart; not a word about intervals or numbers that are not drawn."""
    has_interval = any(figure.has_interval for figure in shown)
    has_running = any(figure.n_at_risk is not None for figure in shown)
    parts = [
        "chart.caption",
        *(["chart.caption_interval"] if has_interval else []),
        "chart.caption_gap",
        "chart.caption_n",
        *(["chart.caption_running"] if has_running else []),
    ]
    return " ".join(map(words.text, parts))


def _norm_text(page: Page, handoff_id: str, statistic: str, norms: Mapping[str, float]) -> str:
    """Say why no norm is drawn: there is none, or it is in another unit than the clock."""
    if not handoff_id or norms or statistic == "share_within_norm":
        return ""
    own = queries.norms_of(page.publication, handoff_id)
    if not own:
        return page.words.text("norm.none")
    newest = own[-1]
    value = formats.with_unit(float(newest["value"]), str(newest["unit"]), page.words)
    return page.words.text("norm.other_unit", norm=value)


def _horizon_text(page: Page, indicator: str, unit: str) -> str:
    """Say how far a restricted mean looks."""
    entry = _entry(page, indicator)
    found = entry.get("horizon")
    factor = formats.conversion(text_of(entry, "unit"), unit)
    if found is None or not formats.is_number(found) or factor is None:
        return ""
    horizon = formats.with_unit(float(found) * factor, unit, page.words)
    return page.words.text("series.horizon", horizon=horizon)


def _entry(page: Page, indicator: str) -> Row:
    return queries.indicator(page.publication, indicator)


def _change_key(shown: Sequence[Figure], words: Words) -> str:
    """Return what the dashed boxes mean, where there are any."""
    if not any(figure.can_change for figure in shown):
        return ""
    text = escape(words.text("chart.key.can_change"))
    box = '<i class="km-key-box" aria-hidden="true"></i>'
    return f'<ul class="km-key-list"><li>{box}{text}</li></ul>'


def _chart_heading(series: Series, norm_text: str, words: Words) -> str:
    is_share = series.unit in formats.SHARES
    unit = words.text("unit.percent") if is_share else formats.unit_long(series.unit, words)
    name = ", ".join(filter(None, [unit, series.rounded]))
    norm = f'<span class="km-no-norm">{norm_text}</span>' if norm_text else ""
    return (
        f'<div class="km-chart-head"><h3>{escape(series.title)}</h3>'
        f'<div class="km-chart-unit">{name}{norm}</div></div>'
    )
