"""What the meeting begins with: the decisions of earlier meetings that are still open.

Here: choosing them out of a published file and putting them in words.
Not here: the rest of the pack (`pack`), layout (`pack.typ`), and judging whether something moved
(`pipelines.indicators.effect`).
"""

from datetime import date
from typing import Any

import duckdb

from pipelines.indicators.periods import MONTHS_NL
from pipelines.publication.wording import name, texts


def open_decisions(connection: duckdb.DuckDBPyConnection) -> dict[str, Any] | None:
    """The open decisions, by due date.

    Args:
        connection: A published file.

    Returns:
        Title, explanation, columns and rows for the layout; None in a file without decisions.
    """
    tables = {
        name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
    }
    if not {"decision", "effect", "indicator"} <= tables:
        return None
    found = connection.execute(
        """
        with answer as (
            select
                record_key, any_value(sentence_nl) as sentence,
                bool_or(moves_easily) as moves_easily
            from effect where subject = 'decision' group by record_key
        ),
        label as (
            select indicator, any_value(label_nl) as label_nl from indicator group by indicator
        )
        select
            decision.record_key, decision.noted_on,
            coalesce(
                label.label_nl, decision.handoff_id || ' · ' || handoff.label_nl,
                decision.handoff_id
            ) as about,
            decision.question, decision.note, decision.owner, decision.due_on,
            decision.is_overdue, answer.sentence, answer.moves_easily
        from decision
        left join answer using (record_key)
        left join label on decision.indicator_id = label.indicator
        left join handoff on decision.handoff_id = handoff.handoff_id
        where decision.is_open
        order by decision.due_on nulls last, decision.record_key
        """
    )
    names = [one[0] for one in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    text = (
        "Besluiten van eerdere vergaderingen die nog openstaan, op streefdatum. "
        "‘Bewogen’ zegt wat er na het besluit gebeurde, niet waardoor."
        if rows
        else "Er staat geen besluit van een eerdere vergadering open."
    )
    if any(row["moves_easily"] for row in rows):
        text = f"{text} {texts()['decisions.moves_easily']}"
    return {
        "title": "Openstaande besluiten",
        "text": text,
        "columns": [
            "Nummer",
            "Waarover",
            "Vraag en besluit",
            "Eigenaar",
            "Streefdatum",
            "Bewogen?",
        ],
        "rows": [_row(row) for row in rows],
    }


def _row(row: dict[str, Any]) -> list[str]:
    due = "" if row["due_on"] is None else _day(row["due_on"])
    question = f"{row['question']}\n" if row["question"] else ""
    return [
        f"{row['record_key']}\n{_day(row['noted_on'])}",
        row["about"] or "",
        f"{question}{row['note']}",
        name("decisions.owner", row["owner"] or ""),
        f"{due}\nover tijd" if row["is_overdue"] else due,
        (row["sentence"] or "") + (" *" if row["moves_easily"] else ""),
    ]


def _day(day: date) -> str:
    return f"{day.day} {MONTHS_NL[day.month - 1]} {day.year}"
