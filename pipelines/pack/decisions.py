"""Decisions in the meeting pack: those of the last meeting, those of before, those about an item.

Here: choosing the open ones out of a published file.
Not here: layout (`pack.typ`), judging whether something moved (`pipelines.signals.effect`) and
saying so (`pipelines.wording.effects`).

A register of decisions knows days, no meetings: the last meeting is the quarter in which the newest
decision was taken.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipelines.pack.paper import Paper, several
from pipelines.periods import period_of
from pipelines.wording import effects, formats
from pipelines.wording.rows import Row, day_of, records, text_of

_DECISION = "besluit"
# As many as the home of the platform has room for.
_MOST_NEWEST = 3
# Behind an answer of which `decisions.moves_easily` says how it must be taken; not broken off its
# sentence.
STAR = "\u00a0*"


def last_meeting(paper: Paper) -> dict[str, Any] | None:
    """The decisions of the last meeting, whatever became of them.

    Args:
        paper: A published file.

    Returns:
        Title, explanation, columns and rows for the layout; None in a file without decisions.
    """
    if not _is_there(paper):
        return None
    words, taken = paper.words, _taken(paper)
    if not taken:
        return _section(paper, words.text("pack.decisions"), words.text("pack.decisions.none"), [])
    quarter = _quarter(taken[0])
    own = [row for row in taken if _quarter(row) == quarter]
    n_older = sum(bool(row["is_open"]) and _quarter(row) != quarter for row in taken)
    said = [words.text("pack.decisions.text", quarter=formats.period(quarter, words))]
    if n_older:
        keys = ("pack.decisions.older.single", "pack.decisions.older")
        said.append(several(n_older, *keys, paper))
    return _section(paper, words.text("pack.decisions"), " ".join(said), _open_first(own))


def older_open(paper: Paper) -> dict[str, Any] | None:
    """The open decisions of before the last meeting, by due date.

    Args:
        paper: A published file.

    Returns:
        As `last_meeting`; None where there are none.
    """
    taken = _taken(paper) if _is_there(paper) else []
    found = [row for row in taken if row["is_open"] and _quarter(row) != _quarter(taken[0])]
    if not found:
        return None
    words = paper.words
    return _section(
        paper, words.text("pack.older"), words.text("pack.older.text"), _open_first(found)
    )


def newest(paper: Paper) -> list[str]:
    """Say how many decisions are open, and of the newest whether what they aim at moved.

    Args:
        paper: A published file.

    Returns:
        Lines; none in a file without decisions.
    """
    taken = _taken(paper) if _is_there(paper) else []
    if not taken:
        return []
    words, moved = paper.words, answers(paper, "decision")
    found = [row for row in taken if row["is_open"]]
    overdue = sum(bool(row["is_overdue"]) for row in found)
    lines = [words.text("this_quarter.decided.count", open=len(found), overdue=overdue)]
    for row in taken[:_MOST_NEWEST]:
        day = day_of(row["noted_on"])
        named = [row["record_key"], formats.day(day, words) if day else "", _subject(row, paper)]
        verdicts = [answer(effect, paper) for effect in moved.get(str(row["record_key"]), [])]
        lines.append(f"{' · '.join(filter(None, named))}: {' '.join(dict.fromkeys(verdicts))}")
    return lines


def about(entry: Row, paper: Paper) -> list[Row]:
    """Return what was decided and noted about an indicator: by name, or of the whole hand-off.

    Args:
        entry: Its row of the register.
        paper: The file.
    """
    name, handoff = text_of(entry, "indicator"), text_of(entry, "handoff_id")
    return [
        row
        for row in records(paper.table("decision"))
        if (text_of(row, "indicator_id") or None) == name
        or (not text_of(row, "indicator_id") and handoff and row["handoff_id"] == handoff)
    ]


def answers(paper: Paper, subject: str) -> dict[str, list[Row]]:
    """Return whether what each aims at moved after it, by number.

    Args:
        paper: The file.
        subject: `decision` or `recommendation`.
    """
    found: dict[str, list[Row]] = {}
    for row in records(paper.table("effect")):
        if row["subject"] == subject:
            found.setdefault(str(row["record_key"]), []).append(row)
    return found


def answer(row: Row, paper: Paper) -> str:
    """Write an answer, with a star where the series easily seems to move."""
    return effects.answer(row, paper.words) + (STAR if row.get("moves_easily") is True else "")


def _is_there(paper: Paper) -> bool:
    return paper.has("decision", "effect", "indicator")


def _taken(paper: Paper) -> list[Row]:
    """Decisions, the newest first."""
    return paper.rows(
        f"""
        with label as (
            select
                indicator as indicator_id, any_value(label_nl) as label_nl,
                any_value(label_en) as label_en
            from indicator group by all
        )
        select
            decision.* exclude (recorded_at, first_recorded_at),
            coalesce(label.label_nl, handoff.label_nl) as label_nl,
            coalesce(label.label_en, handoff.label_en) as label_en
        from decision
        left join label using (indicator_id)
        left join handoff using (handoff_id)
        where decision.note_kind = '{_DECISION}'
        order by decision.noted_on desc, decision.record_key
        """
    )


def _quarter(row: Row) -> str:
    return period_of(day_of(row["noted_on"]) or date.min, "quarter")


def _open_first(rows: Sequence[Row]) -> list[Row]:
    """What is open first, each by its due date."""
    return sorted(
        rows,
        key=lambda row: (not row["is_open"], day_of(row["due_on"]) or date.max, row["record_key"]),
    )


def _section(paper: Paper, title: str, text: str, rows: Sequence[Row]) -> dict[str, Any]:
    words, moved = paper.words, answers(paper, "decision")
    shown = [answer_row for row in rows for answer_row in moved.get(str(row["record_key"]), [])]
    if any(answer(row, paper).endswith(STAR) for row in shown):
        text = f"{text} {words.text('decisions.moves_easily')}"
    return {
        "title": title,
        "text": text,
        "columns": [
            words.text("pack.decisions.number"),
            words.text("decisions.field.subject"),
            words.text("pack.decisions.what"),
            words.text("decisions.field.owner"),
            words.text("decisions.field.due_on"),
            words.text("decisions.moved"),
        ],
        "rows": [_row(row, moved.get(str(row["record_key"]), []), paper) for row in rows],
    }


def _row(row: Row, moved: Sequence[Row], paper: Paper) -> list[str]:
    words = paper.words
    noted, due = (day_of(row[name]) for name in ("noted_on", "due_on"))
    lines = [formats.day(due, words)] if due else []
    if row["is_overdue"]:
        lines.append(words.text("decisions.overdue"))
    elif not row["is_open"]:
        lines.append(words.name("decisions.outcome", text_of(row, "outcome")))
    return [
        "\n".join([row["record_key"], *([formats.day(noted, words)] if noted else [])]),
        _subject(row, paper),
        "\n".join(filter(None, (text_of(row, "question"), text_of(row, "note")))),
        words.name("decisions.owner", text_of(row, "owner")),
        "\n".join(lines),
        "\n".join(dict.fromkeys(answer(effect, paper) for effect in moved)),
    ]


def _subject(row: Row, paper: Paper) -> str:
    """Name what a decision is about."""
    return " · ".join(filter(None, (text_of(row, "handoff_id"), paper.words.label(row))))
