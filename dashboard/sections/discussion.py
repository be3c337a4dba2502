"""The list for discussion: one card an indicator, and what chance alone would have put on it.

Here: the cards and the sentences around them. Not here: which signals there are, or their order.
"""

from collections.abc import Sequence
from itertools import groupby

import pandas as pd

from dashboard import decisions, queries
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.sections.followed import followed_text
from dashboard.sections.limits import icons_of_row
from dashboard.sections.whose import series_address
from pipelines.wording import formats, signals
from pipelines.wording.figures import NATIONAL
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, first, records, text_of
from pipelines.wording.signals import Entry


def expectation(page: Page, found: pd.DataFrame, listed: Sequence[Entry]) -> str:
    """Say how many items there are, and how many of them are expected to be chance."""
    words = page.words
    charted = found[found["chart"] != "none"] if not found.empty else found
    if charted.empty:
        text = words.text("discussion.no_limits")
        return f'<p class="km-note km-note-plain">{escape(text)}</p>'
    text = words.text(
        "discussion.summary",
        n=formats.number(len(charted), words),
        signals=formats.number(int((charted["rule"] != "none").sum()), words),
        listed=len(listed),
    )
    if listed:
        by_chance = formats.number(listed[0].expected_false, words, 1)
        text = f"{text} {words.text('discussion.by_chance', n=by_chance, listed=len(listed))}"
    return f'<p class="km-note km-note-plain">{escape(text)}</p>'


def entry_card(page: Page, entry: Entry) -> str:
    """Return the card of one item: what it is, and the reason of each signal by indicator."""
    words = page.words
    quality = first(
        queries.qualities(page.publication).loc[lambda all_: all_["indicator"] == entry.indicator]
    )
    indicator = _indicator(page, entry.indicator)
    handoff = text_of(indicator, "handoff_id")
    code = f'<span class="km-code">{escape(handoff)}</span>' if handoff else ""
    name = link(_series_of(page, entry.indicator), _name(page, indicator))
    top = (
        f'<div class="km-card-top">{code}<h2 id="{escape(entry.indicator)}">{name}</h2>'
        f"{signal_icon.strength(entry.strength, words)}</div>"
    )
    mark = badge.quality(text_of(quality, "badge") or None, quality_sentence(quality, words), words)
    foot = (
        f'<div class="km-card-foot">{escape(words.text("discussion.data"))} {mark}'
        f"{_decide(page, indicator, entry)}</div>"
    )
    body = "".join(
        ("" if identifier == entry.indicator else _with(page, identifier))
        + _reasons(page, rows)
        + _followed(page, identifier)
        for identifier, rows in entry.told.items()
    )
    body += _beside(page, entry)
    return f'<article class="km-card">{top}{body}{foot}</article>'


def _beside(page: Page, entry: Entry) -> str:
    """Return the agreement and the balancing measure of an item that are not told under it."""
    words, register = page.words, records(queries.indicators(page.publication))
    found = queries.signals(page.publication)
    items = "".join(
        f"<li>{link(address(page, other), _name(page, other))}: {icons_of_row(page, row)} "
        f'<span class="km-soft">{escape(signals.figure(row, words))}</span></li>'
        for name in signals.beside(entry, register)
        for other in [_indicator(page, name)]
        for row in [signals.spoken_of(found, name, "quarter")]
        if other and row is not None
    )
    title = escape(words.text("discussion.beside"))
    return f'<h3>{title}</h3><ul class="km-beside">{items}</ul>' if items else ""


def _followed(page: Page, indicator: str) -> str:
    """Return until when an indicator is followed, and for whom it waits; empty at no delay."""
    text = followed_text(page, indicator)
    return f'<p class="km-soft">{escape(text)}</p>' if text else ""


def _with(page: Page, identifier: str) -> str:
    """Return the name of another indicator of the same item, above its own signals."""
    name = link(_series_of(page, identifier), _name(page, _indicator(page, identifier)))
    return f"<h3>{escape(page.words.text('discussion.with'))} {name}</h3>"


def _decide(page: Page, indicator: Row, entry: Entry) -> str:
    """Return the link that records a decision on this signal, for who may write."""
    if decisions.desk() is None:
        return ""
    href = page.words.href(
        "besluiten",
        nieuw="1",
        indicator=text_of(indicator, "indicator"),
        signaal=str(entry.signals[0]["signal_id"]),
    )
    return " " + link(href, page.words.text("decisions.new"), "km-action")


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
        & (found["dimension"] == "national")
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


def _reasons(page: Page, rows: Sequence[Row]) -> str:
    """Return the signals of one indicator; members beneath the names of their dimensions."""
    words = page.words
    labels = {
        (row["dimension"], row["member"]): words.label(row)
        for row in records(queries.members(page.publication))
    }
    parts = []
    for dimension, own in groupby(rows, key=lambda signal: str(signal["dimension"])):
        is_national = dimension == NATIONAL
        items = "".join(
            _reason(
                page,
                signal,
                ""
                if is_national
                else labels.get((dimension, signal["member"])) or str(signal["member"]),
            )
            for signal in own
        )
        listed = f'<ul class="km-reasons">{items}</ul>'
        if not is_national:
            name = escape(words.name("dimension", dimension))
            listed = f'<div class="km-card-members"><h3>{name}</h3>{listed}</div>'
        parts.append(listed)
    return "".join(parts)


def _series_of(page: Page, indicator: str) -> str:
    """Return where the series is drawn that a listed indicator is spoken of by."""
    row = signals.spoken_of(queries.signals(page.publication), indicator, "quarter")
    assert row is not None, "what is listed has a series"
    return _address_of(page, row)


def _address_of(page: Page, signal: Row) -> str:
    return series_address(
        page,
        str(signal["indicator"]),
        maat=str(signal["statistic"]),
        periode=str(signal["period_grain"]),
        dimensie=str(signal["dimension"]),
        lid=str(signal["member"]),
    )


def _reason(page: Page, signal: Row, member: str = "") -> str:
    words = page.words
    icon = signal_icon.variation(text_of(signal, "variation"), text_of(signal, "moved"), words)
    norm = signal_icon.assurance(text_of(signal, "assurance"), signals.assurance(signal, words))
    of = f"<b>{escape(member)}</b> · " if member else ""
    results = queries.results_of(page.publication, str(signal["indicator"]))
    caveats = signals.caveats(signal, words, brief=True)
    beside = " ".join(filter(None, [*caveats, signals.still_changes(signal, results, words)]))
    to = _address_of(page, signal)
    return (
        f'<li data-signal="{escape(str(signal["signal_id"]))}">'
        f'<div class="km-reason-icons">{icon}{norm}</div>'
        f"<div>{of}{link(to, signals.measure(signal, words))}: "
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
