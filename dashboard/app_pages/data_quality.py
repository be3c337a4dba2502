"""Data quality: which deliveries came, what was found in them, and what that means for figures."""

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import badge
from dashboard.components.choice import choose
from dashboard.components.markup import escape, hidden, link
from dashboard.components.note import show_note
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.table import Column, show_data, table
from dashboard.sections.definition import as_day
from dashboard.sections.linkage import show_linkage_section
from dashboard.sections.registration import show_registration_section
from pipelines.wording import formats
from pipelines.wording.figures import status_symbol
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import records

# From worst to best: a month shows the worst of its deliveries.
STATUSES = ("damaged", "refused", "held", "missing", "late", "on_time")
SEVERITIES = ("critical", "quarantine", "warning", "info")
STATES = ("new", "persisting", "known")
MONTHS = 12


def matrix(page: Page, deliveries: pd.DataFrame, months: list[Any]) -> str:
    """Return the deliveries of each supplier per month: shape, word and number."""
    words = page.words
    columns = [
        Column(words.text("quality_page.supplier")),
        *(Column(formats.month(month, words)) for month in months),
    ]
    rows = []
    for organisation, name in suppliers(page, deliveries):
        own = deliveries[deliveries["organisation"] == organisation]
        cells = [_cell(page, own[own["reference_date"] == month]) for month in months]
        rows.append([escape(name), *cells])
    return table(words.text("quality_page.matrix"), columns, rows, class_="km-matrix")


def suppliers(page: Page, deliveries: pd.DataFrame) -> list[tuple[str, str]]:
    """Return code and name of every supplier, in the fixed order of the organisations."""
    delivering = set(deliveries["organisation"])
    short = {
        row["member"]: page.words.label(row)
        for row in records(queries.members(page.publication))
        if row["dimension"] == "organisation"
    }
    found = [
        (row["organisation"], short.get(row["organisation"]) or page.words.label(row))
        for row in records(queries.organisations(page.publication))
        if row["organisation"] in delivering
    ]
    return found + [
        (organisation, organisation)
        for organisation in sorted(delivering - {code for code, _ in found})
    ]


def legend(page: Page) -> str:
    """Return what the shapes of the matrix mean."""
    words = page.words
    items = "".join(
        f"<li>{badge.delivery(status, words)} "
        f'<span class="km-soft">{escape(words.text(f"delivery.{status}.text"))}</span></li>'
        for status in reversed(STATUSES)
    )
    return f'<ul class="km-legend">{items}</ul>'


def badges(page: Page) -> str:
    """Return every indicator whose data ask for caution, with the reason."""
    words = page.words
    labels = {row["indicator"]: row for row in records(queries.indicators(page.publication))}
    rows = []
    for row in records(queries.qualities(page.publication)):
        indicator = labels.get(row["indicator"])
        if row["badge"] == "good" or indicator is None:
            continue
        to = link(words.href("indicator", indicator=row["indicator"]), words.label(indicator))
        rows.append(
            [
                f'<span class="km-name">{to}</span>',
                badge.quality(row["badge"], "", words),
                escape(quality_sentence(row, words)),
            ]
        )
    if not rows:
        return f'<p class="km-soft">{escape(words.text("quality_page.all_good"))}</p>'
    columns = [
        Column(words.text("decisions.field.indicator")),
        Column(words.text("handoff.quality")),
        Column(words.text("quality_page.reason")),
    ]
    return table(words.text("quality_page.badges"), columns, rows, class_="km-stack")


def finding_rows(page: Page, findings: pd.DataFrame) -> list[list[str]]:
    """Return the findings as text, worst first, then newest first."""
    words = page.words
    rows = []
    for row in sorted(records(findings), key=_severity):
        column = row["column_name"] if isinstance(row["column_name"], str) else ""
        rows.append(
            [
                words.name("severity", str(row["severity"])),
                _state(page, row),
                f"{row['organisation']} · {row['table_name']}",
                formats.month(row["reference_date"], words),
                words.label(row, "reason") or str(row["rule"]),
                column,
                words.text(
                    "quality_page.rows",
                    n=formats.number(row["n_rows"], words),
                    total=formats.number(row["n_total"], words),
                )
                if formats.is_number(row["n_rows"])
                else _few(page),
            ]
        )
    return rows


def kinds(page: Page, findings: pd.DataFrame) -> str:
    """Return the kinds of findings, worst first: in how many deliveries, and how many rows."""
    words = page.words
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in records(findings):
        reason = words.label(row, "reason") or str(row["rule"])
        found.setdefault((_severity(row), reason), []).append(row)
    rows = [
        [
            escape(reason),
            badge.severity(str(each[0]["severity"]), words),
            escape(formats.number(len(each), words)),
            *(
                escape(formats.number(sum(row["state"] == state for row in each), words))
                for state in STATES
            ),
            escape(formats.number(sum(row["is_resolved"] is True for row in each), words)),
            _affected(page, [row["n_rows"] for row in each]),
        ]
        for (_, reason), each in sorted(found.items())
    ]
    columns = [
        Column(words.text("quality_page.kind")),
        Column(words.text("quality_page.severity")),
        Column(words.text("quality_page.count"), is_number=True),
        *(Column(words.name("finding_state", state), is_number=True) for state in STATES),
        Column(words.name("finding_state", "resolved"), is_number=True),
        Column(words.text("quality_page.affected"), is_number=True),
    ]
    return table(words.text("quality_page.findings"), columns, rows, class_="km-stack km-findings")


