"""The themes from evaluations in the meeting pack: what moved, and how well it is coded.

Here: the rows of the latest full quarter, in the order of the codebook.
Not here: the figures (read from the published file), their words (`wording.themes`) and layout
(`pack.typ`).
"""

from typing import Any

import pandas as pd

from pipelines.indicators.register import THEMES
from pipelines.pack.paper import Paper
from pipelines.wording import formats, signals
from pipelines.wording import themes as told
from pipelines.wording.figures import OK, cell_of, figure_of, interval_of, status_word
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, text_of


def themes(paper: Paper, quarter: str) -> dict[str, Any] | None:
    """The section on themes.

    Args:
        paper: Published file of the platform.
        quarter: The quarter of the pack.

    Returns:
        `title`, `lead`, `columns` and `rows`; None for a chain without evaluations.
    """
    if not paper.has("theme_series", "theme_agreement", "theme_course"):
        return None
    rows = paper.rows(
        """
        with quarters as (
            select indicator, value, lower, upper, numerator, denominator, status
            from result
            where statistic = 'share' and dimension = 'national' and period_grain = 'quarter'
                and period = $quarter
        )
        select
            theme_series.*, quarters.* exclude (indicator), 'share' as statistic, 'share' as unit,
            $quarter as period, basis, moved, verdict
        from theme_series
        left join quarters using (indicator)
        left join theme_course using (series)
        left join theme_agreement using (series)
        order by sort_order
        """,
        {"quarter": quarter},
    )
    charted = paper.frame("from signal") if paper.has("signal") else pd.DataFrame()
    words = paper.words
    return {
        "title": words.text("pack.themes"),
        "lead": _lead(paper),
        "columns": [
            words.text("theme.theme"),
            formats.period(quarter, words),
            words.text("theme.course"),
            words.text("theme.coding"),
        ],
        "rows": [
            [
                words.label(row),
                _share(row, paper),
                _course(row, charted, paper),
                words.text(f"theme.verdict.{told.verdict_of(row)}"),
            ]
            for row in rows
        ],
    }


def _lead(paper: Paper) -> str:
    words = paper.words
    unfit = paper.rows(
        "from quality where indicator = $entry and badge = 'not_fit'", {"entry": THEMES}
    )
    if not unfit:
        return words.text("evaluation.lead")
    return f"{words.text('quality.not_fit.text.many')} {quality_sentence(unfit[0], words)}"


def _share(row: Row, paper: Paper) -> str:
    words = paper.words
    if not text_of(row, "status"):
        return words.text("figure.none")
    figure = figure_of(row)
    if figure.status != OK or figure.numerator is None or figure.denominator is None:
        return status_word(figure.status, words)
    part, base = (formats.number(n, words) for n in (figure.numerator, figure.denominator))
    counted = words.text("figure.of", part=part, base=base)
    return f"{cell_of(figure, words)} ({interval_of(figure, words)}), {counted}"


def _course(row: Row, charted: pd.DataFrame, paper: Paper) -> str:
    """Whether a theme moved; of what is listed also with which figure."""
    words = paper.words
    spoken = None if charted.empty else signals.spoken_of(charted, str(row["indicator"]), "quarter")
    said = told.course(row, spoken).said(words)
    if spoken is None or not signals.is_listed(spoken) or text_of(row, "basis") == "not_fit":
        return said
    return f"{said}: {signals.measure(spoken, words)}, {signals.figure(spoken, words)}"
