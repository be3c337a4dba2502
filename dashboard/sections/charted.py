"""The series of a chart on a page: figures with all that is published around them.

Here: what belongs to a series, looked up for every chart alike, so that no page leaves a part out.
Not here: which figures are shown (`series`, `signal_chart`, `multiples`), and how a chart is drawn.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import queries
from dashboard.components.page import Page
from dashboard.sections.limits import Verdict, verdict_of, verdict_words
from dashboard.sections.whose import COUNTRY, Whose
from pipelines.charts.mark_layers import Mark
from pipelines.charts.published import clocked_handoff, series_of
from pipelines.charts.series import Series
from pipelines.wording.figures import Figure
from pipelines.wording.rows import text_of


def charted(
    page: Page,
    key: str,
    shown: Sequence[Figure],
    told: Mapping[str, Any],
    *,
    whose: Whose = COUNTRY,
    marks: Sequence[Mark] = (),
) -> tuple[Series, Verdict]:
    """Return some figures as a chart shows them, and what their limits say.

    Args:
        page: The page.
        key: Unique on the page.
        shown: The figures, in order of period.
        told: Which they are: `indicator`, `statistic`, `view`, `period_grain` and, of a lead time
            that has two, `side`.
        whose: Whose they are.
        marks: Decisions and notes, by day.
    """
    publication, indicator = page.publication, str(told["indicator"])
    statistic, view, grain = (str(told[name]) for name in ("statistic", "view", "period_grain"))
    side = text_of(told, "side") or None
    verdict = verdict_of(page, indicator, statistic, view, grain, side, whose)
    entry = queries.indicator(publication, indicator)
    series = series_of(
        key,
        shown,
        told,
        entry,
        page.words,
        norms=queries.norms_of(publication, clocked_handoff(entry)),
        member=whose.label,
        limits=verdict.limits,
        verdict=verdict_words(page, verdict),
        theme=queries.theme_of(publication, indicator),
        marks=marks,
        is_rounded=queries.is_rounded(publication, indicator),
    )
    return series, verdict
