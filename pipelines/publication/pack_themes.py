"""The themes from evaluations in the meeting pack: what moved, and how well it is coded.

Here: the rows of the latest full quarter, in the order of the codebook.
Not here: the figures (read from the published file) and layout (`pack.typ`).
"""

from typing import Any

import duckdb
import pandas as pd

from pipelines.indicators.register import THEMES
from pipelines.publication import wording
from pipelines.wording import signals
from pipelines.wording.language import words_in
from pipelines.wording.rows import Row


def themes(connection: duckdb.DuckDBPyConnection, quarter: str) -> dict[str, Any] | None:
    """The section on themes.

    Args:
        connection: Published file of the platform, open.
        quarter: The quarter of the pack.

    Returns:
        `title`, `lead`, `columns` and `rows`; None for a chain without evaluations.
    """
    tables = {name for (name,) in connection.execute("show tables").fetchall()}
    if not {"theme_series", "theme_agreement", "theme_course"} <= tables:
        return None
    rows = connection.execute(
        """
        with quarters as (
            from result
            where statistic = 'share' and dimension = 'national' and period = $quarter
        )
        select
            theme_series.indicator, theme_series.label_nl,
            quarters.value, quarters.lower, quarters.upper,
            quarters.numerator, quarters.denominator, quarters.status, theme_course.basis,
            theme_course.moved, theme_agreement.verdict
        from theme_series
        left join quarters using (indicator)
        left join theme_course using (series)
        left join theme_agreement using (series)
        order by sort_order
        """,
        {"quarter": quarter},
    ).fetchall()
    charted = connection.execute("from signal").df() if "signal" in tables else pd.DataFrame()
    texts = wording.texts()
    unfit = connection.execute(
        "select sentence_nl from quality where indicator = $entry and badge = 'not_fit'",
        {"entry": THEMES},
    ).fetchone()
    lead = texts["evaluation.lead"]
    return {
        "title": texts["evaluation.title"],
        "lead": lead if unfit is None else f"{texts['quality.not_fit.text.many']} {unfit[0]}",
        "columns": [
            texts["theme.theme"],
            wording.period(quarter),
            texts["theme.course"],
            texts["theme.coding"],
        ],
        "rows": [
            [
                label,
                _share(*figure),
                _course(basis, moved, _spoken(charted, name)),
                _verdict(verdict),
            ]
            for name, label, *figure, basis, moved, verdict in rows
        ],
    }


def _share(
    value: float | None,
    lower: float | None,
    upper: float | None,
    numerator: float | None,
    denominator: float | None,
    status: str | None,
) -> str:
    if status != "ok" or None in {value, lower, upper, numerator, denominator}:
        return wording.NOT_SHOWN.get(status or "", "geen cijfer")
    share, low, high = (wording.quantity(one, "share") for one in (value, lower, upper))
    return f"{share} ({low.rstrip('%')}–{high}), {numerator:.0f} van {denominator:.0f}"


def _spoken(charted: pd.DataFrame, indicator: str) -> Row | None:
    """The row of `signal` a theme is spoken of by, as on the pages."""
    return None if charted.empty else signals.spoken_of(charted, indicator, "quarter")


def _course(basis: str | None, moved: str | None, spoken: Row | None) -> str:
    """Whether a theme moved: what is listed with its figure, what is only drawn as such."""
    words = words_in("nl")
    if spoken is not None and basis != "not_fit":
        if signals.is_listed(spoken):
            word = words.text(f"theme.course.signal_rules.{spoken['moved']}")
            return f"{word}: {signals.measure(spoken, words)}, {signals.figure(spoken, words)}"
        if signals.is_drawn_only(spoken):
            return words.text("signal.drawn_only")
    return words.text(f"theme.course.{basis or 'none'}" + (f".{moved}" if moved else ""))


def _verdict(verdict: str | None) -> str:
    return wording.texts()[f"theme.verdict.{verdict or 'undetermined'}"]
