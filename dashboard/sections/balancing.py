"""The balancing measure of an indicator: what speed may be bought at the cost of.

Here: the tile of its newest figure, with the way to it.
Not here: which indicator balances which (the register).
"""

from collections.abc import Mapping
from typing import Any

from dashboard import queries
from dashboard.components.markup import link
from dashboard.components.page import Page
from dashboard.components.tile import tile
from dashboard.sections.fitness import quality_of
from dashboard.sections.whose import address_of
from pipelines.wording.courses import newest_figures
from pipelines.wording.figures import latest
from pipelines.wording.measures import headline_view, measures_of
from pipelines.wording.rows import text_of


def balancing_tile(page: Page, indicator: Mapping[str, Any]) -> str:
    """Return the newest figure of the balancing measure, with a link to it; empty without one."""
    words = page.words
    other = text_of(indicator, "balancing_indicator")
    entry = queries.indicator(page.publication, other)
    if not entry:
        return ""
    results = queries.results_of(page.publication, other)
    measures = measures_of(results)
    figure = None
    if measures and quality_of(page, other).get("badge") != "not_fit":
        view = headline_view(results, measures[0])
        figure = latest(newest_figures(results, measures[0], view))
    to = link(address_of(page, other), words.label(entry))
    return tile(words.text("definition.balancing"), figure, words, extra=to).replace(
        'class="km-tile"', 'class="km-tile km-tile-balancing"', 1
    )
