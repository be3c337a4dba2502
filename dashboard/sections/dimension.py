"""An indicator by the members of a dimension, in their fixed order.

Here: the section with the choice of dimension and year. Not here: how members are drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.components.choice import choose
from dashboard.components.page import Page, alone, section
from dashboard.components.ranges import Member, ranges
from dashboard.components.reading import reading, said
from dashboard.components.table import Column, show_data
from dashboard.sections.funnel import (
    LIMIT_CELLS,
    Funnel,
    funnel_block,
    funnel_of,
    limit_cells,
    spread_sentence,
)
from dashboard.sections.multiples import show_multiples
from dashboard.sections.whose import dimensions_of, labels_of, series_address
from pipelines.dimensions import NATIONAL
from pipelines.wording import formats
from pipelines.wording.figures import (
    NO_ROW,
    OK,
    Figure,
    cell_of,
    figures,
    figures_by_member,
    interval_of,
    select,
    status_word,
)
from pipelines.wording.language import Words
from pipelines.wording.measures import headline_view, measures_of


@dataclass(frozen=True)
class _Chosen:
    """What a reader chose to see by member, and the figures that go with it.

    Attributes:
        dimension: What members are members of.
        statistic: Which figure of them.
        view: The view it is given in.
        period: The period, one of those of length `grain`.
        grain: The longest length there is, which holds most cases.
        course: Figures of all members, of every length.
        own: Those of the period.
    """

    dimension: str
    statistic: str
    view: str
    period: str
    grain: str
    course: pd.DataFrame
    own: pd.DataFrame


@alone
def show_dimension_section(
    page: Page,
    indicator: str,
    results: pd.DataFrame,
    *,
    side: str | None = None,
) -> None:
    """Put an indicator by dimension on the page; nothing when none was published."""
    words = page.words
    split = results[results["dimension"] != NATIONAL]
    measures = [measure for measure in measures_of(results) if measure in set(split["statistic"])]
    if not measures:
        return
    section(words.text("dimension.title"), words.text("dimension.text"), anchor="onderdelen")
    with st.container(horizontal=True, gap="medium", key="km_controls_dimension"):
        chosen = _choose(page, split, measures)
        if chosen is None:
            st.html(f'<p class="km-soft">{words.text("figure.none_published")}</p>')
            return
    statistic, period = chosen.statistic, chosen.period
    funnel = funnel_of(page, indicator, statistic, chosen.dimension, period, side)
    labels = labels_of(page, chosen.dimension)
    members = _members(page, indicator, chosen, labels, funnel, side)
    whole = results[(results["period"] == period) & (results["period_grain"] == chosen.grain)]
    national = figures(select(whole, statistic, view=chosen.view, side=side))
    caption = words.text(
        "dimension.caption",
        measure=words.name("statistic", statistic),
        by=words.name("dimension", chosen.dimension).lower(),
        period=formats.period(period, words),
    )
    reference = national[0] if national else None
    st.html(ranges(caption, members, reference, words))
    st.html(
        said(spread_sentence(members, reference, words))
        + funnel_block(page, funnel, members, statistic, set(measures), period)
        + reading("funnel" if funnel.limits else "ranges", words=words)
    )
    file_name = f"{indicator}_{statistic}_{chosen.dimension}_{period}"
    _show_numbers(caption, members, file_name, words, is_funnel=bool(funnel.limits))
    show_multiples(page, indicator, chosen.course, labels, side=side)


def _choose(page: Page, split: pd.DataFrame, measures: list[str]) -> _Chosen | None:
    """The reader's choice; None where nothing was published of it."""
    words = page.words
    dimension = choose(
        "onderdeel", words.text("dimension.by"), dimensions_of(page, split),
        lambda code: words.name("dimension", code),
    )  # fmt: skip
    statistic = choose(
        "maat_onderdeel", words.text("series.measure"), measures,
        lambda measure: words.name("statistic", measure),
    )  # fmt: skip
    view = headline_view(split, statistic)
    course = split[(split["dimension"] == dimension) & (split["statistic"] == statistic)]
    course = course[course["view"] == view]
    if course.empty:
        return None
    grain = next(
        length for length in ("year", "quarter", "month", "all")
        if length in set(course["period_grain"])
    )  # fmt: skip
    rows = course[course["period_grain"] == grain]
    periods = sorted(set(rows["period"]), reverse=True)
    with_value = set(rows.loc[rows["status"] == OK, "period"])
    period = choose(
        "jaar", words.text(f"grain.{grain}"), periods,
        lambda code: formats.period(code, words), in_list=True,
        default=next((candidate for candidate in periods if candidate in with_value), None),
    )  # fmt: skip
    own = rows[rows["period"] == period]
    return _Chosen(dimension, statistic, view, period, grain, course, own)


def _members(
    page: Page,
    indicator: str,
    chosen: _Chosen,
    labels: Mapping[str, str],
    funnel: Funnel,
    side: str | None,
) -> list[Member]:
    """Every member in its fixed order, also one of which the period has no figure."""
    of_member = figures_by_member(
        select(chosen.own, chosen.statistic, dimension=chosen.dimension, side=side)
    )
    order = [*labels, *sorted(of_member.keys() - labels.keys())]
    unit = str(chosen.own["unit"].iloc[0])
    members = []
    for member in order:
        found = of_member.get(member, [])
        to = series_address(
            page, indicator, maat=chosen.statistic, dimensie=chosen.dimension, lid=member
        )
        members.append(
            Member(
                labels.get(member) or member,
                found[0] if found else Figure(chosen.period, NO_ROW, unit),
                to if found else "",
                funnel.limits.get(member),
            )
        )
    return members


def _show_numbers(
    caption: str, members: list[Member], file_name: str, words: Words, *, is_funnel: bool
) -> None:
    """The figures of the drawing as a table."""
    columns = [
        Column(words.text("column.member")),
        Column(words.text("column.value"), is_number=True),
        Column(words.text("column.interval"), is_number=True),
        Column(words.text("column.denominator"), is_number=True),
        *(
            Column(words.text(f"column.funnel.{name}"), is_number=name != "place")
            for name in (LIMIT_CELLS if is_funnel else ())
        ),
        Column(words.text("column.status")),
    ]
    rows = [
        [
            member.label,
            cell_of(member.figure, words) if member.figure.status == OK else "",
            interval_of(member.figure, words),
            ""
            if member.figure.denominator is None
            else formats.number(member.figure.denominator, words),
            *(limit_cells(member, words) if is_funnel else ()),
            status_word(member.figure.status, words),
        ]
        for member in members
    ]
    show_data(caption, columns, rows, file_name, words)
