"""Data quality: which deliveries came, what was found in them, and what that means for figures.

Everybody sees it by supplier and month; a researcher has tables, columns and rows under it.
"""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import badge
from dashboard.components.choice import choose
from dashboard.components.markup import escape, hidden
from dashboard.components.note import show_note
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.table import Column, show_data, table
from dashboard.sections.definition import as_day
from dashboard.sections.linkage import show_linkage_section
from dashboard.sections.quality_badges import show_badges_section
from dashboard.sections.registration import show_registration_section
from pipelines.wording import formats
from pipelines.wording.figures import status_symbol
from pipelines.wording.rows import records

# From worst to best: a month shows the worst of its deliveries.
STATUSES = ("damaged", "refused", "held", "missing", "late", "on_time")
SEVERITIES = ("critical", "quarantine", "warning", "info")
STATES = ("new", "persisting", "known")
MONTHS = 12


def matrix(page: Page, deliveries: pd.DataFrame, months: list[Any]) -> str:
    """Return the deliveries of each supplier per month: shape, word and how many were on time."""
    words = page.words
    columns = [
        Column(words.text("quality_page.supplier")),
        *(Column(formats.month(month, words)) for month in months),
    ]
    found = {(row["organisation"], row["reference_date"]): row for row in records(deliveries)}
    rows = [
        [escape(name), *(_cell(page, found.get((organisation, month))) for month in months)]
        for organisation, name in suppliers(page, deliveries)
    ]
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


def kinds(page: Page, findings: pd.DataFrame, names: dict[str, str]) -> str:
    """Return the kinds of findings, worst first: where, and in how many months of a supplier."""
    words = page.words
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in records(findings):
        found.setdefault((_severity(row), words.label(row, "reason")), []).append(row)
    rows = [
        [
            escape(reason),
            badge.severity(str(each[0]["severity"]), words),
            escape(", ".join(_suppliers_of(each, names))),
            escape(formats.number(len(each), words)),
            *(
                escape(formats.number(sum(row["state"] == state for row in each), words))
                for state in STATES
            ),
            escape(formats.number(sum(row["is_resolved"] is True for row in each), words)),
        ]
        for (_, reason), each in sorted(found.items())
    ]
    columns = [
        Column(words.text("quality_page.kind")),
        Column(words.text("quality_page.severity")),
        Column(words.text("quality_page.supplier")),
        Column(words.text("quality_page.months"), is_number=True),
        *(Column(words.name("finding_state", state), is_number=True) for state in STATES),
        Column(words.name("finding_state", "resolved"), is_number=True),
    ]
    return table(words.text("quality_page.findings"), columns, rows)


