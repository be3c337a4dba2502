"""How to read: cohorts, open cases, intervals, signals, symbols, data quality, assumptions."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import queries
from dashboard.chain import Nature, nature_of
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, folded
from dashboard.components.page import Page, current_page, folded_section, heading, section
from dashboard.components.table import Column, table
from dashboard.sections.measured import show_measured_section
from pipelines.wording.figures import status_symbol

# What is told, by what it is about.
TOPICS: Mapping[str, Sequence[str]] = {
    "figures": (
        "cohort",
        "open",
        "followed",
        "provisional",
        "median",
        "norm",
        "interval",
        "movement",
        "at_risk",
        "clock",
        "two_sides",
        "agreement",
        "changes",
        "order",
    ),
    "signals": ("signals", "instead", "list", "rebase", "funnel"),
    "evaluations": ("themes", "answers"),
    "protection": ("suppression", "regime", "not_occurring"),
}
# Only for who sees any of it: topic and the table it is about.
TABLE_OF_TOPIC = {
    "changes": "change",
    "funnel": "funnel",
    "signals": "signal",
    "instead": "signal",
    "list": "signal",
    "rebase": "signal",
    "themes": "theme_series",
    "answers": "experience_result",
}
# Only for one audience: how what it sees is protected.
AUDIENCE_OF_TOPIC = {"regime": "platform", "not_occurring": "platform"}
STATUSES = (
    "zero",
    "no_data",
    "suppressed",
    "impossible",
    "not_delivered",
    "withheld",
    "not_reached",
    "too_recent",
    "no_row",
)
# Of which it was measured how often they signal when nothing changes, from seldom to often.
FALSE_ALARMS = ("level", "ideal", "means", "rare", "measures", "clumped", "alike")
STRENGTHS = ("strong", "clear", "weak")
ASSUMPTIONS = ("quarterly", "lcc", "k50")


def symbols(page: Page) -> str:
    """Return every way in which a figure can be absent, so that none is taken for another."""
    words = page.words
    rows = [
        [
            f'<span class="km-status">'
            f"{escape('0' if status == 'zero' else status_symbol(status, words))}"
            "</span>",
            escape(words.text(f"status.{status}")),
            escape(words.text(f"status.{status}.text")),
        ]
        for status in STATUSES
    ]
    columns = [
        Column(words.text("methods.shown")),
        Column(words.text("methods.name")),
        Column(words.text("glossary.meaning")),
    ]
    return table(words.text("methods.symbols"), columns, rows)


def shapes(page: Page) -> str:
    """Return what the badges mean."""
    words = page.words
    rows = [
        [badge.quality(quality, "", words), escape(words.text(f"quality.{quality}.text"))]
        for quality in ("good", "caution", "not_fit")
    ]
    columns = [Column(words.text("handoff.quality")), Column(words.text("glossary.meaning"))]
    return table(words.text("methods.quality"), columns, rows)


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.methods"), words.text("methods.lead"))
    nature = nature_of(page.publication)
    for group, topics in TOPICS.items():
        told = [topic for topic in topics if is_told(page, nature, topic)]
        if told:
            section(words.text(f"methods.group.{group}"))
            folds = "".join(topic_fold(page, nature, topic) for topic in told)
            st.html(f'<div class="km-entries">{folds}</div>')
    section(words.text("methods.group.tables"))
    if page.publication.has("signal"):
        show_false_alarms(page)
    show_measured_section(page)
    folded_section(
        words.text("methods.symbols"), symbols(page),
        words.text("methods.symbols.text"), anchor="symbolen",
    )  # fmt: skip
    folded_section(words.text("methods.quality"), shapes(page), words.text("methods.quality.text"))
    if nature.cites:
        show_assumptions(page)


def is_told(page: Page, nature: Nature, topic: str) -> bool:
    """Whether a topic is about anything that this audience sees of this chain."""
    if topic in {"two_sides", "agreement"}:
        return nature.is_two_sided
    # Where there are signals, they take the place of the comparison with a year earlier.
    if topic == "movement":
        return not page.publication.has("signal")
    table, audience = TABLE_OF_TOPIC.get(topic), AUDIENCE_OF_TOPIC.get(topic)
    return (table is None or page.publication.has(table)) and (
        audience in {None, page.publication.audience}
    )


def topic_fold(page: Page, nature: Nature, topic: str) -> str:
    """Return what is told of a topic, folded beneath its name."""
    key = f"methods.{topic}.text"
    text = page.words.text(nature.key(key) if topic == "norm" else key)
    name = page.words.text(f"methods.{topic}")
    return folded(f"<h3>{escape(name)}</h3>", f'<p class="km-topic">{escape(text)}</p>')


def show_false_alarms(page: Page) -> None:
    """Put on the page how often series signal for nothing, and what the evidence then says."""
    words = page.words
    title = words.text("methods.false_alarms")
    columns = [
        Column(words.text("methods.false_alarms.kind")),
        Column(words.text("methods.false_alarms.per_100"), is_number=True),
    ]
    rows = [
        [
            escape(words.text(f"methods.false_alarms.{kind}")),
            escape(words.text(f"methods.false_alarms.{kind}.n")),
        ]
        for kind in FALSE_ALARMS
    ]
    body = table(title, columns, rows)
    for text in ("methods.evidence.text", "methods.evidence.swings"):
        body += f"<p>{escape(words.text(text))}</p>"
    columns = [
        Column(words.text("methods.evidence.kind")),
        Column(words.text("methods.evidence.chance")),
    ]
    rows = [
        [
            signal_icon.strength(strength, words),
            escape(words.text(f"methods.evidence.{strength}")),
        ]
        for strength in STRENGTHS
    ]
    body += table(words.text("methods.evidence.kind"), columns, rows)
    body += f'<p class="km-caption">{escape(words.text("methods.evidence.limit"))}</p>'
    folded_section(title, body, words.text("methods.false_alarms.text"), anchor="vals-alarm")


def show_assumptions(page: Page) -> None:
    """Put on the page which choices are not in the circular."""
    words = page.words
    items = "".join(
        f"<li>{escape(words.text(f'methods.assumption.{assumption}'))}</li>"
        for assumption in ASSUMPTIONS
    )
    assumed = queries.handoffs(page.publication)
    assumed = assumed[assumed["is_assumption"].astype(bool)]
    items += "".join(
        f"<li>{escape(words.text('methods.assumption.handoff', code=code, name=name))}</li>"
        for code, name in zip(
            assumed["handoff_id"], assumed[f"label_{words.language}"], strict=True
        )
    )
    folded_section(
        words.text("methods.assumptions"), f'<ul class="km-list">{items}</ul>',
        words.text("methods.assumptions.text"),
    )  # fmt: skip


show()
