"""A decision as somebody writes it down, and the rules it meets before it is kept.

Here: the fields, what the contract `kc_aantekening` allows in them, and the anonymity guard over
the two short texts, which hold only what every form they go out in can hold: a page, a workbook, a
PDF. A refusal names field and rule, never the value.
Not here: keeping it (`register`).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from pipelines.deliveries.contract import SUFFIX, Contract, load_contract
from pipelines.deliveries.guard.values import find_in_text

CONTRACT = "kc_aantekening"
DECISION, NOTE, REBASE = "besluit", "notitie", "herijking"
OPEN = "open"

# Field of a draft → column of the contract.
COLUMNS = {
    "kind": "soort",
    "handoff_id": "koppelvlak",
    "indicator": "indicator",
    "signal_id": "signaal",
    "noted_on": "datum",
    "question": "vraag",
    "text": "tekst",
    "owner": "eigenaar",
    "due_on": "streefdatum",
    "outcome": "uitkomst",
}
TEXTS = ("question", "text")
# What programs paste as the end of a line, such as the vertical tab of a word processor.
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What no document can hold (control characters, halves of a pair, non-characters), and the marks
# that turn the direction of what stands beside them.
_NOWHERE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\u202a-\u202e\u2066-\u2069"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)


@dataclass(frozen=True)
class Draft:
    """What somebody wrote down.

    Attributes:
        kind: `besluit`, `notitie` or `herijking` (a dated explanation of a step in a series).
        noted_on: Day of the decision; of a rebase the first day of the new stretch.
        text: The decision or note.
        question: Question the signal raises; empty when there is none.
        handoff_id: Hand-off it is about.
        indicator: Indicator it is about.
        signal_id: Signal it answers.
        owner: Code of an organisation, or a role; never a person.
        due_on: Day by which it is done.
        outcome: `open` until it is settled.
    """

    kind: str
    noted_on: date
    text: str
    question: str = ""
    handoff_id: str | None = None
    indicator: str | None = None
    signal_id: str | None = None
    owner: str | None = None
    due_on: date | None = None
    outcome: str | None = None

    def __post_init__(self) -> None:
        """Clean the texts: also those of a register or a file of before this was done."""
        for field in TEXTS:
            object.__setattr__(self, field, cleaned(getattr(self, field)))


def cleaned(text: str) -> str:
    """A text in one form (NFC), with one kind of line end and without what no document can hold."""
    return unicodedata.normalize("NFC", _NOWHERE.sub("", _LINE_ENDS.sub("\n", text))).strip()


class RefusedError(ValueError):
    """A draft cannot be kept. Says which rule, for which field; never the value.

    Attributes:
        rule: Name of the rule, such as `bsn` or `te_lang`.
        field: Field of the draft.
    """

    def __init__(self, rule: str, field: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.field = field


@dataclass(frozen=True)
class Choices:
    """What the contract leaves to choose from.

    Attributes:
        kinds: Kinds of note.
        owners: Organisations and roles.
        outcomes: Outcomes of a decision.
        longest: Most characters of each text.
        patterns: Form of each code, by field.
    """

    kinds: tuple[str, ...]
    owners: tuple[str, ...]
    outcomes: tuple[str, ...]
    longest: int
    patterns: dict[str, str]

    @classmethod
    def of(cls, contract: Contract) -> Self:
        """Read them from the contract, their one home."""
        return cls(
            kinds=contract.column(COLUMNS["kind"]).enum,
            owners=contract.column(COLUMNS["owner"]).enum,
            outcomes=contract.column(COLUMNS["outcome"]).enum,
            longest=contract.column(COLUMNS["text"]).max_length or 0,
            patterns={
                field: contract.column(COLUMNS[field]).pattern or ""
                for field in ("handoff_id", "indicator", "signal_id")
            },
        )


def read_contract(contracts_dir: Path) -> Contract | None:
    """The contract of decisions; None in a chain that has none, where nothing is recorded."""
    path = contracts_dir / f"{CONTRACT}{SUFFIX}"
    return load_contract(path) if path.is_file() else None


def check(draft: Draft, choices: Choices, days: tuple[date, ...]) -> None:
    """Refuse a draft that may not be kept.

    Args:
        draft: What somebody wrote.
        choices: What the contract allows.
        days: Days from which the age of a date in a text counts: today, and the reference date the
            decision is delivered under. A text must pass on every one of them.

    Raises:
        RefusedError: The first rule it breaks.
    """
    _check_complete(draft)
    for field, allowed in (
        ("kind", choices.kinds),
        ("owner", choices.owners),
        ("outcome", choices.outcomes),
    ):
        value = getattr(draft, field)
        if value is not None and value not in allowed:
            raise RefusedError(
                "onbekende_code", field, f"{COLUMNS[field]}: kies uit {', '.join(allowed)}"
            )
    for field, pattern in choices.patterns.items():
        value = getattr(draft, field)
        if value is not None and not re.fullmatch(pattern.strip("^$"), value):
            raise RefusedError(
                "onbekende_code", field, f"{COLUMNS[field]}: heeft niet de afgesproken vorm"
            )
    for field in TEXTS:
        text = getattr(draft, field)
        if len(text) > choices.longest:
            raise RefusedError(
                "te_lang",
                field,
                f"{COLUMNS[field]}: ten hoogste {choices.longest} tekens, nu {len(text)}",
            )
        for day in days:
            for rule, label in find_in_text(text, day):
                raise RefusedError(
                    rule,
                    field,
                    f"{COLUMNS[field]}: lijkt {label} te bevatten; schrijf het zonder",
                )


def _check_complete(draft: Draft) -> None:
    needed = ["kind", "text"]
    if draft.kind == DECISION:
        needed += ["question", "owner", "due_on", "outcome"]
    for field in needed:
        if not getattr(draft, field):
            raise RefusedError("ontbreekt", field, f"{COLUMNS[field]}: is nog leeg")
    if draft.handoff_id is None and draft.indicator is None:
        raise RefusedError(
            "ontbreekt", "handoff_id", "koppelvlak: noem een koppelvlak of een indicator"
        )
    if draft.kind == DECISION and draft.due_on is not None and draft.due_on < draft.noted_on:
        raise RefusedError("volgorde", "due_on", "streefdatum: ligt vóór de dag van het besluit")
