"""For researchers: how many of a hand-off are done after how long, with the number at risk.

Here: which two periods are drawn over each other: the newest whole one, and the year before it.
Not here: the curves and their sentence (`cohorts`), and groups of one's own choice (*Vergelijken*).
"""

import pandas as pd
import streamlit as st

from dashboard.components.markup import link
from dashboard.components.page import Page, section
from dashboard.sections.cohorts import estimate_groups, show_cohorts
from pipelines.periods import year_earlier
from pipelines.wording import formats
from pipelines.wording.figures import OK, figures, latest, select
from pipelines.workbench.choice import Choice


def show_survival_section(
    page: Page, handoff_id: str, results: pd.DataFrame, *, side: str | None = None
) -> None:
    """Put the curves of a hand-off on the page; nothing for who sees no rows.

    Args:
        page: The page.
        handoff_id: The hand-off.
        results: Figures of its lead time, in the long contract.
        side: Side whose clock the figures use.
    """
    if not page.publication.has("fct_handoff"):
        return
    words = page.words
    series = figures(select(results, "median", view="cohort", grain="quarter", side=side))
    newest = latest(series)
    if newest is None:
        return
    known = {figure.period for figure in series if figure.status == OK}
    periods = [newest.period, *({year_earlier(newest.period)} & known)]
    section(words.text("survival.title"), words.text("survival.text"), anchor="curve")
    choices = {formats.period(period, words): Choice(handoff_id, period) for period in periods}
    show_cohorts(page, estimate_groups(page, choices, "gross"))
    to = link(words.href("vergelijken", koppelvlak=handoff_id), words.text("survival.compare"))
    st.html(f"<p>{to}</p>")
