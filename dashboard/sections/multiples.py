"""The series of every member of a dimension beside each other, in the fixed order.

Here: which series, and the grid with its sentence.
Not here: the drawing of one (`pipelines.charts.multiples`), and one member's own large chart
(`series`), to which each leads.
"""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.components.markup import escape, link, picture
from dashboard.components.page import Page
from dashboard.components.reading import reading, said
from dashboard.sections.charted import charted
from dashboard.sections.whose import Whose, series_address
from pipelines.charts.multiples import (
    HEIGHT,
    WIDTH,
    panel,
    panel_words,
    scale_words,
    shared_top,
)
from pipelines.charts.series import Series
from pipelines.wording import formats
from pipelines.wording.courses import PERIODS_PER_YEAR
from pipelines.wording.figures import NO_ROW, OK, Figure, figures_by_member, select

# Of quarters three years, as in the chart above.
_RECENT = 12
# With fewer periods there is no course to see.
_FEWEST = 3


def show_multiples(
    page: Page,
    indicator: str,
    rows: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    side: str | None = None,
) -> None:
    """Put the series of the members on the page; nothing where none has a course.

    Args:
        page: The page.
        indicator: The indicator.
        rows: Its figures of one measure, view and dimension, in the long contract.
        labels: Name of every member, in their fixed order.
        side: Side whose clock the figures use.
    """
    words = page.words
    n_periods = rows.groupby("period_grain")["period"].nunique()
    grain = next((grain for grain in PERIODS_PER_YEAR if n_periods.get(grain, 0) >= _FEWEST), None)
    if grain is None:
        return
    periods = sorted(set(rows.loc[rows["period_grain"] == grain, "period"]))[-_RECENT:]
    statistic, view = str(rows["statistic"].iloc[0]), str(rows["view"].iloc[0])
    dimension = str(rows["dimension"].iloc[0])
    own = rows[(rows["period_grain"] == grain) & rows["period"].isin(periods)]
    of_member = figures_by_member(select(own, statistic, dimension=dimension, side=side))
    order = [*labels, *sorted(of_member.keys() - labels.keys())]
    told = {"indicator": indicator, "statistic": statistic, "view": view, "period_grain": grain,
            "side": side}  # fmt: skip
    every: dict[str, Series] = {}
    for member in order:
        if member not in of_member:
            continue
        found = of_member[member]
        unit, by_period = found[0].unit, {figure.period: figure for figure in found}
        every[member], _ = charted(
            page,
            member,
            [by_period.get(period, Figure(period, NO_ROW, unit)) for period in periods],
            told,
            whose=Whose(dimension, member, labels.get(member) or member),
        )
    known = [series for series in every.values() if _has_figure(series)]
    if not known:
        return
    top = shared_top(known)
    panels = "".join(
        _panel(
            page,
            labels.get(member) or member,
            series,
            top,
            series_address(
                page, indicator, maat=statistic, periode=grain, dimensie=dimension, lid=member
            ),
        )
        for member, series in every.items()
    )
    title = words.text(
        "multiples.title",
        measure=words.name("statistic", statistic),
        by=words.name("dimension", dimension).lower(),
        grain=words.text(f"grain.{grain}").lower(),
    )
    span = words.text(
        "multiples.said",
        first=formats.period(periods[0], words),
        last=formats.period(periods[-1], words),
        scale=scale_words(top, known[0].unit, words),
        known=len(known),
        n=len(every),
    )
    n_charted = sum(bool(series.limits) for series in known)
    if n_charted:
        flagged = sum(_is_flagged(series) for series in known)
        span += " " + words.text("multiples.said.limits", charted=n_charted, flagged=flagged)
    st.html(
        f'<h3 class="km-h3">{escape(title)}</h3><ul class="km-multiples">{panels}</ul>'
        f"{said(span)}{reading('multiples', words=words)}"
    )


def _panel(page: Page, label: str, series: Series, top: float, to: str) -> str:
    words = page.words
    text = panel_words(series, words)
    drawing = (
        picture(panel(series, top), f"{label}. {text}", "km-multiple", WIDTH, HEIGHT)
        if _has_figure(series)
        else f'<div class="km-multiple km-multiple-none">{escape(words.text("figure.none"))}</div>'
    )
    return f"<li><b>{link(to, label)}</b>{drawing}<span>{escape(text)}</span></li>"


def _has_figure(series: Series) -> bool:
    return any(figure.status == OK for figure in series.figures)


def _is_flagged(series: Series) -> bool:
    """Whether the newest charted point of a series stands out."""
    charted = [
        series.limits[each.period] for each in series.figures if each.period in series.limits
    ]
    return bool(charted) and charted[-1].rule != "none"