def _suppliers_of(findings: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """Names of those whose data they were found in, in their fixed order."""
    codes = {row["organisation"] for row in findings}
    return [name for code, name in names.items() if code in codes] + sorted(codes - names.keys())


def _cell(page: Page, month: dict[str, Any] | None) -> str:
    words = page.words
    if month is None:
        text = status_symbol("impossible", words)
        return f'<span class="km-faint">{text}</span>{hidden(words.text("delivery.none"))}'
    worst = str(month["status"])
    share = words.text("quality_page.on_time", share=f"{int(month['on_time_pct'])}%")
    return (
        f'<span class="km-delivery km-delivery-{worst}" title="{escape(share)}">'
        f"{badge.delivery_shape(worst)}<span>{escape(words.name('delivery', worst))}</span>"
        + (f'<span class="km-sub">{escape(share)}</span>' if worst != "on_time" else "")
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
    deliveries = _by_day(queries.delivery_months(page.publication))
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
    known = suppliers(page, deliveries)
    _show_deliveries(page, deliveries, shown, dict(known))
    show_badges_section(page)
    _show_findings(page, shown, dict(known))
    show_registration_section(page, known)
    if len(known) > 1:
        show_linkage_section(page, known)


def _show_deliveries(
    page: Page, by_month: pd.DataFrame, months: list[Any], names: dict[str, str]
) -> None:
    """Put the deliveries on the page as a table: each of them for whom the file names them."""
    words = page.words
    each = queries.deliveries(page.publication)
    supplier, month = (
        Column(words.text("quality_page.supplier")),
        words.text("strip.reference_date"),
    )
    status = Column(words.text("column.status"))
    if each.empty:
        columns = [
            supplier,
            Column(month),
            status,
            Column(words.text("quality_page.share"), is_number=True),
        ]
        rows = [
            [
                names[row["organisation"]],
                formats.month(row["reference_date"], words),
                words.name("delivery", str(row["status"])),
                f"{int(row['on_time_pct'])}%",
            ]
            for row in records(by_month[by_month["reference_date"].isin(months)])
        ]
    else:
        each = _by_day(each)
        columns = [
            supplier,
            Column(words.text("quality_page.table")),
            Column(month),
            status,
            Column(words.text("quality_page.due")),
            Column(words.text("quality_page.n_rows"), is_number=True),
            Column(words.text("quality_page.quarantined"), is_number=True),
        ]
        rows = [
            [
                str(row["organisation"]),
                str(row["table_name"]),
                formats.day(row["reference_date"], words),
                words.name("delivery", str(row["status"])),
                as_day(row["due_on"], page),
                _number(row["n_rows"], page),
                _number(row["rows_quarantined"], page),
            ]
            for row in records(each[each["reference_date"].isin(months)])
        ]
    show_data(words.text("quality_page.count"), columns, rows, "deliveries", words)


def _show_findings(page: Page, months: list[Any], names: dict[str, str]) -> None:
    words = page.words
    by_month = _by_day(queries.finding_months(page.publication))
    by_month = by_month[by_month["reference_date"].isin(months)]
    section(words.text("quality_page.findings"), words.text("quality_page.findings.text"))
    if by_month.empty:
        st.html(f'<p class="km-soft">{escape(words.text("quality_page.no_findings"))}</p>')
        return
    st.html(kinds(page, by_month, names))
    st.html(f'<p class="km-caption">{escape(words.text("quality_page.findings.caption"))}</p>')
    each = queries.findings(page.publication)
    has_rows = not each.empty
    found = _by_day(each) if has_rows else by_month
    show_data(
        words.text("quality_page.findings"),
        [
            Column(words.text("quality_page.severity")),
            Column(words.text("quality_page.state")),
            Column(words.text("quality_page.delivery" if has_rows else "quality_page.supplier")),
            Column(words.text("strip.reference_date")),
            Column(words.text("quality_page.reason")),
            *([Column(words.text("quality_page.column"))] if has_rows else []),
            *([Column(words.text("quality_page.affected"), is_number=True)] if has_rows else []),
        ],
        [
            _finding_row(page, row, names)
            for row in sorted(records(found[found["reference_date"].isin(months)]), key=_severity)
        ],
        "findings",
        words,
    )


def _finding_row(page: Page, row: dict[str, Any], names: dict[str, str]) -> list[str]:
    """Return a finding as text; of a delivery with its table, column and rows."""
    words = page.words
    told = [
        words.name("severity", str(row["severity"])),
        _state(page, row),
        names.get(row["organisation"], str(row["organisation"])),
        formats.month(row["reference_date"], words),
        words.label(row, "reason") or str(row.get("rule", "")),
    ]
    if "table_name" not in row:
        return told
    told[2] = f"{row['organisation']} · {row['table_name']}"
    n, total = (formats.number(row[name], words) for name in ("n_rows", "n_total"))
    column = row["column_name"] if isinstance(row["column_name"], str) else ""
    return [*told, column, words.text("quality_page.rows", n=n, total=total)]


def _by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with reference dates as days."""
    return rows.assign(reference_date=pd.to_datetime(rows["reference_date"]).dt.date)


show()
