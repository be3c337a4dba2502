"""An indicator by the members of a dimension, in their fixed order.

Here: the section with the choice of dimension and year. Not here: how members are drawn.
"""

import pandas as pd
import streamlit as st

from dashboard.components.choice import choose
from dashboard.components.page import Page, alone, section
from dashboard.components.ranges import Member, ranges
from dashboard.components.reading import reading, said
from dashboard.components.table import Column, show_data
from dashboard.sections.funnel import (
    LIMIT_CELLS,
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
from pipelines.wording.measures import headline_view, measures_of


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
        dimension = choose(
            "onderdeel", words.text("dimension.by"), dimensions_of(page, split),
            lambda code: words.name("dimension", code),
        )  # fmt: skip
        statistic = choose(
            "maat_onderdeel", words.text("series.measure"), measures,
            lambda measure: words.name("statistic", measure),
        )  # fmt: skip
        view = headline_view(split, statistic)
        rows = split[(split["dimension"] == dimension) & (split["statistic"] == statistic)]
        rows = rows[rows["view"] == view]
        if rows.empty:
            st.html(f'<p class="km-soft">{words.text("figure.none_published")}</p>')
            return
        course = rows
        # One length of periods: the longest, which holds most cases.
        grain = next(length for length in ("year", "quarter", "month", "all")
                     if length in set(rows["period_grain"]))  # fmt: skip
        rows = rows[rows["period_grain"] == grain]
        periods = sorted(set(rows["period"]), reverse=True)
        with_value = set(rows.loc[rows["status"] == OK, "period"])
        period = choose(
            "jaar", words.text(f"grain.{grain}"), periods,
            lambda code: formats.period(code, words), in_list=True,
            default=next((candidate for candidate in periods if candidate in with_value), None),
        )  # fmt: skip
    own = rows[rows["period"] == period]
    funnel = funnel_of(page, indicator, statistic, dimension, period, side)
    labels = labels_of(page, dimension)
    of_member = figures_by_member(select(own, statistic, dimension=dimension, side=side))
    order = [*labels, *sorted(of_member.keys() - labels.keys())]
    unit = str(own["unit"].iloc[0])
    each: list[Member] = []
    for member in order:
        found = of_member.get(member, [])
        to = series_address(page, indicator, maat=statistic, dimensie=dimension, lid=member)
        each.append(
            Member(
                labels.get(member) or member,
                found[0] if found else Figure(period, NO_ROW, unit),
                to if found else "",
                funnel.limits.get(member),
            )
        )
    whole = results[(results["period"] == period) & (results["period_grain"] == grain)]
    national = figures(select(whole, statistic, view=view, side=side))
    caption = words.text(
        "dimension.caption",
        measure=words.name("statistic", statistic),
        by=words.name("dimension", dimension).lower(),
        period=formats.period(period, words),
    )
    reference = national[0] if national else None
    st.html(ranges(caption, each, reference, words))
    st.html(
        said(spread_sentence(each, reference, words))
        + funnel_block(page, funnel, each, statistic, set(measures), period)
        + reading("funnel" if funnel.limits else "ranges", words=words)
    )
    show_data(
        caption,
        [
            Column(words.text("column.member")),
            Column(words.text("column.value"), is_number=True),
            Column(words.text("column.interval"), is_number=True),
            Column(words.text("column.denominator"), is_number=True),
            *(
                Column(words.text(f"column.funnel.{name}"), is_number=name != "place")
                for name in (LIMIT_CELLS if funnel.limits else ())
            ),
            Column(words.text("column.status")),
        ],
        [
            [
                member.label,
                cell_of(member.figure, words) if member.figure.status == OK else "",
                interval_of(member.figure, words),
                ""
                if member.figure.denominator is None
                else formats.number(member.figure.denominator, words),
                *(limit_cells(member, words) if funnel.limits else ()),
                status_word(member.figure.status, words),
            ]
            for member in each
        ],
        f"{indicator}_{statistic}_{dimension}_{period}",
        words,
    )
    show_multiples(page, indicator, course, labels, side=side)
