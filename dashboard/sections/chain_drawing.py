"""The chain, or a phase of it, as a drawing on a page: wide, and folded for a telephone.

Here: the lines of all hand-offs as published, the drawing of some, and where its links lead.
Not here: how it is drawn (`pipelines.charts.chain`) and put into HTML (`components`).
"""

from collections.abc import Sequence

import streamlit as st

from dashboard import queries
from dashboard.components.chain_picture import chain_picture
from dashboard.components.page import Page
from dashboard.publication import OF_PUBLICATION, Publication
from pipelines.charts.chain import Spot, draw_chain
from pipelines.charts.chain_volume import classes_of
from pipelines.wording.courses import PERIODS_PER_YEAR
from pipelines.wording.handoff_lines import STATISTICS, HandoffLine, handoff_lines

# The room a page has at a desk and on a telephone, in pixels.
_DESK, _TELEPHONE = 1096.0, 358.0


def lines_of(page: Page) -> list[HandoffLine]:
    """Return the lines of all hand-offs, in the order of the chain."""
    return _lines(page.publication)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=OF_PUBLICATION)
def _lines(publication: Publication) -> list[HandoffLine]:
    """Make them once for all readers of a publication: two pages are made of nothing else."""
    return handoff_lines(
        handoffs=queries.handoffs(publication),
        indicators=queries.indicators(publication),
        results=queries.national_results(publication, STATISTICS, *PERIODS_PER_YEAR),
        found=queries.signals(publication),
        qualities=queries.qualities(publication),
    )


def chain_drawing(
    page: Page, shown: Sequence[HandoffLine], chain: Sequence[HandoffLine], *, has_subjects: bool
) -> str:
    """Return the drawing of some hand-offs, in both arrangements; the page shows one of them.

    Args:
        page: The page.
        shown: The hand-offs in the drawing.
        chain: Those of the whole chain, by which volumes are weighed.
        has_subjects: Whether the heading of a phase leads to its page.
    """
    words, publication = page.words, page.publication
    organisations, members = queries.organisations(publication), queries.members(publication)
    classes = classes_of(line.volume for line in chain)

    def address(spot: Spot) -> str:
        if spot.kind == "handoff":
            return words.href("koppelvlak", koppelvlak=spot.of)
        return words.href("onderwerp", fase=spot.of) if has_subjects else ""

    return "".join(
        chain_picture(
            draw_chain(shown, organisations, members, words, width=width, classes=classes),
            address,
            words.text("chain.spoken"),
            class_,
        )
        for width, class_ in ((_DESK, "km-chain-wide"), (_TELEPHONE, "km-chain-narrow"))
    )
