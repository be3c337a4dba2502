"""All hand-offs in the annex of the meeting pack, in the fixed order of the chain.

Here: their figures of the quarter.
Not here: how a figure is written (`pipelines.wording`), and layout (`pack.typ`).
"""

from typing import Any

from pipelines.pack.paper import Paper
from pipelines.wording import formats
from pipelines.wording.figures import Figure, change_of, figure_of, with_interval
from pipelines.wording.followed import followed_until
from pipelines.wording.language import Words
from pipelines.wording.names import phase_name
from pipelines.wording.questions import HANDOFFS


def handoffs(paper: Paper, quarter: str) -> dict[str, Any]:
    """All hand-offs by phase, in the fixed order of the chain, with their figures of a quarter."""
    words = paper.words
    phases: dict[str, list[list[str]]] = {}
    badges = {
        row["handoff_id"]: row["badge"]
        for row in paper.rows(
            "select handoff_id, badge from quality inner join indicator using (indicator) "
            "where kind = 'lead_time'"
        )
    }
    figures, followed = _figures(paper, quarter), _followed(paper)
    for handoff in paper.rows(HANDOFFS):
        code = handoff["handoff_id"]
        median, within = (
            figures.get((code, statistic)) for statistic in ("median", "share_within_norm")
        )
        phases.setdefault(handoff["phase"], []).append(
            [
                code,
                "\n".join(filter(None, (words.label(handoff), followed.get(code)))),
                _cases(median, words),
                figure_text(median, paper, without="status.no_data"),
                figure_text(within, paper, without="norm.none_short"),
                words.name("quality", badges.get(code, "unknown")),
            ]
        )
    members = paper.table("dimension_member", "dimension, sort_order")
    return {
        "title": words.text("pack.handoffs"),
        "text": words.text("pack.reading"),
        "columns": [
            "",
            words.text("column.handoff"),
            words.text("column.denominator"),
            words.name("statistic", "median"),
            words.name("statistic", "share_within_norm"),
            words.text("handoff.quality"),
        ],
        "phases": [
            {"label": formats.sentence(phase_name(phase, members, words)), "rows": rows}
            for phase, rows in phases.items()
        ],
    }


def _figures(paper: Paper, quarter: str) -> dict[tuple[str, str], Figure]:
    """Lead times and shares within norm of a quarter, by hand-off and statistic."""
    rows = paper.rows(
        """
        select handoff_id, result.*
        from result inner join indicator using (indicator, version)
        where view = 'cohort' and dimension = 'national' and clock = 'gross'
            and period_grain = 'quarter' and period = $quarter
            and statistic in ('median', 'share_within_norm') and kind = 'lead_time'
        """,
        {"quarter": quarter},
    )
    return {(row["handoff_id"], row["statistic"]): figure_of(row) for row in rows}


def _followed(paper: Paper) -> dict[str, str]:
    """By hand-off until when it is followed and for whom it waits; empty where nothing is late."""
    suppliers = paper.rows("from organisation order by sort_order")
    return {
        row["handoff_id"]: followed_until(row, suppliers, paper.words)
        for row in paper.rows("from indicator where kind = 'lead_time'")
    }


def _cases(figure: Figure | None, words: Words) -> str:
    if figure is None or figure.denominator is None:
        return "–"
    return formats.number(figure.denominator, words)


def figure_text(figure: Figure | None, paper: Paper, without: str) -> str:
    """A figure with its interval and what it may still become, or why there is none.

    Args:
        figure: The figure; None where the file has no row.
        paper: The file.
        without: Key of the text where there is no row.
    """
    if figure is None:
        return paper.words.text(without)
    told = [with_interval(figure, paper.words), change_of(figure, paper.words)]
    return "\n".join(filter(None, told))
