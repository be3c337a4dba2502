"""Figures in a table: of each hand-off or indicator what is newest, whether it changes, how fit.

Here: a line of the table, from a hand-off or an indicator, and the table of some lines.
Not here: which lines stand on which page. Always in a fixed order, never sorted by value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard import queries
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.components.sparkline import sparkline
from dashboard.components.table import Column, table
from dashboard.sections.limits import icons_of_row
from pipelines.wording import formats, signals
from pipelines.wording.courses import PERIODS_PER_YEAR, newest_course, series_by_indicator
from pipelines.wording.figures import (
    Figure,
    Movement,
    change_of,
    interval_of,
    latest,
    movement,
    status_symbol,
    status_word,
    words_of,
)
from pipelines.wording.followed import followed_end
from pipelines.wording.handoff_lines import HandoffLine, backlog
from pipelines.wording.measures import STATISTICS, TIMES, headline_view, measures_of
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, records, text_of

_COURSE = 12


@dataclass(frozen=True)
class Line:
    """One line: a hand-off or an indicator with its newest figures."""

    name: str
    address: str
    code: str
    subtitle: str
    badge: str | None
    sentence: str
    is_time: bool
    course: list[Figure]
    moved: Movement
    signal: Row | None
    within_norm: Figure | None
    has_norm: bool
    followed_until: date | None
    # What waits, where that is more than comes in.
    backlog: str = ""

    @property
    def is_fit(self) -> bool:
        """Whether the data may be shown as a number at all."""
        return self.badge != "not_fit"


def handoff_rows(page: Page, lines: Sequence[HandoffLine]) -> list[Line]:
    """Return the lines of hand-offs, in the order given."""
    words = page.words
    normed = set(queries.norms(page.publication)["handoff_id"])
    return [
        Line(
            name=words.label(line.handoff),
            address=words.href("koppelvlak", koppelvlak=line.code),
            code=line.code,
            subtitle=_between(page, line.handoff),
            badge=line.badge,
            sentence=quality_sentence(line.quality, words),
            is_time=True,
            course=list(line.course),
            moved=line.moved,
            signal=line.signal,
            within_norm=line.within_norm,
            has_norm=line.code in normed,
            followed_until=line.followed_until,
            backlog=backlog(line, words),
        )
        for line in lines
    ]


def indicator_rows(page: Page, indicators: Sequence[Row]) -> list[Line]:
    """Return the lines of indicators that are not the lead time of a hand-off.

    Args:
        page: The page.
        indicators: Rows of the register.
    """
    results = queries.national_results(page.publication, STATISTICS, *PERIODS_PER_YEAR)
    found = queries.signals(page.publication)
    series = series_by_indicator(results)
    lines = []
    for indicator in indicators:
        identifier = str(indicator["indicator"])
        own = results[results["indicator"] == identifier]
        measures = measures_of(own)
        statistic = measures[0] if measures else "count"
        _, course = newest_course(
            series.get(identifier, {}), statistic, headline_view(own, statistic)
        )
        quality = queries.quality(page.publication, identifier)
        lines.append(
            Line(
                name=page.words.label(indicator),
                address=page.words.href("indicator", indicator=identifier),
                code="",
                subtitle=page.words.name("statistic", measures[0]) if measures else "",
                badge=text_of(quality, "badge") or None,
                sentence=quality_sentence(quality, page.words),
                is_time=statistic in TIMES,
                course=course,
                moved=movement(course, text_of(indicator, "direction")),
                signal=signals.spoken_of(found, identifier, "quarter"),
                within_norm=None,
                has_norm=False,
                followed_until=followed_end(indicator),
            )
        )
    return lines


def others(page: Page) -> list[Row]:
    """Return the rows of the register that are neither a lead time nor a page of their own."""
    register = queries.indicators(page.publication)
    # Distributions of answers have a page of their own.
    chosen = register[
        ~register["kind"].isin(["lead_time", "distribution"]) & ~register["is_generic"].astype(bool)
    ]
    return records(chosen)


def is_comparable(lines: Sequence[Line]) -> bool:
    """Whether any line has limits, or can be compared with a year earlier."""
    return any(
        line.signal is not None or line.moved.kind in {"lower", "higher", "same"} for line in lines
    )


def figure_table(
    page: Page, caption: str, lines: Sequence[Line], *, of_handoffs: bool = True
) -> str:
    """Return lines as a table; what no line has is no column.

    Args:
        page: The page.
        caption: What the table shows.
        lines: Its lines.
        of_handoffs: Whether they are hand-offs, which have norms.
    """
    words = page.words
    is_charted = page.publication.has("signal")
    compared = is_comparable(lines)
    heading_of = "column.signal" if is_charted else "column.movement"
    columns = [
        Column(words.text("column.handoff" if of_handoffs else "decisions.field.indicator")),
        Column(words.text("series.title")),
        Column(words.text("column.latest_median" if of_handoffs else "column.latest")),
        *([Column(words.text(heading_of))] if compared else []),
        *([Column(words.text("statistic.share_within_norm"))] if of_handoffs else []),
        Column(words.text("handoff.quality")),
    ]
    rows = [
        [
            _name(line),
            sparkline(line.course[-_COURSE:], words) if line.is_fit else "",
            _latest(line, page),
            *([_signal(line, page) if is_charted else _movement(line, page)] if compared else []),
            *([_within_norm(line, page)] if of_handoffs else []),
            badge.quality(line.badge, line.sentence, words),
        ]
        for line in lines
    ]
    class_ = "km-lines" if of_handoffs else "km-lines km-lines-plain"
    return table(caption, columns, rows, class_=class_)


def compact_table(page: Page, caption: str, lines: Sequence[Line]) -> str:
    """Return the same in less: a line a hand-off, without its course and norm."""
    words = page.words
    is_charted = page.publication.has("signal")
    compared = is_comparable(lines)
    columns = [
        Column(words.text("column.handoff")),
        Column(words.text("column.latest_median")),
        *(
            [Column(words.text("column.signal" if is_charted else "column.movement"))]
            if compared
            else []
        ),
        Column(words.text("handoff.quality")),
    ]
    rows = [
        [
            _name(line),
            _latest(line, page),
            *([_signal(line, page) if is_charted else _movement(line, page)] if compared else []),
            badge.quality(line.badge, line.sentence, words),
        ]
        for line in lines
    ]
    return table(caption, columns, rows, class_="km-lines km-chain-table")


def caption_of(page: Page, lines: Sequence[Line]) -> str:
    """Say how such a table is read: what the course shows, and what is compared with what."""
    words = page.words
    caption = words.text("lines.caption")
    if page.publication.has("signal"):
        caption = words.text("lines.caption_signals")
    if not any(figure.has_interval for line in lines for figure in line.course):
        caption = words.text("lines.caption_no_interval")
    return f'<p class="km-caption">{escape(caption)}</p>'


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
    details = [interval_of(newest, words), formats.period(newest.period, words), _n(newest, page)]
    later = line.course[line.course.index(newest) + 1 :]
    pending = "".join(
        f'<span class="km-sub">{escape(formats.period(figure.period, words))}: '
        f"{escape(status_word(figure.status, words))}</span>"
        for figure in later[-1:]
        if figure.status != "too_recent"
    )
    beneath = [" · ".join(filter(None, details)), change_of(newest, words)]
    if line.followed_until is not None:
        day = formats.day(line.followed_until, words)
        beneath.append(words.text("followed.chart", day=day))
    return (
        f'<span class="km-value">{escape(words_of(newest, words))}</span>'
        + "".join(
            f'<span class="km-sub">{escape(text)}</span>'
            for text in (*beneath, line.backlog)
            if text
        )
        + pending
    )


def _n(figure: Figure, page: Page) -> str:
    # What a rate is divided by is time, no number of cases.
    if figure.denominator is None or figure.unit.startswith("per_"):
        return ""
    return page.words.text("figure.n", n=formats.number(figure.denominator, page.words))


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
