"""The only module of the dashboard that opens the register of decisions.

Here: whether this process may write decisions, the decisions to show (published, and recorded since
the publication), and their histories.
Not here: forms and pages, and the rules a text meets (`pipelines.decisions`).

Only the process of the platform is told where the register is (`serve_environment`); any other
shows what its own file holds and can write nothing.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import queries
from dashboard.publication import Publication
from dashboard.serve import REGISTER_VARIABLE
from pipelines.decisions.desk import Desk
from pipelines.decisions.draft import DECISION, NOTE, OPEN, REBASE, Draft, RefusedError
from pipelines.decisions.register import (
    DELIVERED,
    RECORDED,
    RegisterError,
    Revision,
    StaleError,
)
from pipelines.settings import Settings, load_settings
from pipelines.wording.rows import day_of, records, text_of

__all__ = [
    "DECISION",
    "DELIVERED",
    "NOTE",
    "OPEN",
    "REBASE",
    "RECORDED",
    "Decision",
    "Desk",
    "Draft",
    "RefusedError",
    "RegisterError",
    "Revision",
    "StaleError",
    "decisions",
    "desk",
    "history",
    "is_damaged",
]


@dataclass(frozen=True)
class Decision:
    """A decision or note as it stands now.

    Attributes:
        revision: The revision in force.
        is_published: That revision is in the publication on screen, not waiting for the next.
    """

    revision: Revision
    is_published: bool

    @property
    def draft(self) -> Draft:
        """What it says."""
        return self.revision.draft

    @property
    def is_open(self) -> bool:
        """A decision that is not settled yet."""
        return self.draft.kind == DECISION and self.draft.outcome == OPEN

    def is_about(self, indicator: str, handoff_id: str | None) -> bool:
        """Whether it is about an indicator: by name, or about the whole of its hand-off."""
        if self.draft.indicator is not None:
            return self.draft.indicator == indicator
        return handoff_id is not None and self.draft.handoff_id == handoff_id

    def is_overdue(self, day: date) -> bool:
        """Open, and past its due date on a day."""
        return self.is_open and self.draft.due_on is not None and self.draft.due_on < day


def desk() -> Desk | None:
    """The desk, where this process may write and its register is whole; None anywhere else."""
    return None if is_damaged() else _named()


def is_damaged() -> bool:
    """Whether this process would write in a register that is not what was written in it.

    Pages then show what is published, and say so where a decision would be recorded.
    """
    writing = _named()
    try:
        return writing is not None and not writing.register.is_whole()
    except (OSError, RegisterError):
        return True


def decisions(publication: Publication) -> list[Decision]:
    """Everything decided and noted: open decisions first, by due date, then the newest."""
    published = {
        revision.number: revision
        for revision in map(_revision, _published(publication, "decision"))
    }
    current = {number: Decision(revision, True) for number, revision in published.items()}
    writing = desk()
    for registered in writing.register.current() if writing else ():
        seen = published.get(registered.number)
        if seen is None or seen.revision < registered.revision:
            current[registered.number] = Decision(registered, False)
    return sorted(
        current.values(),
        key=lambda decision: (
            not decision.is_open,
            decision.draft.due_on or date.max if decision.is_open else date.min,
            -decision.draft.noted_on.toordinal(),
            decision.revision.number,
        ),
    )


def history(publication: Publication, number: str) -> list[Revision]:
    """All revisions of one decision that can be seen here, oldest first."""
    found = {
        revision.revision: revision
        for revision in map(_revision, _published(publication, "decision_revision"))
        if revision.number == number
    }
    writing = desk()
    for registered in writing.register.history(number) if writing else ():
        found[registered.revision] = registered
    return [found[revision] for revision in sorted(found)]


def _named() -> Desk | None:
    named = os.environ.get(REGISTER_VARIABLE, "")
    return _desk(named) if named else None


@cache
def _desk(path: str) -> Desk | None:
    # The register lies in <home>/register/; the chain is that of this process.
    made = Desk(Settings(home=Path(path).parents[1], chain=load_settings().chain))
    return made if made.is_open else None


def _published(publication: Publication, table: str) -> Iterable[dict[str, Any]]:
    if not publication.has(table):
        return ()
    return records(queries.decision_rows(publication, table))


def _revision(row: dict[str, Any]) -> Revision:
    """A published row as a revision."""
    recorded = row["recorded_at_ms"]
    moment = datetime.fromtimestamp(0 if pd.isna(recorded) else int(recorded) / 1000, UTC)
    return Revision(
        number=str(row["record_key"]),
        revision=int(row["revision"]),
        draft=Draft(
            kind=str(row["note_kind"]),
            noted_on=day_of(row["noted_on"]) or date.min,
            text=text_of(row, "note"),
            question=text_of(row, "question"),
            handoff_id=text_of(row, "handoff_id") or None,
            indicator=text_of(row, "indicator_id") or None,
            signal_id=text_of(row, "signal_id") or None,
            owner=text_of(row, "owner") or None,
            due_on=day_of(row["due_on"]),
            outcome=text_of(row, "outcome") or None,
        ),
        reference_date=day_of(row["noted_on"]) or date.min,
        recorded_at=moment,
        known_at=moment,
        origin=RECORDED if row["origin"] == "register" else DELIVERED,
    )
