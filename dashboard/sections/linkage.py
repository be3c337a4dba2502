"""Linkage: how far the pseudonyms of the suppliers meet, and which may be one case under two.

Here: the section of the data-quality page. Not here: the suspicion and the merge list, which the
pipeline holds.
"""

from typing import Any

import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.markup import escape, hidden
from dashboard.components.note import show_note
from dashboard.components.page import Page, section
from dashboard.components.table import Column, show_data, table
from pipelines.wording import formats
from pipelines.wording.figures import status_symbol
from pipelines.wording.rows import records

# From strong to weak.
GROUNDS = ("handoff", "moments", "person", "list")
KINDS = ("case", "person")
# Percents that stand for all that is less, and all that is more.
LEAST, MOST = 5, 95


def show_linkage_section(page: Page, suppliers: list[tuple[str, str]]) -> None:
    """Put the linkage rates and the suspected doubles on the page.

    Args:
        page: The page.
        suppliers: Code and name of every supplier, in their fixed order.
    """
    words = page.words
    section(words.text("linkage.title"), words.text("linkage.text"), anchor="koppeling")
    shares = queries.linkage_shares(page.publication)
    if shares.empty:
        show_note(words.text("linkage.none"))
        return
    kinds = [kind for kind in KINDS if kind in set(shares["key_kind"])]
    chosen = choose(
        "sleutel",
        words.text("linkage.kind"),
        kinds,
        lambda kind: words.text(f"linkage.kind.{kind}"),
    )
    st.html(share_matrix(page, suppliers, records(shares[shares["key_kind"] == chosen])))
    st.html(f'<p class="km-caption">{escape(words.text("linkage.caption"))}</p>')
    rates = queries.linkage(page.publication)
    if not rates.empty:
        _show_rates(page, records(rates[rates["key_kind"] == chosen]))
    _show_doubles(page)


def share_matrix(page: Page, suppliers: list[tuple[str, str]], shares: list[dict[str, Any]]) -> str:
    """Return, per supplier, the share of its pseudonyms that each other supplier knows."""
    words = page.words
    found = {(row["organisation_a"], row["organisation_b"]): row["linked_pct"] for row in shares}
    holders = {first for first, _ in found}
    shown = [supplier for supplier in suppliers if supplier[0] in holders]
    columns = [
        Column(words.text("linkage.of")),
        *(Column(name, is_number=True) for _, name in shown),
    ]
    rows = [
        [
            escape(name),
            *(
                escape(_percent(page, found[code, other]))
                if (code, other) in found
                else _same(page)
                for other, _ in shown
            ),
        ]
        for code, name in shown
    ]
    return table(words.text("linkage.title"), columns, rows, class_="km-dense")


def _percent(page: Page, share: Any) -> str:
    """A whole percent; nearly none and nearly all are told as such."""
    if not formats.is_number(share):
        return status_symbol("suppressed", page.words)
    sign = {LEAST: "≤", MOST: "≥"}.get(int(share), "")
    return f"{sign}{formats.number(share, page.words)}%"


def _show_doubles(page: Page) -> None:
    """Put the suspected doubles on the page, or who has them."""
    words = page.words
    st.html(f'<h3 class="km-h3">{escape(words.text("doubles.title"))}</h3>')
    st.html(f'<p class="km-caption">{escape(words.text("doubles.text"))}</p>')
    if not page.publication.has("suspected_double_count"):
        st.html(f'<p class="km-soft">{escape(words.text("doubles.researchers"))}</p>')
        return
    counted = records(queries.suspected_double_counts(page.publication))
    if not counted:
        st.html(f'<p class="km-soft">{escape(words.text("doubles.none"))}</p>')
        return
    st.html(double_counts(page, counted))
    _show_pairs(page)


def double_counts(page: Page, counted: list[dict[str, Any]]) -> str:
    """Return the number of pairs per ground, the strongest ground first."""
    words = page.words
    columns = [
        Column(words.text("doubles.ground")),
        Column(words.text("doubles.kind")),
        Column(words.text("doubles.pairs"), is_number=True),
    ]
    order = {ground: at for at, ground in enumerate(GROUNDS)}
    rows = [
        [
            escape(words.text(f"doubles.ground.{row['ground']}")),
            escape(words.text(f"linkage.kind.{row['key_kind']}")),
            escape(formats.number(row["n_pairs"], words)),
        ]
        for row in sorted(counted, key=lambda count: (order[count["ground"]], count["key_kind"]))
    ]
    return table(words.text("doubles.title"), columns, rows)


def _show_rates(page: Page, rates: list[dict[str, Any]]) -> None:
    words = page.words
    show_data(
        words.text("linkage.title"),
        [
            Column(words.text("linkage.of")),
            Column(words.text("linkage.with")),
            Column(words.text("linkage.n_keys"), is_number=True),
            Column(words.text("linkage.n_linked"), is_number=True),
            Column(words.text("linkage.share"), is_number=True),
        ],
        [
            [
                _side(row["organisation_a"], row["table_a"]),
                _side(row["organisation_b"], row["table_b"]),
                formats.number(row["n_keys"], words),
                formats.number(row["n_linked"], words),
                _share(page, row),
            ]
            for row in rates
        ],
        "linkage",
        words,
    )


def _show_pairs(page: Page) -> None:
    """Put the pairs themselves on the page, for the audience whose file holds them."""
    words = page.words
    pairs = queries.suspected_doubles(page.publication)
    if pairs.empty:
        return
    show_data(
        words.text("doubles.pairs"),
        [
            Column(words.text("doubles.key_a")),
            Column(words.text("doubles.key_b")),
            Column(words.text("doubles.ground")),
            Column(words.text("doubles.place")),
        ],
        [
            [
                str(row["key_a"]),
                str(row["key_b"]),
                words.text(f"doubles.ground.{row['ground']}"),
                str(row["place"]).replace("|", ", ") if isinstance(row["place"], str) else "",
            ]
            for row in records(pairs)
        ],
        "doubles",
        words,
    )


def _side(organisation: Any, table_name: Any) -> str:
    return f"{organisation} · {table_name}" if isinstance(table_name, str) else str(organisation)


def _share(page: Page, row: dict[str, Any]) -> str:
    """A share of keys; nothing of nothing has none."""
    if not row["n_keys"]:
        return status_symbol("impossible", page.words)
    return f"{formats.number(100 * row['n_linked'] / row['n_keys'], page.words, 1)}%"


def _same(page: Page) -> str:
    text = status_symbol("impossible", page.words)
    return f'<span class="km-faint">{text}</span>{hidden(page.words.text("linkage.same"))}'
