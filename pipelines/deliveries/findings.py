"""What is found in a delivery, and why one is refused: words for people, numbers for machines.

Here: the finding, the refusal, and the Dutch and English sentence that belongs to each rule.
Not here: looking for them (`guard`, `conversion`, `suite`), and showing them (`feedback`).

No finding and no refusal ever holds a value from a delivery: a column, a rule and row numbers tell
a partner where to look, and tell nobody else anything.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

# Enough to find the cause; a list of every row of a wholly wrong file helps nobody.
ROWS_SHOWN = 100


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
        reason_nl: Why it matters, in Dutch.
        reason_en: The same in English.
        remedy_nl: How to mend it, in Dutch.
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

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON can hold it."""
        return {**asdict(self), "row_numbers": list(self.row_numbers)}

    @staticmethod
    def from_dict(one: dict[str, Any]) -> "Finding":
        """The finding that `as_dict` wrote."""
        return Finding(**{**one, "row_numbers": tuple(one.get("row_numbers", ()))})


class Refusal(Exception):
    """A delivery is refused; nothing of it lands.

    Attributes:
        rule: Rule it breaks.
        reason: Why, in one line of Dutch.
        remedy: How to mend it, in one line of Dutch.
        findings: The findings behind it.
        is_anonymity: Refused by the anonymity guard: nothing of the content may be shown.
    """

    def __init__(
        self,
        rule: str,
        reason: str,
        remedy: str,
        *,
        findings: Iterable[Finding] = (),
        is_anonymity: bool = False,
    ) -> None:
        super().__init__(f"{rule}: {reason}; {remedy}")
        self.rule = rule
        self.reason = reason
        self.remedy = remedy
        self.findings = tuple(findings)
        self.is_anonymity = is_anonymity


@dataclass(frozen=True)
class RuleText:
    """The sentences of a rule that does not come from a contract's `quality`."""

    reason_nl: str
    reason_en: str
    remedy_nl: str


# Rules of the door itself. Rules of a contract carry their own reason.
TEXTS: dict[str, RuleText] = {
    "verplicht": RuleText(
        "Een verplichte cel is leeg.",
        "A required cell is empty.",
        "Vul de cel in de bron en lever opnieuw.",
    ),
    "toegestane_waarde": RuleText(
        "De waarde staat niet in de afgesproken lijst.",
        "The value is not in the agreed list.",
        "Gebruik een waarde uit de specificatie.",
    ),
    "vorm": RuleText(
        "De waarde heeft niet de afgesproken vorm.",
        "The value is not of the agreed form.",
        "Lever de waarde in de vorm van de specificatie.",
    ),
    "lengte": RuleText(
        "De tekst is langer dan afgesproken.",
        "The text is longer than agreed.",
        "Kort de tekst in.",
    ),
    "minimum": RuleText(
        "Het getal is kleiner dan mogelijk is.",
        "The number is smaller than possible.",
        "Herstel het getal in de bron.",
    ),
    "leesbaar": RuleText(
        "De cel kan niet worden gelezen als het afgesproken type.",
        "The cell cannot be read as the agreed type.",
        "Lever datum, getal of ja/nee in de vorm van de specificatie.",
    ),
    "regelopbouw": RuleText(
        "De regel heeft te veel of te weinig velden.",
        "The line has too many or too few fields.",
        "Controleer scheidingstekens en aanhalingstekens.",
    ),
    "tekenset": RuleText(
        "De tekenset wijkt af van de afspraak, maar is eenduidig herkend.",
        "The character encoding differs from the agreement, but was recognised beyond doubt.",
        "Lever in de afgesproken tekenset.",
    ),
    "lege_levering": RuleText(
        "Het bestand bevat geen rijen.",
        "The file holds no rows.",
        "Controleer of de selectie in de bron klopt.",
    ),
    "levering_ontbreekt": RuleText(
        "Een verwachte levering is er niet.",
        "An expected delivery has not come.",
        "Lever het bestand alsnog.",
    ),
    "levering_te_laat": RuleText(
        "De levering kwam na de afgesproken dag.",
        "The delivery came after the agreed day.",
        "Lever voortaan op tijd of maak een andere afspraak.",
    ),
}


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


def rows_in_words(row_numbers: Iterable[int], total: int | None = None) -> str:
    """Row numbers for a sentence: `rij 3, 7 en nog 12`."""
    numbers = list(row_numbers)
    shown = ", ".join(str(one) for one in numbers[:5])
    rest = (len(numbers) if total is None else total) - min(5, len(numbers))
    return f"rij {shown}" + (f" en nog {rest}" if rest > 0 else "")
