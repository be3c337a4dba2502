"""What is found in a delivery, and why one is refused.

Here: the finding, where its rows stand, and the refusal.
Not here: looking for them (`guard`, `conversion`, `scan`), the sentences of each rule
(`rule_texts`), and showing them (`partner`).

No finding and no refusal ever holds a value from a delivery: a column, a rule and row numbers tell
a partner where to look, and tell nobody else anything.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

# Enough to find the cause; a list of every row of a wholly wrong file helps nobody.
ROWS_SHOWN = 1_000


# In a sentence even fewer.
_ROWS_IN_WORDS = 5


@dataclass(frozen=True)
class Location:
    """Where the rows of a finding stand in the file itself.

    Attributes:
        layout: Format by name: `csv`, `xlsx`, `jsonl` or `xes`.
        lines: Line of the file, or row of the worksheet, of each row number; the header counts.
        position: Place of the column among the columns of the file, from 1; 0 for none or several.
    """

    layout: str
    lines: tuple[int, ...]
    position: int = 0

    def in_words(self, shown: int) -> str:
        """The first places for a sentence: `regel 5, 9; 7e kolom` or `cel G5, G9`."""
        if self.layout == "xlsx" and self.position:
            return f"cel {', '.join(self.cell(line) for line in self.lines[:shown])}"
        places = ", ".join(str(line) for line in self.lines[:shown])
        return f"regel {places}" + (f"; {self.position}e kolom" if self.position else "")

    def cell(self, line: int) -> str:
        """How a spreadsheet names the place on a line, such as `G5`; empty outside one."""
        return f"{_letters(self.position)}{line}" if self.layout == "xlsx" else ""


def _letters(position: int) -> str:
    """A column as a spreadsheet names it: 1 is A, 28 is AB; empty for 0."""
    text = ""
    while position:
        position, letter = divmod(position - 1, 26)
        text = chr(ord("A") + letter) + text
    return text


@dataclass(frozen=True)
class Finding:
    """One rule that a delivery breaks.

    Attributes:
        rule: Name of the rule.
        severity: `critical` (the delivery was refused), `quarantine` (rows were set aside),
            `warning` (rows were kept) or `info`.
        column: Column it is about; empty for the delivery as a whole.
        rows: Number of rows that break it.
        total: Number of rows judged.
        row_numbers: First rows that break it; the first row after the header is 1.
        location: Where those rows stand in the file; None when it has no lines.
        reason_nl: Why it matters, in Dutch.
        reason_en: The same in English.
        remedy_nl: How to mend it, in Dutch.
        is_accepted: Known and accepted for a time, by the register of accepted findings.
    """

    rule: str
    severity: str
    column: str = ""
    rows: int = 0
    total: int = 0
    row_numbers: tuple[int, ...] = ()
    reason_nl: str = ""
    reason_en: str = ""
    remedy_nl: str = ""
    location: Location | None = None
    is_accepted: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """What makes two findings the same one, in this delivery or the next."""
        return self.rule, self.column

    @property
    def where(self) -> str:
        """Rows for a sentence: `rij 3, 7 en nog 12 (regel 4, 8; 2e kolom)`; empty without rows."""
        if not self.row_numbers:
            return ""
        shown = ", ".join(str(number) for number in self.row_numbers[:_ROWS_IN_WORDS])
        rest = max(self.rows, len(self.row_numbers)) - min(_ROWS_IN_WORDS, len(self.row_numbers))
        text = f"rij {shown}" + (f" en nog {rest}" if rest > 0 else "")
        return f"{text} ({self.location.in_words(_ROWS_IN_WORDS)})" if self.location else text

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON can hold it."""
        return asdict(self)

    @staticmethod
    def from_dict(note: dict[str, Any]) -> "Finding":
        """The finding that `as_dict` wrote."""
        location = note.get("location")
        return Finding(
            **{
                **note,
                "row_numbers": tuple(note.get("row_numbers", ())),
                "location": location
                and Location(location["layout"], tuple(location["lines"]), location["position"]),
            }
        )


class Refusal(Exception):
    """A delivery is refused; nothing of it lands.

    Attributes:
        rule: Rule it breaks.
        cause: Why, in Dutch, without the rows.
        remedy: How to mend it, in one line of Dutch.
        findings: The findings behind it; the rows of the first one are part of the reason.
        is_anonymity: Refused by the anonymity guard: nothing of the content may be shown.
    """

    def __init__(
        self,
        rule: str,
        cause: str,
        remedy: str,
        *,
        findings: Iterable[Finding] = (),
        is_anonymity: bool = False,
    ) -> None:
        super().__init__(f"{rule}: {cause}; {remedy}")
        self.rule = rule
        self.cause = cause
        self.remedy = remedy
        self.findings = tuple(findings)
        self.is_anonymity = is_anonymity

    @property
    def reason(self) -> str:
        """Why, in one line of Dutch, with the first rows where there are any."""
        where = self.findings[0].where if self.findings else ""
        return f"{self.cause}, {where}" if where else self.cause


def count_of(number: int, singular: str, more: str) -> str:
    """A number with its noun: `1 rij`, `3 rijen`."""
    return f"{number} {singular if number == 1 else more}"


@dataclass
class Tally:
    """Counts the rows that break one rule, over the parts of a large file."""

    severity: str
    rows: int = 0
    row_numbers: list[int] = field(default_factory=list)

    def add(self, row_numbers: Iterable[int], count: int) -> None:
        """Count `count` more rows, of which at least the first are given."""
        self.rows += count
        for number in row_numbers:
            if len(self.row_numbers) >= ROWS_SHOWN:
                break
            self.row_numbers.append(int(number))
