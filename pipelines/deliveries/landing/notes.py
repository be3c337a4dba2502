"""The fields that the note of a delivery and that of a refusal share, as JSON holds them.

Here: days and moments as text and back, and findings.
Not here: what a note says (`landed`, `refused`), and the hash it carries (`integrity`).
"""

from datetime import date, datetime
from typing import Any

from pipelines.deliveries.findings import Finding


def read_note(note: dict[str, Any]) -> dict[str, Any]:
    """What both notes hold, in the types of both records."""
    return {
        **note,
        "received_at": datetime.fromisoformat(note["received_at"]),
        "known_at": datetime.fromisoformat(note["known_at"]),
        "reference_date": _day(note["reference_date"]),
        "quarantine_until": _day(note["quarantine_until"]),
        "findings": tuple(Finding.from_dict(finding) for finding in note["findings"]),
    }


def iso(day: date | None) -> str | None:
    """A day as text; nothing for none."""
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
