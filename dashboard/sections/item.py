"""One item of the list for discussion, as home, list and meeting have it.

Here: what belongs to an item (its signal, points, cases, open decisions) and its parts in HTML:
name, line, drawing, way to a decision.
Not here: which items there are, their order and evidence (published), and the pages they stand on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import decisions, queries
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, hidden, link, picture
from dashboard.components.page import Page
from dashboard.decisions import Decision
from dashboard.sections.whose import labels_of, series_address
from pipelines.charts.signal_spark import HEIGHT, WIDTH, signal_spark, spark_words
from pipelines.charts.style import ORANGE, SLATE
from pipelines.dimensions import NATIONAL
from pipelines.wording import agenda, formats, signals
from pipelines.wording.rows import Row, records, text_of
from pipelines.wording.signals import Entry


@dataclass(frozen=True)
class Item:
    """An item of the list with what belongs to it.

    Attributes:
        entry: The item as published.
        indicator: Its row of the register.
        points: Rows of `signal_point` of that series, in order.
        n_cases: Cases by period of that series, where they are no figure themselves.
        open: Open decisions about it, as they stand this moment.
        listing: Its row of `listing`; empty where that is not told.
    """

    entry: Entry
    indicator: Row
    points: Sequence[Row]
    n_cases: Mapping[str, float]
    open: Sequence[Decision]
    listing: Row

    @property
    def signal(self) -> Row:
        """The row of `signal` it is spoken of by."""
        return self.entry.spoken

    @property
    def handoff_id(self) -> str:
        """Its hand-off; empty where it is about none."""
        return text_of(self.indicator, "handoff_id")


def items(page: Page) -> list[Item]:
    """Return the items of the list, the strongest evidence first."""
    publication = page.publication
    listed = signals.entries(queries.signals(publication), queries.members(publication))
    if not listed:
        return []
    register = {str(row["indicator"]): row for row in records(queries.indicators(publication))}
    points = dict(iter(queries.listed_points(publication).groupby("series_id")))
    cases = dict(iter(queries.listed_cases(publication).groupby("series_id")))
    listings = {str(row["item"]): row for row in records(queries.listings(publication))}
    open_ones = [decision for decision in decisions.decisions(publication) if decision.is_open]
    made = []
    for entry in listed:
        series, indicator = str(entry.spoken["series_id"]), register.get(entry.indicator, {})
        handoff_id = text_of(indicator, "handoff_id") or None
        counted = cases.get(series)
        made.append(
            Item(
                entry,
                indicator,
                records(points[series]) if series in points else [],
                {}
                if counted is None
                else dict(zip(counted["period"], counted["n_cases"], strict=True)),
                [
                    decision
                    for decision in open_ones
                    if any(decision.is_about(name, handoff_id) for name in entry.told)
                ],
                listings.get(entry.indicator, {}),
            )
        )
    return made


def name_of(page: Page, item: Item) -> str:
    """Name an item: the indicator that leads it."""
    return page.words.label(item.indicator) or item.entry.indicator


def since(page: Page, item: Item) -> str:
    """Return since when it stands on the list, as a tag; empty where that is not known."""
    text = agenda.since(item.listing, page.publication.reference_date, page.words)
    return f'<span class="km-tag">{escape(text)}</span>' if text else ""


def evidence(page: Page, signal: Row) -> str:
    """Return the address of the very series a signal is about."""
    return series_address(
        page,
        str(signal["indicator"]),
        maat=str(signal["statistic"]),
        periode=str(signal["period_grain"]),
        dimensie=str(signal["dimension"]),
        lid=str(signal["member"]),
    )


def said(page: Page, item: Item) -> str:
    """Return the kind of change with its icon, its size in words and its number of cases."""
    words, signal = page.words, item.signal
    icon = signal_icon.variation(text_of(signal, "variation"), text_of(signal, "moved"), words)
    line = agenda.line(signal, item.n_cases.get(str(signal["period"])), words)
    member = ""
    if signal["dimension"] != NATIONAL:
        labels = labels_of(page, str(signal["dimension"]))
        member = f"{labels.get(signal['member']) or signal['member']}, "
    return f"{icon} <span>{escape(member + line)}</span>"


def drawing(page: Page, item: Item) -> str:
    """Return the course of an item in the width of a word; empty where it has no chart."""
    if not any(formats.is_number(point["value"]) for point in item.points):
        return ""
    alternative = spark_words(item.signal, item.points, item.n_cases, page.words)
    return picture(signal_spark(item.points), alternative, "km-signal-spark", WIDTH, HEIGHT)


def decide_link(page: Page, item: Item) -> str:
    """Return the link to the form with this item filled in; empty for who may not write."""
    if decisions.desk() is None:
        return ""
    words = page.words
    href = words.href(
        "besluiten",
        nieuw="1",
        indicator=item.entry.indicator,
        signaal=str(item.signal["signal_id"]),
    )
    # Links that read alike must be told apart by who hears them one by one.
    about = hidden(f": {name_of(page, item)}")
    said = escape(words.text("decisions.new"))
    return f'<a class="km-action" href="{escape(href)}">{said}{about}</a>'


def open_decision(page: Page, item: Item) -> str:
    """Return the newest open decision about an item, and how many more there are; else empty."""
    if not item.open:
        return ""
    words = page.words
    newest = max(item.open, key=lambda decision: decision.draft.noted_on)
    number = newest.revision.number
    to = link(
        words.href("besluiten", besluit=number), words.text("this_quarter.open", number=number)
    )
    owner = words.name("decisions.owner", newest.draft.owner or "")
    more = len(item.open) - 1
    beside = f"{owner}{words.text('this_quarter.open.more', n=more) if more else ''}"
    beneath = f"<span>{escape(beside)} {state(page, newest)}</span>"
    return f'<span class="km-item-open">{to} {beneath}</span>'


def state(page: Page, decision: Decision) -> str:
    """Return what asks attention of an open decision: overdue, or not built yet; else empty."""
    if decision.is_overdue(page.publication.reference_date):
        return badge.marked("diamond", ORANGE, page.words.text("decisions.overdue"))
    if not decision.is_published:
        return badge.marked("dashed", SLATE, page.words.text("decisions.waiting"))
    return ""


def opened(page: Page, item: Item) -> str:
    """Return every open decision about an item in full, the one that is due first on top."""
    words = page.words
    if not item.open:
        return f'<p class="km-soft">{escape(words.text("item.none_open"))}</p>'
    rows = "".join(f"<li>{in_full(page, decision)}</li>" for decision in item.open)
    title = escape(words.text("decisions.open"))
    return f'<h2>{title}</h2><ul class="km-plain km-opened">{rows}</ul>'


def in_full(page: Page, decision: Decision) -> str:
    """Return an open decision: number, day, owner and due date above what it says."""
    words, draft, number = page.words, decision.draft, decision.revision.number
    facts = [
        formats.day(draft.noted_on, words),
        words.name("decisions.owner", draft.owner or ""),
        *([words.text("item.due", day=formats.day(draft.due_on, words))] if draft.due_on else []),
    ]
    to = link(words.href("besluiten", besluit=number), number)
    return (
        f'<span class="km-sub">{to} · {escape(" · ".join(facts))} {state(page, decision)}</span>'
        f"<span>{escape(draft.text)}</span>"
    )
