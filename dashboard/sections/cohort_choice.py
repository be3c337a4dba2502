"""Two groups side by side to choose: hand-off, period of the start, and members.

Here: the pickers, whose choices stand in the address. Not here: what is worked out of the groups.
"""

from collections.abc import Iterator, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.page import Page
from pipelines.wording import formats
from pipelines.wording.rows import records, text_of
from pipelines.workbench.choice import ALL, Choice

_ANY = ""
# Of the second group: the hand-off of the first.
_SAME = "idem"


def choose_groups(page: Page) -> dict[str, Choice]:
    """Put the pickers on the page and return what is chosen, by name of the group."""
    words = page.words
    names = {
        row["handoff_id"]: f"{row['handoff_id']} {words.label(row)}"
        for row in records(queries.handoffs(page.publication))
    }
    first_column, second_column = st.columns(2, gap="large")
    with first_column:
        st.html(f'<h2 class="km-h3">{words.text("compare.group", name="A")}</h2>')
        room = _grid()
        with next(room):
            first = choose(
                "koppelvlak", words.text("compare.handoff"), list(names), names.__getitem__,
                default=_registered(page, names), in_list=True,
            )  # fmt: skip
        chosen = {"A": _choose_cases(page, "a", first, room, years_back=1)}
    with second_column:
        st.html(f'<h2 class="km-h3">{words.text("compare.group", name="B")}</h2>')
        room = _grid()
        with next(room):
            second = choose(
                "b_koppelvlak", words.text("compare.handoff"), [_SAME, *names],
                {_SAME: words.text("compare.same"), **names}.__getitem__, in_list=True,
            )  # fmt: skip
        handoff = first if second == _SAME else second
        chosen["B"] = _choose_cases(page, "b", handoff, room, years_back=2)
    return chosen


def _grid() -> Iterator[DeltaGenerator]:
    """Places for pickers, two beside each other."""
    while True:
        yield from st.columns(2)


def _registered(page: Page, names: Mapping[str, str]) -> str:
    """The hand-off that the register begins with: what the chain is most about."""
    named = queries.indicators(page.publication)["handoff_id"].dropna()
    return next((handoff for handoff in named if handoff in names), next(iter(names)))


def _choose_cases(
    page: Page, group: str, handoff: str, room: Iterator[DeltaGenerator], *, years_back: int
) -> Choice:
    """Let the reader choose which cases of a hand-off: a period, and a member of each dimension."""
    words = page.words
    periods = _periods(page, handoff)
    year = str(page.publication.reference_date.year - years_back)
    with next(room):
        period = choose(
            f"{group}_periode", words.text("compare.period"), periods,
            lambda code: formats.sentence(formats.period(code, words)),
            default=year if year in periods else ALL, in_list=True,
        )  # fmt: skip
    members = {}
    for dimension in dimensions_of(page, handoff):
        names = {_ANY: words.text("compare.any"), **labels(page, dimension)}
        with next(room):
            member = choose(
                f"{group}_{dimension}", words.name("dimension", dimension), list(names),
                names.__getitem__, in_list=True,
            )  # fmt: skip
        if member != _ANY:
            members[dimension] = member
    return Choice(handoff, period, members)


def dimensions_of(page: Page, handoff: str) -> list[str]:
    """Return the dimensions a hand-off is told apart by."""
    return [
        name
        for name in text_of(queries.handoff(page.publication, handoff), "dimensions").split("|")
        if name
    ]


def name_of(page: Page, choice: Choice) -> str:
    """Say which cases a choice is, such as `Triage, 2025, direct`."""
    parts = [
        page.words.label(queries.handoff(page.publication, choice.handoff)),
        formats.period(choice.period, page.words),
        *(labels(page, dimension).get(member, member)
          for dimension, member in choice.members.items()),
    ]  # fmt: skip
    return ", ".join(parts)


def labels(page: Page, dimension: str) -> dict[str, str]:
    """Return what the members of a dimension are called, by member, in their fixed order."""
    own = queries.members_of(page.publication, dimension)
    return {row["member"]: page.words.label(row) or row["member"] for row in own}


def _periods(page: Page, handoff: str) -> list[str]:
    """The whole history, years, quarters and months in which it began, the newest first."""
    months = queries.start_periods(page.publication, handoff)
    columns = ("start_year", "start_quarter", "start_month")
    return [ALL, *dict.fromkeys(code for name in columns for code in months[name])]
