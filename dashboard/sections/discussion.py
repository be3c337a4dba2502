"""The list for discussion: one card an indicator, and what chance alone would have put on it.

Here: the cards and the sentences around them. Not here: which signals there are, or their order.
"""

from collections.abc import Sequence

import pandas as pd

from dashboard import decisions, formats, queries, signals
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.rows import Row, first, records, text_of
from dashboard.signals import Entry


def expectation(page: Page, found: pd.DataFrame, listed: Sequence[Entry]) -> str:
    """Say how many series were looked at and how many of them signal."""
    words = page.words
    charted = found[found["chart"] != "none"] if not found.empty else found
    if charted.empty:
        text = words.text("discussion.no_limits")
        return f'<p class="km-note km-note-plain">{escape(text)}</p>'
    chance = float(charted["false_alarm_rate"].fillna(0.0).sum())
    text = words.text(
        "discussion.summary",
        n=len(charted),
        signals=int((charted["rule"] != "none").sum()),
        chance=formats.number(chance, words),
        listed=len(listed),
    )
    if any(one.is_reserved for one in listed):
        text = f"{text} {words.text('discussion.reserved')}"
    return f'<p class="km-note km-note-plain">{escape(text)}</p>'


def entry_card(page: Page, entry: Entry) -> str:
    """Return the card of one indicator: what it is, its icons, and the reason of each signal."""
    words = page.words
    indicator = _indicator(page, entry.indicator)
    handoff = text_of(indicator, "handoff_id")
    code = f'<span class="km-code">{escape(handoff)}</span>' if handoff else ""
    quality = first(
        queries.qualities(page.publication).loc[lambda all_: all_["indicator"] == entry.indicator]
    )
    name = link(address(page, indicator), _name(page, indicator))
    top = (
        f'<div class="km-card-top">{code}<h2 id="{escape(entry.indicator)}">{name}</h2>'
        f"{signal_icon.strength(entry.strength, words, is_reserved=entry.is_reserved)}</div>"
    )
    mark = badge.quality(text_of(quality, "badge") or None, words.label(quality, "sentence"), words)
    reasons = "".join(_reason(page, one) for one in entry.national)
    split = _members(page, entry)
    foot = (
        f'<div class="km-card-foot">{escape(words.text("discussion.data"))} {mark}'
        f"{_decide(page, indicator, entry)}</div>"
    )
    body = f'<ul class="km-reasons">{reasons}</ul>' if reasons else ""
    return f'<article class="km-card">{top}{body}{split}{foot}</article>'


def _decide(page: Page, indicator: Row, entry: Entry) -> str:
    """Return the link that records a decision on this signal, for who may write."""
    if decisions.desk() is None:
        return ""
    signal = next((str(one["signal_id"]) for one in (*entry.national, *entry.members)), "")
    href = page.words.href(
        "besluiten", nieuw="1", indicator=text_of(indicator, "indicator"), signaal=signal
    )
    return " " + link(href, page.words.text("discussion.decide"), "km-action")


def address(page: Page, indicator: Row) -> str:
    """Return where an indicator is shown: its hand-off's page for a lead time."""
    if indicator.get("kind") == "lead_time":
        return page.words.href("koppelvlak", koppelvlak=text_of(indicator, "handoff_id"))
    return page.words.href("indicator", indicator=text_of(indicator, "indicator"))


def unmet_norms(page: Page, found: pd.DataFrame) -> str:
    """Return the hand-offs whose norm is out of reach of the process as it is, in fixed order."""
    if found.empty:
        return ""
    words = page.words
    rows = found[
        (found["assurance"] == "consistently_failing")
        & found["is_headline"].astype(bool)
        & (found["dimension"] == "national")
        & (found["period_grain"] == "quarter")
    ].sort_values("indicator")
    if rows.empty:
        return ""
    items = "".join(
        f"<li>{link(address(page, one), _name(page, one))}: "
        + escape(
            words.text(
                "discussion.unmet.item",
                norm=formats.norm_value(float(row["norm"]), str(row["unit"]), words),
                lower=formats.with_unit(float(row["lower"]), str(row["unit"]), words),
                upper=formats.with_unit(float(row["upper"]), str(row["unit"]), words),
            )
        )
        + "</li>"
        for row in records(rows)
        for one in [_indicator(page, str(row["indicator"]))]
    )
    return (
        f'<section class="km-phase"><h2>{escape(words.text("discussion.unmet"))}</h2>'
        f'<p class="km-soft">{escape(words.text("discussion.unmet.text"))}</p><ul>{items}</ul>'
        "</section>"
    )


def _members(page: Page, entry: Entry) -> str:
    """Return the signals of members beneath the names of their dimensions, in fixed order."""
    if not entry.members:
        return ""
    words = page.words
    labels = {
        (row["dimension"], row["member"]): words.label(row)
        for row in records(queries.members(page.publication))
    }
    parts = []
    for dimension in dict.fromkeys(str(one["dimension"]) for one in entry.members):
        items = "".join(
            _reason(page, one, labels.get((dimension, one["member"])) or str(one["member"]))
            for one in entry.members
            if one["dimension"] == dimension
        )
        parts.append(
            f"<h3>{escape(words.name('dimension', dimension))}</h3>"
            f'<ul class="km-reasons">{items}</ul>'
        )
    return f'<div class="km-card-members">{"".join(parts)}</div>'


def _reason(page: Page, signal: Row, member: str = "") -> str:
    words = page.words
    icon = signal_icon.variation(text_of(signal, "variation"), text_of(signal, "moved"), words)
    norm = signal_icon.assurance(text_of(signal, "assurance"), words)
    of = f"<b>{escape(member)}</b> · " if member else ""
    beside = " ".join(signals.caveats(signal, words, brief=True))
    return (
        f'<li data-signal="{escape(str(signal["signal_id"]))}">'
        f'<div class="km-reason-icons">{icon}{norm}</div>'
        f"<div>{of}{escape(signals.measure(signal, words))}: "
        f"{escape(signals.reason(signal, words))}"
        + (f' <span class="km-soft">{escape(beside)}</span>' if beside else "")
        + "</div></li>"
    )


def _indicator(page: Page, identifier: str) -> Row:
    register = queries.indicators(page.publication)
    return first(register[register["indicator"] == identifier])


def _name(page: Page, indicator: Row) -> str:
    """Name an indicator; a reconciliation and a lead time carry their kind in their label."""
    return page.words.label(indicator) or text_of(indicator, "indicator")
