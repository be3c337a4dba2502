"""Rows of cases for the pages of researchers: hand-offs of two years, and their events.

Here: K13 of forty cases, by hand: in 2024 everything takes four days, in 2025 eight; one of each
year is still open.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.dashboard.published_fixture import tiny_tables

PER_YEAR = 20
LENGTHS = {2024: 4.0, 2025: 8.0}


def researcher_tables() -> dict[str, list[Any]]:
    """The tiny publication of the researcher with rows of cases in it."""
    return tiny_tables("researcher", "tiny") | row_tables()


def row_tables() -> dict[str, list[Any]]:
    """The rows of cases, their events, and what their columns mean."""
    tables: dict[str, list[Any]] = {}
    cases = [(year, number) for year in LENGTHS for number in range(PER_YEAR)]
    tables["fct_handoff"] = [_handoff(year, number) for year, number in cases]
    tables["event_log"] = [
        event for year, number in cases[:PER_YEAR] for event in _events(year, number)
    ]
    tables["data_dictionary"] = [
        {
            "layer": "published", "table_name": "fct_handoff", "column_name": "handoff_id",
            "position": 1, "data_type": "VARCHAR", "description": "Hand-off.",
            "source": "dbt model fct_handoff",
        }
    ]  # fmt: skip
    return tables


def _moment(year: int, number: int) -> datetime:
    return datetime(year, 1 + number % 12, 3, 9, tzinfo=UTC)


def _handoff(year: int, number: int) -> dict[str, Any]:
    started = _moment(year, number)
    is_open = number == 0
    followed = (datetime(2026, 10, 31, tzinfo=UTC) - started).days
    length = float(followed) if is_open else LENGTHS[year]
    status = "open" if is_open else "completed"
    clocks = {
        name: value
        for prefix in ("", "net_")
        for name, value in {
            f"{prefix}duration": length, f"{prefix}norm_duration": length,
            f"{prefix}followable": float(followed), f"{prefix}norm_followable": float(followed),
            f"{prefix}status": status,
        }.items()
    }  # fmt: skip
    return {
        "handoff_id": "K13", "subject_type": "case", "subject_id": f"z1_{year}_{number:02d}",
        "case_key": f"z1_{year}_{number:02d}", "person_key": f"p1_{number:02d}",
        "occurrence_number": 1, "started_at": started,
        "stopped_at": None if is_open else started + timedelta(days=length),
        "unit": "calendar_days", "norm_value": 5.0, "organisation": "om",
        "route": "direct" if number % 2 else "triagetafel", "parket": None,
        "start_month": f"{started:%Y-%m}", "start_year": str(year),
        "start_quarter": f"{year}-Q{(started.month + 2) // 3}", **clocks,
    }  # fmt: skip


def _events(year: int, number: int) -> list[dict[str, Any]]:
    started = _moment(year, number)
    course = [("intake_sent", 0.0), ("intake_received", 1.0), ("judgment_form_sent", 4.0)]
    return [
        {
            "case:concept:name": f"z1_{year}_{number:02d}", "case:subject": "case",
            "concept:name": milestone, "time:timestamp": started + timedelta(days=days),
            "org:group": "om", "record_key": f"{number}",
        }
        for milestone, days in course[: 2 if number == 0 else 3]
    ]  # fmt: skip
