"""What the meeting begins with: the decisions of earlier meetings that are still open.

Here: choosing them out of a published file.
Not here: the rest of the pack, layout (`pack.typ`), judging whether something moved
(`pipelines.signals.effect`) and saying so (`pipelines.wording.effects`).
"""

from typing import Any

from pipelines.pack.paper import Paper
from pipelines.wording import effects, formats
from pipelines.wording.rows import Row, day_of, text_of


def open_decisions(paper: Paper) -> dict[str, Any] | None:
    """The open decisions, by due date.

    Args:
        paper: A published file.

    Returns:
        Title, explanation, columns and rows for the layout; None in a file without decisions.
    """
    if not paper.has("decision", "effect", "indicator"):
        return None
    words = paper.words
    rows = paper.rows(
        """
        with label as (
            select
                indicator as indicator_id, any_value(label_nl) as label_nl,
                any_value(label_en) as label_en
            from indicator group by all
        )
        select
            decision.*,
            coalesce(label.label_nl, handoff.label_nl) as label_nl,
            coalesce(label.label_en, handoff.label_en) as label_en
        from decision
        left join label using (indicator_id)
        left join handoff using (handoff_id)
        where decision.is_open
        order by decision.due_on nulls last, decision.record_key
        """
    )
    answers = {
        row["record_key"]: row
        for row in paper.rows(
            "from effect where subject = 'decision' order by record_key, aim desc"
        )
    }
    text = words.text("pack.decisions.text" if rows else "decisions.open.none")
    if any(_moves_easily(answers.get(row["record_key"])) for row in rows):
        text = f"{text} {words.text('decisions.moves_easily')}"
    return {
        "title": words.text("pack.decisions"),
        "text": text,
        "columns": [
            words.text("pack.decisions.number"),
            words.text("decisions.field.subject"),
            words.text("pack.decisions.what"),
            words.text("decisions.field.owner"),
            words.text("decisions.field.due_on"),
            words.text("decisions.moved"),
        ],
        "rows": [_row(row, answers.get(row["record_key"]), paper) for row in rows],
    }


def _row(row: Row, answer: Row | None, paper: Paper) -> list[str]:
    words = paper.words
    noted, due = (day_of(row[name]) for name in ("noted_on", "due_on"))
    lines = [formats.day(due, words)] if due else []
    if row["is_overdue"]:
        lines.append(words.text("decisions.overdue"))
    star = " *" if _moves_easily(answer) else ""
    return [
        "\n".join([row["record_key"], *([formats.day(noted, words)] if noted else [])]),
        words.label(row),
        "\n".join(filter(None, (text_of(row, "question"), text_of(row, "note")))),
        words.name("decisions.owner", text_of(row, "owner")),
        "\n".join(lines),
        effects.answer(answer, words) + star if answer else "",
    ]


def _moves_easily(answer: Row | None) -> bool:
    return answer is not None and answer["moves_easily"] is True
