"""A register in a folder of its own, and a decision to write in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.decisions.draft import Choices, Draft, read_contract
from pipelines.decisions.register import Register
from pipelines.deliveries.contract import Contract
from pipelines.settings import Settings

REFERENCE_DATE = date(2026, 10, 31)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DECISION = Draft(
    kind="besluit",
    noted_on=date(2026, 11, 24),
    question="Waarom duurt de triage langer?",
    text="Werkafspraak maken over onvolledige formulieren.",
    handoff_id="K13",
    owner="om",
    due_on=date(2027, 2, 16),
    outcome="open",
)


def decision(**changes: Any) -> Draft:
    """The decision with other words."""
    return replace(DECISION, **changes)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register" / "decisions.sqlite")


@pytest.fixture
def record(register: Register) -> Callable[..., str]:
    """Write a decision down and give its number."""

    def make(**changes: Any) -> str:
        made = register.record(decision(**changes), REFERENCE_DATE, known_from=LONG_AGO)
        return made.number

    return make


@pytest.fixture(scope="session")
def contract() -> Contract:
    found = read_contract(Settings().contracts_dir)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def choices(contract: Contract) -> Choices:
    return Choices.of(contract)
