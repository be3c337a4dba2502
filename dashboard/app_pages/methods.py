"""How to read: cohorts, open cases, intervals, signals, symbols, data quality, assumptions."""

import streamlit as st

from dashboard import queries
from dashboard.chain import nature_of
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.table import Column, table
from dashboard.sections.measured import show_measured_section
from pipelines.wording.figures import status_symbol

TOPICS = (
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
    "suppression",
    "order",
)
# Only for who sees any of it: topic and the table it is about.
TOPICS_OF_TABLES = (
    ("changes", "change"),
    ("funnel", "funnel"),
    ("signals", "signal"),
    ("instead", "signal"),
    ("list", "signal"),
    ("rebase", "signal"),
    ("themes", "theme_series"),
    ("answers", "experience_result"),
)
# Only for one audience: how what it sees is protected.
TOPICS_OF_AUDIENCES = {"platform": ("regime", "not_occurring")}
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
    # Where there are signals, they take the place of the comparison with a year earlier.
    nature = nature_of(page.publication)
    absent = set() if nature.is_two_sided else {"two_sides", "agreement"}
    if page.publication.has("signal"):
        absent.add("movement")
    own = [topic for topic in TOPICS if topic not in absent]
    present = (topic for topic, table in TOPICS_OF_TABLES if page.publication.has(table))
    told = TOPICS_OF_AUDIENCES.get(page.publication.audience, ())
    texts = {topic: words.text(f"methods.{topic}.text") for topic in (*told, *own, *present)}
    texts["norm"] = words.text(nature.key("methods.norm.text"))
    topics = "".join(
        f"<div><dt>{escape(words.text(f'methods.{topic}'))}</dt><dd>{escape(text)}</dd></div>"
        for topic, text in texts.items()
    )
    st.html(f'<dl class="km-topics">{topics}</dl>')
    if page.publication.has("signal"):
        show_false_alarms(page)
    show_measured_section(page)
    section(words.text("methods.symbols"), words.text("methods.symbols.text"), anchor="symbolen")
    st.html(symbols(page))
    section(words.text("methods.quality"), words.text("methods.quality.text"))
    st.html(shapes(page))
    if nature.cites:
        show_assumptions(page)


def show_false_alarms(page: Page) -> None:
    """Put on the page how often series signal for nothing, and what the evidence then says."""
    words = page.words
    title = words.text("methods.false_alarms")
    section(title, words.text("methods.false_alarms.text"), anchor="vals-alarm")
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
    st.html(table(title, columns, rows))
    for text in ("methods.evidence.text", "methods.evidence.swings"):
        st.html(f"<p>{escape(words.text(text))}</p>")
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
    st.html(table(words.text("methods.evidence.kind"), columns, rows))
    st.html(f'<p class="km-caption">{escape(words.text("methods.evidence.limit"))}</p>')


def show_assumptions(page: Page) -> None:
    """Put on the page which choices are not in the circular."""
    words = page.words
    section(words.text("methods.assumptions"), words.text("methods.assumptions.text"))
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
    st.html(f'<ul class="km-list">{items}</ul>')


show()
