"""The list for discussion: one card an indicator, and what chance alone would have put on it.

Here: the cards and the sentences around them. Not here: which signals there are, or their order.
"""

from collections.abc import Sequence

import pandas as pd

from dashboard import queries
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, link
from dashboard.components.note import note
from dashboard.components.page import Page
from dashboard.sections.followed import followed_text
from dashboard.sections.item import (
    Item,
    decide_link,
    drawing,
    evidence,
    name_of,
    open_decision,
    said,
    since,
)
from dashboard.sections.limits import icons_of_row
from dashboard.sections.whose import labels_of, series_address
from pipelines.dimensions import NATIONAL
from pipelines.wording import agenda, formats, signals
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, records, text_of
from pipelines.wording.signals import Entry


def expectation(page: Page, found: pd.DataFrame, listed: Sequence[Item]) -> str:
    """Say how many items there are, and how many of them are expected to be chance."""
    words = page.words
    charted = found[found["chart"] != "none"] if not found.empty else found
    if charted.empty or not listed:
        return note(agenda.nothing(charted, words))
    text = words.text(
        "discussion.summary",
        n=formats.number(len(charted), words),
        signals=formats.number(int((charted["rule"] != "none").sum()), words),
        listed=len(listed),
    )
    by_chance = agenda.by_chance(listed[0].entry.expected_false, len(listed), words)
    return note(f"{text} {by_chance}")


def item_card(page: Page, item: Item) -> str:
    """Return the card of one item: its drawing, its size in words, and all that is told of it."""
    words = page.words
    code = f'<span class="km-code">{escape(item.handoff_id)}</span>' if item.handoff_id else ""
    name = link(evidence(page, item.signal), name_of(page, item))
    return (
        f'<article class="km-card"><div class="km-card-top">{code}'
        f'<h2 id="{escape(item.entry.indicator)}">{name}</h2>{since(page, item)}'
        f"{signal_icon.strength(item.entry.strength, words)}</div>"
        f'<div class="km-card-body">{drawing(page, item)}<div>'
        f'<p class="km-card-said">{said(page, item)}</p>{reasons(page, item)}'
        f'<p class="km-card-foot">{data_line(page, item)} {open_decision(page, item)} '
        f"{decide_link(page, item)}</p></div></div></article>"
    )


def data_line(page: Page, item: Item) -> str:
    """Return what data an item rests on, and until when they are followed where that is shorter."""
    words = page.words
    quality = queries.quality(page.publication, item.entry.indicator)
    mark = badge.quality(text_of(quality, "badge") or None, quality_sentence(quality, words), words)
    until = "".join(
        f" {escape(text)}"
        for name in item.entry.told
        for text in [followed_text(page, name)]
        if text
    )
    return f"{escape(words.text('discussion.data'))} {mark}{until}"


def reasons(page: Page, item: Item) -> str:
    """Return why an item is listed: its own signal in a sentence, the others by their figure."""
    lines = [
        _reason(page, signal, item)
        for identifier, rows in item.entry.told.items()
        for signal in rows
    ]
    return f'<ul class="km-reasons">{"".join(lines)}</ul>{_beside(page, item.entry)}'


def _beside(page: Page, entry: Entry) -> str:
    """Return the agreement and the balancing measure of an item that are not told under it."""
    words, register = page.words, records(queries.indicators(page.publication))
    found = queries.signals(page.publication)
    items = "".join(
        f"<li><span>{link(address(page, other), _name(page, other))}:</span> "
        f"{icons_of_row(page, row)} "
        f'<span class="km-soft">{escape(signals.figure(row, words))}</span></li>'
        for name in signals.beside(entry, register)
        for other in [_indicator(page, name)]
        for row in [signals.spoken_of(found, name, "quarter")]
        if other and row is not None
    )
    title = escape(words.text("discussion.beside"))
    return f'<h3>{title}</h3><ul class="km-beside">{items}</ul>' if items else ""


def address(page: Page, indicator: Row) -> str:
    """Return where an indicator is shown: its hand-off's page for a lead time."""
    return series_address(page, text_of(indicator, "indicator"))


def unmet_norms(page: Page, found: pd.DataFrame) -> str:
    """Return the hand-offs whose norm is out of reach of the process as it is, in fixed order."""
    if found.empty:
        return ""
    words = page.words
    rows = found[
        (found["assurance"] == "consistently_failing")
        & found["is_headline"].astype(bool)
        & (found["dimension"] == NATIONAL)
        & (found["period_grain"] == "quarter")
    ].sort_values("indicator")
    if rows.empty:
        return ""
    items = "".join(
        f"<li>{link(address(page, indicator), _name(page, indicator))}: "
        + escape(
            words.text(
                "discussion.unmet.item",
                measure=signals.measure(row, words),
                norm=formats.with_unit(float(row["norm"]), str(row["unit"]), words),
                lower=formats.with_unit(float(row["lower"]), str(row["unit"]), words),
                upper=formats.with_unit(float(row["upper"]), str(row["unit"]), words),
            )
        )
        + "</li>"
        for row in records(rows)
        for indicator in [_indicator(page, str(row["indicator"]))]
    )
    return (
        f'<section class="km-phase"><h2>{escape(words.text("discussion.unmet"))}</h2>'
        f'<p class="km-soft">{escape(words.text("discussion.unmet.text"))}</p><ul>{items}</ul>'
        "</section>"
    )


def _reason(page: Page, signal: Row, item: Item) -> str:
    """Return one signal of an item, as a link to its series."""
    words = page.words
    icon = signal_icon.variation(text_of(signal, "variation"), text_of(signal, "moved"), words)
    norm = signal_icon.assurance(text_of(signal, "assurance"), signals.assurance(signal, words))
    of = ""
    if signal["indicator"] != item.entry.indicator:
        name = _name(page, _indicator(page, str(signal["indicator"])))
        of = f"{escape(words.text('discussion.with'))} {escape(name)} · "
    if signal["dimension"] != NATIONAL:
        labels = labels_of(page, str(signal["dimension"]))
        of += f"<b>{escape(labels.get(signal['member']) or signal['member'])}</b> · "
    to = link(evidence(page, signal), signals.measure(signal, words))
    if signal["signal_id"] == item.signal["signal_id"]:
        results = queries.results_of(page.publication, str(signal["indicator"]))
        caveats = signals.caveats(signal, words, brief=True)
        beside = " ".join(filter(None, [*caveats, signals.still_changes(signal, results, words)]))
        text = escape(signals.reason(signal, words))
        text += f' <span class="km-soft">{escape(beside)}</span>' if beside else ""
    else:
        text = f"{escape(signals.figure(signal, words))} {icon}"
    return f'<li data-signal="{escape(str(signal["signal_id"]))}">{of}{to}: {text}{norm}</li>'


def _indicator(page: Page, identifier: str) -> Row:
    return queries.indicator(page.publication, identifier)


def _name(page: Page, indicator: Row) -> str:
    """Name an indicator; a reconciliation and a lead time carry their kind in their label."""
    return page.words.label(indicator) or text_of(indicator, "indicator")
