"""Citing a figure of a release: the sentence to copy, and what was said and revised about it.

Here: the section on the page of an indicator, and the figure an address points at.
Not here: the sentence and the address themselves (`pipelines.releases.citation`).
"""

import re

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.markup import escape, link
from dashboard.components.note import show_note
from dashboard.components.page import Page, cited, section
from dashboard.sections.whose import Whose, address_of, whose_in_address
from pipelines.releases.citation import PERIOD
from pipelines.releases.shelf import Release
from pipelines.wording import formats
from pipelines.wording.courses import PERIODS_PER_YEAR
from pipelines.wording.figures import Figure, figures, interval_of, select, words_of
from pipelines.wording.measures import headline_view, measures_of
from pipelines.wording.rows import Row, records

_PERIOD = re.compile(r"\d{4}(-(Q[1-4]|H[12]|\d{4}))?")


def show_citation_section(page: Page, indicator: Row, results: pd.DataFrame) -> None:
    """Put on the page how to cite a figure of this release; nothing where publications are read."""
    words = page.words
    if page.shown is None:
        return
    name, whose = str(indicator["indicator"]), whose_in_address(page)
    section(words.text("cite.title"), words.text("cite.text"), anchor="citeren")
    series = _series(results, whose)
    asked = st.query_params.get(PERIOD)
    if asked and asked not in series:
        show_note(words.text("cite.unknown", period=_written(asked, page)), kind="attention")
    if series:
        period = choose(
            PERIOD, words.text("column.period"), list(reversed(series)),
            lambda code: formats.period(code, words), in_list=True,
        )  # fmt: skip
        st.html(_figure(page, series[period], whose))
        figure = {
            "indicator": name, "period": period,
            "dimension": whose.dimension, "member": whose.member, "member_label": whose.label,
        }  # fmt: skip
        st.code(cited(page, str(indicator["label_nl"]), figure), language=None, wrap_lines=True)
        said = _revisions(page, name, period, whose)
        if said:
            st.html(f"<h3>{escape(words.text('cite.revised'))}</h3>{said}")
    elif not asked:
        show_note(words.text("figure.none_published"))
    comments = comments_of(page, page.shown.release, name)
    if comments:
        st.html(f"<h3>{escape(words.text('release.comments'))}</h3>{comments}")


def comments_of(page: Page, release: Release, indicator: str = "") -> str:
    """Return what partners say of the figures of a release, or of one indicator in it."""
    words = page.words
    register = queries.indicators(page.publication)
    labels = {str(row["indicator"]): words.label(row) for row in records(register)}
    organisations = queries.organisations(page.publication)
    names = {str(row["organisation"]): words.label(row) for row in records(organisations)}
    items = []
    for comment in release.comments:
        if indicator not in {"", comment.indicator}:
            continue
        about = [formats.period(comment.period, words)] if comment.period else []
        if not indicator:
            to = address_of(page, comment.indicator)
            about.insert(0, link(to, labels.get(comment.indicator, comment.indicator)))
        who = names.get(comment.organisation, comment.organisation)
        items.append(f"<li><b>{escape(who)}</b> {' '.join(about)}<br>{escape(comment.text)}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _written(period: str, page: Page) -> str:
    """A period as the reader asked for it; whatever else the address holds is not repeated."""
    if _PERIOD.fullmatch(period):
        return formats.period(period, page.words)
    return page.words.text("cite.that_period")


def _series(results: pd.DataFrame, whose: Whose) -> dict[str, Figure]:
    """The first measure of the country or a member, per period with a figure."""
    measures = measures_of(results)
    if not measures:
        return {}
    view = headline_view(results, measures[0])
    own = results[(results["dimension"] == whose.dimension) & (results["member"] == whose.member)]
    grains = set(own["period_grain"])
    return {
        figure.period: figure
        for grain in PERIODS_PER_YEAR
        if grain in grains
        for figure in figures(
            select(own, measures[0], view=view, grain=grain, dimension=whose.dimension)
        )
        if figure.value is not None
    }


def _figure(page: Page, figure: Figure, whose: Whose) -> str:
    words = page.words
    interval = interval_of(figure, words)
    said = [words_of(figure, words), interval] if interval else [words_of(figure, words)]
    text = words.text("cite.figure", period=formats.period(figure.period, words))
    text = f"{text}, {whose.label}" if whose.label else text
    return f'<p class="km-cited"><b>{escape(text)}: {escape(", ".join(said))}</b></p>'


def _revisions(page: Page, indicator: str, period: str, whose: Whose) -> str:
    """Say what earlier releases said of a figure, and why it is another one now."""
    words = page.words
    table = queries.whole(page.publication, "revision")
    if table.empty:
        return ""
    place = {
        "indicator": indicator, "period": period,
        "dimension": whose.dimension, "member": whose.member,
    }  # fmt: skip
    own = table[(table[list(place)] == pd.Series(place)).all(axis=1)]
    units = queries.results_of(page.publication, indicator)[["statistic", "unit"]]
    unit_of = dict(units.drop_duplicates("statistic").itertuples(index=False, name=None))
    items = []
    for row in records(own):
        unit = str(unit_of.get(row["statistic"], "count"))
        old, new = (
            formats.quantity(float(row[column]), unit, words)
            if formats.is_number(row[column])
            else words.text("status.suppressed")
            for column in ("old_value", "new_value")
        )
        why = words.text(f"release.why.{row['why']}")
        note = f" ({row['note']})" if row["note"] else ""
        said = words.text("cite.revision", release=row["published_in"], old=old, new=new,
                          measure=words.name("statistic", str(row["statistic"])))  # fmt: skip
        items.append(f"<li>{escape(said)} {escape(why)}{escape(note)}.</li>")
    return f"<ul>{''.join(items)}</ul>" if items else ""
