"""Themes from evaluations: all of them, one with its hand-offs, and those of one hand-off.

Here: the parts of the pages about themes. Not here: what is said of a theme
(`pipelines.wording.themes`).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import badge, theme_badge
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, section
from dashboard.components.sparkline import sparkline
from dashboard.components.table import Column, show_data, table
from dashboard.sections.definition import terms
from dashboard.sections.fitness import THEMES, quality_of, show_fitness
from dashboard.sections.limits import icons_of, what_is_listed
from pipelines.charts.style import SLATE
from pipelines.dimensions import NATIONAL
from pipelines.wording import formats, signals, themes
from pipelines.wording.courses import (
    PERIODS_PER_YEAR,
    newest_course,
    newest_figures,
    series_by_indicator,
)
from pipelines.wording.figures import (
    OK,
    Figure,
    cell_of,
    figures,
    figures_by_member,
    interval_of,
    latest,
    select,
    status_word,
    words_of,
)
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, first, records, text_of

FACETS = ("mensen", "taak", "hulpmiddelen_informatie", "organisatie", "omgeving")
_QUARTERS = 12


def agreements(page: Page) -> dict[str, Row]:
    """Return the agreement of both coders, by series."""
    return {
        str(agreement["series"]): agreement
        for agreement in records(queries.theme_agreement(page.publication))
    }


def in_order(page: Page) -> list[Row]:
    """Return the series by facet, a part of a group right after its group."""
    rows = records(queries.theme_series(page.publication))
    place = {str(row["series"]): index for index, row in enumerate(rows)}

    def key(row: Row) -> tuple[int, int, int]:
        group = str(row["comparable_group"])
        facet = next(series["facet"] for series in rows if series["comparable_group"] == group)
        known = FACETS.index(facet) if facet in FACETS else len(FACETS)
        return known, place.get(group, 0), place[str(row["series"])]

    return sorted(rows, key=key)


def is_part(series: Mapping[str, Any]) -> bool:
    """Whether a series is one theme of a larger group."""
    return bool(series["series"] != series["comparable_group"])


def theme_link(page: Page, series: Mapping[str, Any]) -> str:
    """Return a link to a theme on the page of themes."""
    return link(page.words.href("evaluatie", thema=str(series["series"])), page.words.label(series))


def theme_tables(page: Page) -> str:
    """Return all themes with course, newest figure, signal and reliability, by facet."""
    words = page.words
    told = series_by_indicator(
        queries.national_results(page.publication, ("share",), *PERIODS_PER_YEAR)
    )
    moved = _courses(page)
    found = queries.signals(page.publication)
    coded = agreements(page)
    columns = [
        Column(words.text("theme.theme")),
        Column(words.text("series.title")),
        Column(words.text("theme.latest")),
        Column(words.text("theme.course")),
        Column(words.text("theme.coding")),
    ]
    blocks = []
    rows = in_order(page)
    for facet in dict.fromkeys(str(row["facet"]) for row in rows):
        lines = []
        for row in (theme for theme in rows if theme["facet"] == facet):
            name = str(row["indicator"])
            _, series = newest_course(told.get(name, {}), "share")
            subtitle = words.text("theme.part") if is_part(row) else ""
            lines.append(
                [
                    f'<span class="km-name{" km-part-of" if is_part(row) else ""}">'
                    f"{theme_link(page, row)}"
                    + (f'<span class="km-sub">{escape(subtitle)}</span>' if subtitle else "")
                    + "</span>",
                    sparkline(series[-_QUARTERS:], words),
                    _newest(page, series),
                    _movement(page, name, moved, found),
                    theme_badge.reliability(coded.get(str(row["series"]), {}), words),
                ]
            )
        title = words.name("facet", facet)
        blocks.append(
            f'<section class="km-phase"><h2>{escape(title)}</h2>'
            + table(title, columns, lines, class_="km-lines km-themes")
            + "</section>"
        )
    return "".join(blocks)


def theme_facts(page: Page, series: Mapping[str, Any]) -> str:
    """Return what one must know of a theme before reading its course."""
    words = page.words
    code = str(series["series"])
    coded = agreements(page).get(code, {})
    quality = queries.quality(page.publication, series["indicator"])
    book = records(queries.themes(page.publication))
    members = [theme for theme in book if theme["comparable_group"] == series["comparable_group"]]
    own = [theme for theme in members if theme["theme"] == code] or members
    to = link(words.href("codeboek") + f"#{own[-1]['theme']}", words.text("theme.to_codebook"))
    lines = [
        (words.text("theme.definition"), f"{escape(words.label(own[-1], 'definition'))} {to}"),
        (
            words.text("theme.coding"),
            f"{theme_badge.reliability(coded, words)} {escape(themes.coding_norm(coded, words))}",
        ),
        (words.text("theme.counted"), escape(words.text("theme.counted.text"))),
        (
            words.text("column.source"),
            badge.quality(text_of(quality, "badge") or None, "", words)
            + f" {escape(words.label(quality, 'sentence'))}",
        ),
    ]
    if bool(series["is_group"]):
        names = ", ".join(words.label(theme) for theme in members)
        lines.append(
            (words.text("theme.group"), escape(words.text("theme.group.text", names=names)))
        )
    elif is_part(series):
        lines.append((words.text("theme.exists"), escape(themes.span(series, words))))
    return terms(lines)


def show_handoffs_of_theme(page: Page, series: Mapping[str, Any], results: pd.DataFrame) -> None:
    """Put where a theme was found on the page, beside the figures of those hand-offs."""
    words = page.words
    rows = results[(results["dimension"] == "handoff_id") & (results["period_grain"] == "year")]
    section(words.text("theme.where"), words.text("theme.where.text"), anchor="koppelvlakken")
    if rows.empty:
        st.html(f'<p class="km-soft">{escape(words.text("theme.where.none"))}</p>')
        return
    named = {
        str(handoff["handoff_id"]): handoff
        for handoff in records(queries.handoffs(page.publication))
    }
    lines, data = [], []
    courses = figures_by_member(select(rows, "share", dimension="handoff_id"))
    for handoff in [identifier for identifier in named if identifier in courses]:
        course = courses[handoff]
        code = f'<span class="km-code">{escape(handoff)}</span>'
        to = link(words.href("koppelvlak", koppelvlak=handoff), words.label(named[handoff]))
        lines.append(
            [
                f'<div class="km-line">{code}<span>{to}</span></div>',
                _newest(page, course),
                *_lead_time_cells(page, handoff),
            ]
        )
        data += [
            [
                f"{handoff} {words.label(named[handoff])}",
                formats.period(figure.period, words),
                cell_of(figure, words) if figure.status == OK else "",
                interval_of(figure, words),
                _count(figure.numerator, page),
                _count(figure.denominator, page),
                status_word(figure.status, words),
            ]
            for figure in course
        ]
    columns = [
        Column(words.text("column.handoff")),
        Column(words.text("theme.here")),
        Column(words.text("theme.lead_time")),
        Column(words.text("theme.lead_time_course")),
        Column(words.text("handoff.quality")),
    ]
    st.html(table(words.text("theme.where"), columns, lines))
    st.html(f'<p class="km-caption">{escape(words.text("theme.where.source"))}</p>')
    show_data(
        words.text("theme.where"),
        [
            Column(words.text("column.handoff")),
            Column(words.text("column.period")),
            Column(words.text("column.value"), is_number=True),
            Column(words.text("column.interval"), is_number=True),
            Column(words.text("column.numerator"), is_number=True),
            Column(words.text("column.denominator"), is_number=True),
            Column(words.text("column.status")),
        ],
        data,
        f"{series['indicator']}_koppelvlakken",
        words,
    )


def show_themes_section(page: Page, handoff_id: str) -> None:
    """Put the themes found at a hand-off on its page; nothing where there are no evaluations."""
    series = {str(theme["indicator"]): theme for theme in in_order(page)}
    if not series:
        return
    words = page.words
    section(words.text("theme.section"), words.text("theme.section.text"), anchor="themas")
    if not show_fitness(page, quality_of(page, THEMES), many=True):
        return
    found = queries.themes_at(page.publication, handoff_id)
    found = found[found["indicator"].isin(list(series))]
    if found.empty:
        st.html(f'<p class="km-soft">{escape(words.text("theme.section.none"))}</p>')
        return
    said, coded = queries.signals(page.publication), agreements(page)
    moved = _courses(page)
    lines = []
    for name in [indicator for indicator in series if indicator in set(found["indicator"])]:
        own = found[found["indicator"] == name]
        course = figures(select(own, "share", dimension="handoff_id"))
        lines.append(
            [
                f'<span class="km-name">{theme_link(page, series[name])}</span>',
                _newest(page, course),
                _movement(page, name, moved, said),
                theme_badge.reliability(coded.get(str(series[name]["series"]), {}), words),
            ]
        )
    columns = [
        Column(words.text("theme.theme")),
        Column(words.text("theme.here")),
        Column(words.text("theme.course_national")),
        Column(words.text("theme.coding")),
    ]
    st.html(table(words.text("theme.section"), columns, lines))
    quality = queries.quality(page.publication, next(iter(series)))
    mark = badge.quality(text_of(quality, "badge") or None, "", words)
    st.html(
        f'<p class="km-caption">{escape(words.text("theme.section.source"))} {mark} '
        f"{escape(words.label(quality, 'sentence'))}</p>"
    )


def show_pairs_section(page: Page) -> None:
    """Put which themes go together on the page."""
    words = page.words
    pairs = records(queries.theme_pairs(page.publication))
    section(words.text("pairs.title"), words.text("pairs.text"), anchor="samen")
    named = {
        str(theme["series"]): words.label(theme)
        for theme in records(queries.theme_series(page.publication))
    }
    remarkable = [pair for pair in pairs if pair["association"] in {"more", "less"}]
    columns = [
        Column(words.text("pairs.pair")),
        Column(words.text("pairs.together")),
        Column(words.text("pairs.by_chance")),
        Column(words.text("pairs.meaning")),
    ]
    lines = [
        [
            f"{escape(named[str(pair['first'])])} + {escape(named[str(pair['second'])])}",
            f'<span class="km-value">{escape(_share(pair["value"], page))}</span>'
            f'<span class="km-sub">{escape(_pair_base(pair, page))}</span>',
            escape(_share(pair["expected"], page)),
            badge.marked(
                {"more": "up", "less": "down"}[str(pair["association"])],
                SLATE,
                words.text(f"pairs.{pair['association']}"),
            ),
        ]
        for pair in remarkable
    ]
    if lines:
        st.html(table(words.text("pairs.title"), columns, lines))
    else:
        st.html(f'<p class="km-soft">{escape(words.text("pairs.none"))}</p>')
    caption = words.text("pairs.caption", n=len(pairs))
    if page.publication.audience != "researcher":
        caption += " " + words.text("pairs.withheld")
    st.html(f'<p class="km-caption">{escape(caption)}</p>')
    show_data(
        words.text("pairs.all"),
        [
            Column(words.text("pairs.pair")),
            Column(words.text("column.value"), is_number=True),
            Column(words.text("column.interval"), is_number=True),
            Column(words.text("column.numerator"), is_number=True),
            Column(words.text("column.denominator"), is_number=True),
            Column(words.text("pairs.by_chance"), is_number=True),
            Column(words.text("column.status")),
        ],
        [
            [
                f"{named[str(pair['first'])]} + {named[str(pair['second'])]}",
                _share(pair["value"], page),
                formats.interval(pair["lower"], pair["upper"], "share", words),
                _count(pair["numerator"], page),
                _count(pair["denominator"], page),
                _share(pair["expected"], page),
                status_word(str(pair["status"]), words),
            ]
            for pair in pairs
        ],
        "themas_samen",
        words,
    )


def _courses(page: Page) -> dict[str, Row]:
    """Return whether each theme moved, by indicator."""
    return {
        str(course["indicator"]): course
        for course in records(queries.theme_courses(page.publication))
    }


def _movement(page: Page, indicator: str, moved: Mapping[str, Row], found: pd.DataFrame) -> str:
    """Return whether a theme moved, by the row that speaks for it on the list and everywhere."""
    row = signals.spoken_of(found, indicator, "quarter") or _unchartable(found, indicator)
    shown = theme_badge.course(moved.get(indicator, {}), row, page.words)
    return shown + (what_is_listed(page, row) if row and signals.is_listed(row) else "")


def _newest(page: Page, series: list[Figure]) -> str:
    """Return the newest figure with its interval, period and base; else why there is none."""
    words = page.words
    newest = latest(series)
    if newest is None:
        status = series[-1].status if series else "no_row"
        return f'<span class="km-status">{escape(status_word(status, words))}</span>'
    base = words.text(
        "figure.of",
        part=formats.number(newest.numerator or 0.0, words),
        base=formats.number(newest.denominator or 0.0, words),
    )
    return (
        f'<span class="km-value">{escape(words_of(newest, words))}</span>'
        f'<span class="km-sub">{escape(interval_of(newest, words))} · '
        f"{escape(formats.period(newest.period, words))} · {escape(base)}</span>"
    )


def _lead_time_cells(page: Page, handoff: str) -> list[str]:
    """Return newest median, its course and the quality of the data of a hand-off."""
    words = page.words
    register = queries.indicators(page.publication)
    entry = first(register[(register["handoff_id"] == handoff) & (register["kind"] == "lead_time")])
    if not entry:
        return ["", "", ""]
    results = queries.results_of(page.publication, str(entry["indicator"]))
    course = newest_figures(results, "median")
    newest = latest(course)
    quality = queries.quality(page.publication, entry["indicator"])
    mark = badge.quality(text_of(quality, "badge") or None, quality_sentence(quality, words), words)
    if newest is None:
        status = course[-1].status if course else "no_row"
        figure = f'<span class="km-status">{escape(status_word(status, words))}</span>'
    else:
        figure = (
            f'<span class="km-value">{escape(words_of(newest, words))}</span>'
            f'<span class="km-sub">{escape(interval_of(newest, words))} · '
            f"{escape(formats.period(newest.period, words))}</span>"
        )
    icon = icons_of(page, str(entry["indicator"]), "quarter")
    return [figure, icon, mark]


def _unchartable(found: pd.DataFrame, indicator: str) -> Row | None:
    """Return the row that says why a series has no limits."""
    if found.empty:
        return None
    own = found[
        (found["indicator"] == indicator)
        & (found["dimension"] == NATIONAL)
        & (found["period_grain"] == "quarter")
    ]
    return first(own) or None


def _pair_base(pair: Mapping[str, Any], page: Page) -> str:
    interval = formats.interval(pair["lower"], pair["upper"], "share", page.words)
    base = page.words.text(
        "figure.of", part=_count(pair["numerator"], page), base=_count(pair["denominator"], page)
    )
    return f"{interval} · {base}"


def _share(value: Any, page: Page) -> str:
    if not formats.is_number(value):
        return ""
    return f"{formats.number(100 * float(value), page.words, 1)}%"


def _count(value: Any, page: Page) -> str:
    return formats.number(float(value), page.words) if formats.is_number(value) else ""
