"""Whose series is shown: the country's, or that of one member of a dimension.

Here: the choice, kept in the address (`dimensie`, `lid`), and the address of a series, so that a
link to it opens that very series.
Not here: the figures of the series, and how they are drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from pipelines.dimensions import NATIONAL
from pipelines.wording.rows import records, text_of

DIMENSION, MEMBER = "dimensie", "lid"


@dataclass(frozen=True)
class Whose:
    """Whose series is shown.

    Attributes:
        dimension: Its dimension; `national` for the country.
        member: Its member; `national` for the country.
        label: Name of the member; empty for the country.
        missing: What was asked for and has no published series, named; empty otherwise.
    """

    dimension: str
    member: str
    label: str = ""
    missing: str = ""

    @property
    def is_national(self) -> bool:
        """Whether it is the country's series."""
        return self.dimension == NATIONAL

    @property
    def key(self) -> str:
        """What its series is called by in the name of a file; empty for the country."""
        return "" if self.is_national else f"{self.dimension}_{self.member}"


COUNTRY = Whose(NATIONAL, NATIONAL)


def choose_whose(page: Page, rows: pd.DataFrame) -> Whose:
    """Let the reader choose whose series to see; no choice where only the country has one.

    Args:
        page: The page.
        rows: Rows of one measure in the long contract, of every dimension.
    """
    missing = _missing(page, rows)
    dimensions = dimensions_of(page, rows)
    if not dimensions:
        return replace(COUNTRY, missing=missing)
    words = page.words
    dimension = choose(
        DIMENSION, words.text("dimension.by"), [NATIONAL, *dimensions],
        lambda code: words.name("dimension", code), in_list=True,
    )  # fmt: skip
    if dimension == NATIONAL:
        st.query_params.pop(MEMBER, None)
        return replace(COUNTRY, missing=missing)
    labels = labels_of(page, dimension)
    published = set(rows.loc[rows["dimension"] == dimension, "member"])
    members = [code for code in labels if code in published] + sorted(published - set(labels))
    member = choose(
        MEMBER, words.name("dimension", dimension), members,
        lambda code: labels.get(code) or code, in_list=True, is_identity=True,
    )  # fmt: skip
    return Whose(dimension, member, labels.get(member) or member, missing)


def whose_in_address(page: Page) -> Whose:
    """Return whose series the address names; the country's where it names none."""
    dimension, member = st.query_params.get(DIMENSION), st.query_params.get(MEMBER)
    if not dimension or not member or dimension == NATIONAL:
        return COUNTRY
    return Whose(dimension, member, labels_of(page, dimension).get(member) or member)


def dimensions_of(page: Page, rows: pd.DataFrame) -> list[str]:
    """Return the dimensions some rows are split by, in their fixed order."""
    published = set(rows["dimension"]) - {NATIONAL}
    register = dict.fromkeys(queries.members(page.publication)["dimension"])
    return [dimension for dimension in register if dimension in published] + sorted(
        published - set(register)
    )


def labels_of(page: Page, dimension: str) -> dict[str, str]:
    """Return the name of every member of a dimension, in their fixed order."""
    register = queries.members(page.publication)
    own = records(register[register["dimension"] == dimension])
    return {row["member"]: page.words.label(row) for row in own}


def show_way(page: Page) -> None:
    """Say above the country's figures that the series of a member was asked for, and where it is.

    What is drawn after a page was opened is not scrolled to by the browser.
    """
    dimension, member = st.query_params.get(DIMENSION), st.query_params.get(MEMBER)
    if not dimension or not member or dimension == NATIONAL:
        return
    label = labels_of(page, dimension).get(member) or member
    said = escape(page.words.text("series.way", member=label))
    to = link("#verloop", page.words.text("series.title"))
    st.html(f'<p class="km-note" role="note">{said} {to}</p>')


def address_of(page: Page, indicator: str, **query: str) -> str:
    """Return the one address an indicator is shown at: its hand-off's page for a lead time.

    Args:
        page: The page the link stands on.
        indicator: Its identifier.
        query: What of it: `maat` (statistic), `periode` (grain), `dimensie` and `lid`.
    """
    entry: Mapping[str, Any] = queries.indicator(page.publication, indicator)
    if query.get(DIMENSION) == NATIONAL:
        query = {name: value for name, value in query.items() if name not in {DIMENSION, MEMBER}}
    if entry.get("kind") == "lead_time" and text_of(entry, "handoff_id"):
        return page.words.href("koppelvlak", koppelvlak=text_of(entry, "handoff_id"), **query)
    return page.words.href("indicator", indicator=indicator, **query)


def series_address(page: Page, indicator: str, **query: str) -> str:
    """Return where the series of an indicator are drawn, on its page; as `address_of` takes it."""
    return f"{address_of(page, indicator, **query)}#verloop"


def _missing(page: Page, rows: pd.DataFrame) -> str:
    """Name the member the address asks for when it has no figure of this measure."""
    dimension, member = st.query_params.get(DIMENSION), st.query_params.get(MEMBER)
    if not dimension or dimension == NATIONAL:
        return ""
    own = rows[rows["dimension"] == dimension]
    if not own.empty and (member is None or member in set(own["member"])):
        return ""
    label = labels_of(page, dimension).get(member or "") or member or ""
    return f"{page.words.name('dimension', dimension)} {label}".strip()
