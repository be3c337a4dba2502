"""The document: a published file as a PDF.

Here: choosing the figures of the latest full quarter, and the order of the sections.
Not here: how they are written (`wording`) and layout (`pack.typ`).
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import typst

from pipelines.pack.changes import changes
from pipelines.pack.decisions import open_decisions
from pipelines.pack.discussion import discussion
from pipelines.pack.paper import Paper, opened
from pipelines.pack.themes import themes
from pipelines.wording import formats
from pipelines.wording.figures import Figure, change_of, figure_of, with_interval
from pipelines.wording.followed import followed_until
from pipelines.wording.language import Words
from pipelines.wording.names import phase_name

_TEMPLATE = Path(__file__).with_name("pack.typ")
# What the fonts that come with the layout have signs for. An accessible PDF cannot hold a text that
# it cannot show, and the pack is made whatever somebody typed.
_SHOWN = (
    "\t\n\u0020-\u007e\u00a0-\u0377\u0384-\u038a\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1f15\u2000-\u2027"
    "\u2030-\u2040\u2044-\u2052\u2070\u2071\u2074-\u208e\u20a0-\u20c0\u2190-\u23ff\u25a0-\u2606"
)
_NOT_SHOWN = re.compile(f"[^{_SHOWN}]")


def write_pack(published: Path, target: Path) -> Path:
    """Write the pack of a published file.

    Args:
        published: Published file of the platform.
        target: PDF to write; replaced in one step.

    Returns:
        The target.
    """
    data = _in_signs(_read(published))
    pdf = typst.compile(
        str(_TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        # The same pack on every machine.
        ignore_system_fonts=True,
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(pdf)
    temporary.replace(target)
    return target


def _in_signs(told: Any) -> Any:
    """The same with the replacement sign for what the fonts have no sign for."""
    if isinstance(told, str):
        return _NOT_SHOWN.sub("\ufffd", told)
    if isinstance(told, dict):
        return {name: _in_signs(value) for name, value in told.items()}
    return [_in_signs(value) for value in told] if isinstance(told, list | tuple) else told


def _read(published: Path) -> dict[str, Any]:
    with opened(published) as paper:
        words = paper.words
        [publication] = paper.rows(
            "select chain_label_nl, chain_label_en, reference_date, publication_id, is_synthetic "
            "from publication"
        )
        day = publication["reference_date"]
        quarter = _last_full_quarter(day)
        warning = f"{words.text('warning.synthetic')} {words.text('warning.synthetic.text')}"
        return {
            "title": words.text("pack.title"),
            "subtitle": words.text(
                "pack.subtitle",
                chain=words.label(publication, "chain_label"),
                quarter=formats.period(quarter, words),
                day=formats.day(day, words),
            ),
            "footer": words.text("pack.footer", id=publication["publication_id"]),
            "decisions": open_decisions(paper),
            "notices": [warning] if publication["is_synthetic"] else [],
            "discussion": discussion(paper),
            "themes": themes(paper, quarter),
            "changes": changes(paper, quarter),
            "handoffs": _handoffs(paper, quarter),
        }


def _handoffs(paper: Paper, quarter: str) -> dict[str, Any]:
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
    for handoff in paper.rows(
        "select *, min(handoff_id) over (partition by phase) as phase_start from handoff "
        "order by phase_start, handoff_id"
    ):
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
    members = paper.connection.execute("from dimension_member").df()
    return {
        "title": words.text("overview.title"),
        "text": words.text("pack.reading"),
        "columns": [
            "",
            words.text("overview.handoff"),
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


def _last_full_quarter(reference_date: date) -> str:
    """The last quarter that had ended on the reference date."""
    month = reference_date.month + (0 if _is_last_of_quarter(reference_date) else -3)
    quarter = (month - 1) // 3 + 1
    return f"{reference_date.year}-Q{quarter}" if quarter > 0 else f"{reference_date.year - 1}-Q4"


def _is_last_of_quarter(day: date) -> bool:
    following = date.fromordinal(day.toordinal() + 1)
    return following.day == 1 and following.month in {1, 4, 7, 10}
