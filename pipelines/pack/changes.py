"""The pack's section on what changed since the previous publication.

Here: figures that were told before and differ now, each with the parts of its difference.
Not here: the split (`publication.changes`), its words (`wording.changes`) and layout (`pack.typ`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.pack.paper import Paper
from pipelines.wording import changes as told
from pipelines.wording import formats
from pipelines.wording.rows import text_of


def changes(paper: Paper) -> dict[str, Any] | None:
    """Read the section.

    Args:
        paper: Published file.

    Returns:
        What the template shows; None for a file that does not tell changes.
    """
    if not paper.has("change_basis"):
        return None
    words = paper.words
    section = {
        "title": words.text("pack.changes.title"),
        "columns": [
            "",
            words.text("changes.where"),
            words.text("change.figure"),
            words.text("change.was"),
            words.text("change.through_what"),
            words.text("change.is"),
        ],
    }
    [basis] = paper.rows("select * exclude (previous_known_at) from change_basis")
    if basis["state"] != "explained":
        lead = told.why_unexplained(basis["state"], text_of(basis, "note"), words)
        return {**section, "lead": lead, "rows": []}
    rows = paper.rows(
        """
        select handoff_id, label_nl, label_en, change.*
        from change
        inner join (select indicator, handoff_id from indicator where kind = 'lead_time')
            using (indicator)
        inner join (select handoff_id, label_nl, label_en from handoff) using (handoff_id)
        where period_grain = 'quarter' and dimension = 'national'
            and "view" = 'cohort' and clock = 'gross'
            and statistic in ('median', 'share_within_norm')
            -- What is new is in this pack; what was told and is told otherwise is a change.
            and not (kind = 'appears' and old_status = 'absent')
        order by handoff_id, statistic, period desc
        """
    )
    return {
        **section,
        "lead": _lead(paper, basis["previous_reference_date"], len(rows)),
        "rows": [_row(row, paper) for row in rows],
    }


def _lead(paper: Paper, day: str, n_listed: int) -> str:
    words = paper.words
    [counted] = paper.rows("select count(*) as n from change")
    factors = [
        words.text(f"change.factor.{row['factor']}")
        + (f" ({formats.number(row['n_items'], words)})" if _is_counted(row) else "")
        for row in paper.rows(
            "select factor, n_items from change_factor where is_changed order by position"
        )
    ]
    lead = words.text(
        "pack.changes",
        day=formats.day(date.fromisoformat(day[:10]), words),
        n=formats.number(counted["n"], words),
        factors=", ".join(factors) or words.text("pack.changes.no_factor"),
    )
    return f"{lead} {words.text('pack.changes.some' if n_listed else 'pack.changes.none')}"


def _is_counted(factor: Mapping[str, Any]) -> bool:
    """Whether it is said how many were exchanged: of merges not to everybody."""
    return formats.is_number(factor["n_items"]) and factor["n_items"] > 0


def _row(row: Mapping[str, Any], paper: Paper) -> list[str]:
    words = paper.words
    before, after = told.ends(row, words)
    return [
        row["handoff_id"],
        words.label(row),
        f"{words.name('statistic', row['statistic'])}, {formats.period(row['period'], words)}",
        before,
        told.through(row, words) if told.is_number(row) else told.happened(row, words),
        after,
    ]
