"""Overview: every hand-off with its newest figure, and the other indicators of the chain.

Grouped by phase, in the fixed order of the hand-offs. Never sorted by value.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.chain import nature_of
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, current_page, heading
from dashboard.components.sparkline import sparkline
from dashboard.components.table import Column, table
from dashboard.sections.changes import unexplained
from dashboard.sections.limits import icons_of_row
from pipelines.charts.style import BLUE, ORANGE, SLATE
from pipelines.wording import formats, signals
from pipelines.wording.figures import (
    Figure,
    Movement,
    change_of,
    figures,
    interval_of,
    latest,
    movement,
    select,
    status_symbol,
    status_word,
    words_of,
)
from pipelines.wording.followed import followed_end
from pipelines.wording.measures import STATISTICS, headline_view, measures_of
from pipelines.wording.names import phase_name
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, first, records, text_of

GRAIN = "quarter"
COURSE = 12


# National figures per indicator.
Results = Mapping[str, pd.DataFrame]
NOTHING = pd.DataFrame(
    columns=["statistic", "dimension", "view", "period_grain", "clock", "side", "period"]
)


@dataclass(frozen=True)
class Line:
    """One line of the overview: a hand-off or an indicator with its newest figures."""

    name: str
    address: str
    code: str
    subtitle: str
    phase: str
    badge: str | None
    sentence: str
    is_time: bool
    course: list[Figure]
    moved: Movement
    signal: Row | None
    within_norm: Figure | None
    has_norm: bool
    followed_until: date | None

    @property
    def is_fit(self) -> bool:
        """Whether the data may be shown as a number at all."""
        return self.badge != "not_fit"


def handoff_lines(page: Page, results: Results) -> list[Line]:
    """Return a line for every hand-off, in the fixed order."""
    words, publication = page.words, page.publication
    register = queries.indicators(publication)
    lead_times = register[register["kind"] == "lead_time"]
    normed = set(queries.norms(publication)["handoff_id"])
    lines = []
    for handoff in records(queries.handoffs(publication)):
        identifier = str(handoff["handoff_id"])
        own = records(lead_times[lead_times["handoff_id"] == identifier])
        indicator = own[0] if own else {}
        lines.append(
            _line(
                page,
                results,
                indicator,
                statistic="median",
                name=words.label(handoff),
                address=words.href("koppelvlak", koppelvlak=identifier),
                code=identifier,
                subtitle=_between(page, handoff),
                phase=str(handoff["phase"]),
                side=text_of(handoff, "clock_side"),
                has_norm=identifier in normed,
            )
        )
    return lines


def indicator_lines(page: Page, results: Results) -> list[Line]:
    """Return a line for every other indicator in the register."""
    words = page.words
    register = queries.indicators(page.publication)
    # Distributions of answers have a page of their own.
    others = register[
        ~register["kind"].isin(["lead_time", "distribution"]) & ~register["is_generic"].astype(bool)
    ]
    lines = []
    for indicator in records(others):
        measures = measures_of(results.get(str(indicator["indicator"]), NOTHING))
        lines.append(
            _line(
                page,
                results,
                indicator,
                statistic=measures[0] if measures else "count",
                name=words.label(indicator),
                address=words.href("indicator", indicator=str(indicator["indicator"])),
                code="",
                subtitle=words.name("statistic", measures[0]) if measures else "",
                phase=text_of(indicator, "family"),
                side=None,
                has_norm=False,
            )
        )
    return lines


def _line(
    page: Page,
    results: Results,
    indicator: Mapping[str, Any],
    *,
    statistic: str,
    side: str | None,
    **shown: Any,
) -> Line:
    identifier = text_of(indicator, "indicator")
    own = results.get(identifier, NOTHING)
    view = headline_view(own, statistic)
    course = figures(select(own, statistic, view=view, grain=GRAIN, side=side))
    shares = figures(select(own, "share_within_norm", view="cohort", grain=GRAIN, side=side))
    qualities = queries.qualities(page.publication)
    quality = first(qualities[qualities["indicator"] == identifier])
    return Line(
        badge=text_of(quality, "badge") or None,
        sentence=quality_sentence(quality, page.words),
        is_time=statistic in {"median", "p90", "rmst"},
        course=course,
        moved=movement(course, text_of(indicator, "direction")),
        signal=signals.spoken_of(queries.signals(page.publication), identifier, GRAIN),
        within_norm=latest(shares) or (shares[-1] if shares else None),
        followed_until=followed_end(indicator),
        **shown,
    )


def summary(lines: list[Line], page: Page) -> str:
    """Say in one sentence how many hand-offs moved, with the shapes used below."""
    if page.publication.has("signal"):
        return _signal_summary(lines, page)
    words = page.words
    fit = [line for line in lines if line.is_fit]
    moved = Counter(line.moved.kind for line in fit)
    unfit = len(lines) - len(fit)
    shown = [
        ("lower", "down", BLUE),
        ("higher", "up", ORANGE),
        ("same", "level", SLATE),
    ]
    items = [
        f"<li>{badge.shape(name, colour)}<b>{moved[kind]}</b> "
        f"{escape(words.text(f'movement.time.{kind}'))}</li>"
        for kind, name, colour in shown
        if moved[kind]
    ]
    unknown = moved["unknown"] + moved["no_interval"]
    if unknown:
        text = escape(words.text("overview.not_comparable"))
        items.append(f"<li>{badge.shape('ring', SLATE)}<b>{unknown}</b> {text}</li>")
    if unfit:
        text = escape(words.text("quality.not_fit").lower())
        items.append(f"<li>{badge.shape('crossed', SLATE)}<b>{unfit}</b> {text}</li>")
    return (
        f'<div class="km-summary"><p>{escape(words.text("overview.summary", n=len(lines)))}</p>'
        f"<ul>{''.join(items)}</ul></div>"
    )


def _signal_summary(lines: list[Line], page: Page) -> str:
    """Count what is on the list for discussion, as that page has it."""
    words = page.words
    found = queries.signals(page.publication)
    listed = signals.entries(found, queries.members(page.publication))
    spoken = [signals.spoken_of(found, entry.indicator, GRAIN) or {} for entry in listed]
    kinds = Counter(text_of(row, "variation") for row in spoken)
    unfit = sum(not line.is_fit for line in lines)
    items = [
        f"<li>{signal_icon.variation(kind, '', words, count=kinds[kind])}</li>"
        for kind in ("improvement", "concern", "neutral")
        if kinds[kind]
    ]
    if unfit:
        text = escape(words.text("quality.not_fit").lower())
        items.append(f"<li>{badge.shape('crossed', SLATE)}<b>{unfit}</b> {text}</li>")
    to = link(words.href("ter-bespreking"), words.text("page.discussion"))
    key = {0: "overview.signals.none", 1: "overview.signals.single"}.get(
        len(listed), "overview.signals"
    )
    return (
        f'<div class="km-summary"><p>{escape(words.text(key, n=len(listed)))}</p>'
        f"<ul>{''.join(items)}</ul><p>{to}</p></div>"
    )


def changed(page: Page) -> str:
    """Say how many figures differ from the previous publication; nothing when it is the first."""
    if not page.publication.has("change") or unexplained(page):
        return ""
    words = page.words
    n = int(queries.change_counts(page.publication)["n"].sum())
    text = escape(words.text("overview.changed", n=formats.number(n, words)))
    to = link(words.href("veranderingen"), words.text("page.changes"))
    return f'<p class="km-soft">{text} {to}</p>'


def is_comparable(lines: list[Line]) -> bool:
    """Whether any line has limits, or can be compared with a year earlier."""
    return any(
        line.signal is not None or line.moved.kind in {"lower", "higher", "same"} for line in lines
    )


def block(
    title: str,
    anchor: str,
    lines: list[Line],
    page: Page,
    *,
    compared: bool,
    has_norms: bool = True,
) -> str:
    """Return the lines of one phase as a table under its heading."""
    words = page.words
    is_charted = page.publication.has("signal")
    heading_of = "column.signal" if is_charted else "overview.movement"
    columns = [
        Column(words.text("overview.handoff" if has_norms else "decisions.field.indicator")),
        Column(words.text("series.title")),
        Column(words.text("overview.latest" if has_norms else "overview.latest_value")),
        *([Column(words.text(heading_of))] if compared else []),
        *([Column(words.text("statistic.share_within_norm"))] if has_norms else []),
        Column(words.text("handoff.quality")),
    ]
    rows = [
        [
            _name(line),
            sparkline(line.course[-COURSE:], words) if line.is_fit else "",
            _latest(line, page),
            *([_signal(line, page) if is_charted else _movement(line, page)] if compared else []),
            *([_within_norm(line, page)] if has_norms else []),
            badge.quality(line.badge, line.sentence, words),
        ]
        for line in lines
    ]
    class_ = "km-overview" if has_norms else "km-overview km-overview-plain"
    return (
        f'<section class="km-phase"><h2 id="{escape(anchor)}">{escape(title)}</h2>'
        + table(title, columns, rows, class_=class_)
        + "</section>"
    )


def _name(line: Line) -> str:
    code = f'<span class="km-code">{escape(line.code)}</span>' if line.code else ""
    subtitle = f'<span class="km-sub">{escape(line.subtitle)}</span>' if line.subtitle else ""
    name = f'<span class="km-name">{link(line.address, line.name)}{subtitle}</span>'
    return f'<div class="km-line">{code}{name}</div>'


def _latest(line: Line, page: Page) -> str:
    words = page.words
    if not line.is_fit:
        return f'<span class="km-status">{escape(words.text("quality.not_fit"))}</span>'
    newest = latest(line.course)
    if newest is None:
        status = line.course[-1].status if line.course else "no_row"
        word = status_word(status, words)
        symbol = status_symbol(status, words)
        return f'<span class="km-status" title="{escape(word)}">{escape(symbol)}</span>'
    details = [formats.period(newest.period, words)]
    interval = interval_of(newest, words)
    if interval:
        details.insert(0, interval)
    later = line.course[line.course.index(newest) + 1 :]
    pending = "".join(
        f'<span class="km-sub">{escape(formats.period(figure.period, words))}: '
        f"{escape(status_word(figure.status, words))}</span>"
        for figure in later[-1:]
        if figure.status != "too_recent"
    )
    beneath = [" · ".join(details), change_of(newest, words)]
    if line.followed_until is not None:
        day = formats.day(line.followed_until, words)
        beneath.append(words.text("followed.chart", day=day))
    return (
        f'<span class="km-value">{escape(words_of(newest, words))}</span>'
        + "".join(f'<span class="km-sub">{escape(text)}</span>' for text in beneath if text)
        + pending
    )


def _signal(line: Line, page: Page) -> str:
    """Return the icons of a line; what is listed has them also on data that are not fit."""
    row = line.signal
    if row is None:
        return signal_icon.variation("", "", page.words) if line.is_fit else ""
    return icons_of_row(page, row) if line.is_fit or signals.is_listed(row) else ""


def _movement(line: Line, page: Page) -> str:
    return badge.movement(line.moved, line.is_time, page.words) if line.is_fit else ""


def _within_norm(line: Line, page: Page) -> str:
    words = page.words
    if not line.has_norm:
        return f'<span class="km-faint">{escape(words.text("norm.none_short"))}</span>'
    if line.within_norm is None or not line.is_fit:
        return ""
    text = words_of(line.within_norm, words)
    interval = interval_of(line.within_norm, words)
    return f"{escape(text)}" + (
        f'<span class="km-sub">{escape(interval)}</span>' if interval else ""
    )


def _between(page: Page, handoff: Mapping[str, Any]) -> str:
    sender, receiver = (page.words.label(handoff, f"{end}_label") for end in ("from", "to"))
    return sender if sender == receiver else f"{sender} → {receiver}"


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    figures_shown = queries.national_results(page.publication, STATISTICS, GRAIN)
    results = {str(name): rows for name, rows in figures_shown.groupby("indicator")}
    lines = handoff_lines(page, results)
    lead = "lead" if nature_of(queries.handoffs(page.publication)).passes_on else "lead_within"
    heading(words.text("overview.title"), words.text(f"overview.{lead}"))
    if is_comparable(lines):
        st.html(summary(lines, page))
    phases = dict.fromkeys(line.phase for line in lines)
    members = queries.members(page.publication)
    blocks = [
        block(
            formats.sentence(phase_name(phase, members, words)),
            f"fase-{phase}",
            [line for line in lines if line.phase == phase],
            page,
            compared=is_comparable(lines),
        )
        for phase in phases
    ]
    others = indicator_lines(page, results)
    if others:
        title = words.text("overview.others")
        blocks.append(
            block(
                title, "indicatoren", others, page, compared=is_comparable(others), has_norms=False
            )
        )
    st.html(changed(page) + "".join(blocks))
    caption = words.text("overview.caption")
    if page.publication.has("signal"):
        caption = words.text("overview.caption_signals")
    if not any(figure.has_interval for line in lines for figure in line.course):
        caption = words.text("overview.caption_no_interval")
    st.html(f'<p class="km-caption">{escape(caption)}</p>')


show()