def _affected(page: Page, counts: list[Any]) -> str:
    """How many rows findings touch; of a few cases nobody says how few."""
    if all(map(formats.is_number, counts)):
        return escape(formats.number(sum(counts), page.words))
    return escape(_few(page))


def _few(page: Page) -> str:
    return status_symbol("suppressed", page.words)


def _cell(page: Page, deliveries: pd.DataFrame) -> str:
    words = page.words
    if deliveries.empty:
        text = status_symbol("impossible", words)
        return f'<span class="km-faint">{text}</span>{hidden(words.text("delivery.none"))}'
    counts = Counter(deliveries["status"])
    worst = next((status for status in STATUSES if counts[status]), STATUSES[-1])
    total = len(deliveries)
    number = "" if worst == "on_time" else f"{counts[worst]}/{total}"
    detail = ", ".join(
        f"{counts[status]} {words.name('delivery', status)}"
        for status in STATUSES
        if counts[status]
    )
    return (
        f'<span class="km-delivery km-delivery-{worst}" title="{escape(detail)}">'
        f"{badge.delivery_shape(worst)}<span>{escape(words.name('delivery', worst))}</span>"
        + (f'<span class="km-sub">{number}</span>' if number else "")
        + "</span>"
    )


def _state(page: Page, row: dict[str, Any]) -> str:
    """Whether a finding is new, and whether the next delivery mended it; of some nobody can say."""
    if not isinstance(row["state"], str):
        return ""
    name = page.words.name("finding_state", row["state"])
    if row["is_resolved"] is not True:
        return name
    return f"{name}, {page.words.name('finding_state', 'resolved')}"


def _number(value: Any, page: Page) -> str:
    return formats.number(value, page.words) if formats.is_number(value) else ""


def _severity(row: dict[str, Any]) -> int:
    level = row["severity"]
    return SEVERITIES.index(level) if level in SEVERITIES else len(SEVERITIES)


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.data_quality"), words.text("quality_page.lead"))
    deliveries = queries.deliveries(page.publication)
    deliveries["reference_date"] = pd.to_datetime(deliveries["reference_date"]).dt.date
    section(words.text("quality_page.count"), words.text("quality_page.deliveries.text"))
    months = sorted(set(deliveries["reference_date"]))
    if not months:
        show_note(words.text("quality_page.none"))
        return
    ends = [str(year) for year in sorted({month.year for month in months}, reverse=True)]
    chosen = choose(
        "leveringen",
        words.text("quality_page.period"),
        ["recent", *ends],
        lambda choice: words.text("range.recent", n=MONTHS) if choice == "recent" else choice,
    )
    shown = months[-MONTHS:] if chosen == "recent" else [
        month for month in months if str(month.year) == chosen
    ]  # fmt: skip
    st.html(legend(page) + matrix(page, deliveries, shown))
    st.html(f'<p class="km-caption">{escape(words.text("quality_page.matrix.caption"))}</p>')
    within = deliveries[deliveries["reference_date"].isin(shown)]
    show_data(
        words.text("quality_page.count"),
        [
            Column(words.text("quality_page.supplier")),
            Column(words.text("quality_page.table")),
            Column(words.text("strip.reference_date")),
            Column(words.text("column.status")),
            Column(words.text("quality_page.due")),
            Column(words.text("quality_page.n_rows"), is_number=True),
            Column(words.text("quality_page.quarantined"), is_number=True),
        ],
        [
            [
                str(row["organisation"]),
                str(row["table_name"]),
                formats.day(row["reference_date"], words),
                words.name("delivery", str(row["status"])),
                as_day(row["due_on"], page),
                _number(row["n_rows"], page),
                _number(row["rows_quarantined"], page),
            ]
            for row in records(within)
        ],
        "deliveries",
        words,
    )
    section(words.text("quality_page.badges"), words.text("quality_page.badges.text"))
    st.html(badges(page))
    _show_findings(page, shown)
    show_registration_section(page)
    known = suppliers(page, deliveries)
    if len(known) > 1:
        show_linkage_section(page, known)


def _show_findings(page: Page, months: list[Any]) -> None:
    words = page.words
    findings = queries.findings(page.publication)
    findings["reference_date"] = pd.to_datetime(findings["reference_date"]).dt.date
    findings = findings[findings["reference_date"].isin(months)]
    section(words.text("quality_page.findings"), words.text("quality_page.findings.text"))
    if findings.empty:
        st.html(f'<p class="km-soft">{escape(words.text("quality_page.no_findings"))}</p>')
        return
    st.html(kinds(page, findings))
    show_data(
        words.text("quality_page.findings"),
        [
            Column(words.text("quality_page.severity")),
            Column(words.text("quality_page.state")),
            Column(words.text("quality_page.delivery")),
            Column(words.text("strip.reference_date")),
            Column(words.text("quality_page.reason")),
            Column(words.text("quality_page.column")),
            Column(words.text("quality_page.affected"), is_number=True),
        ],
        finding_rows(page, findings),
        "findings",
        words,
    )


show()
