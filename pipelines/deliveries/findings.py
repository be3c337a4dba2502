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
    "maximum": RuleText(
        "Het getal is groter dan mogelijk is.",
        "The number is greater than possible.",
        "Herstel het getal in de bron.",
    ),
    "leesbaar": RuleText(
        "De cel kan niet worden gelezen als het afgesproken type.",
        "The cell cannot be read as the agreed type.",
        "Lever datum, getal of ja/nee in de vorm van de specificatie.",
    ),
    "regelopbouw": RuleText(
        "De regel is geen rij met de afgesproken velden.",
        "The line is no row of the agreed fields.",
        "Controleer scheidingstekens, aanhalingstekens en regeleinden.",
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
    "na_peildatum": RuleText(
        "De gebeurtenis is van na de peildatum van de levering en telt tot die dag niet mee.",
        "The event is of after the reference date of the delivery and does not count until then.",
        "Lever met de peildatum waarop het logboek eindigt.",
    ),
    "activiteit_ontbreekt": RuleText(
        "Een activiteit die het contract aan een mijlpaal koppelt, komt in het logboek niet voor.",
        "An activity that the contract maps to a milestone does not occur in the log.",
        "Vergelijk activityMilestones van het contract met de activiteiten in het logboek.",
    ),
    "levering_ontbreekt": RuleText(
        "Een verwachte levering is er niet.",
        "An expected delivery has not come.",
        "Lever het bestand alsnog.",
    ),
    "rijen_verdwenen": RuleText(
        "Uit de vorige stand is meer verdwenen dan eerdere leveringen aannemelijk maken.",
        "More has disappeared of the state before than earlier deliveries make plausible.",
        "Lever de volledige stand als hogere versie, of meld dat deze levering klopt.",
    ),
    "vervolg_van_levering": RuleText(
        "Het bestand gaat verder waar een eerder ingelezen bestand van deze versie ophield.",
        "The file goes on where another of this version, taken in before, ended.",
        "Lever het hele bestand als hogere versie, of meld dat deze levering klopt.",
    ),
    "massale_intrekking": RuleText(
        "Er is meer ingetrokken dan eerdere leveringen aannemelijk maken.",
        "More was withdrawn than earlier deliveries make plausible.",
        "Lever een verbeterde hogere versie, of meld dat deze levering klopt.",
    ),
    "levering_beschadigd": RuleText(
        "Wat van de levering in de landingszone ligt, is niet meer wat er is weggeschreven.",
        "What lies in the landing zone of the delivery is no longer what was written.",
        "Lees hetzelfde bestand opnieuw in, of lever een hogere versie.",
    ),
    "levering_te_laat": RuleText(
        "De levering kwam na de afgesproken dag.",
        "The delivery came after the agreed day.",
        "Lever voortaan op tijd of maak een andere afspraak.",
    ),
}


def finding_of(
    rule: str, severity: str, column: str = "", *, rows: int = 0, total: int = 0
) -> Finding:
    """A finding by a rule of the door itself, in the words of that rule."""
    text = TEXTS[rule]
    return Finding(
        rule,
        severity,
        column,
        rows,
        total,
        reason_nl=text.reason_nl,
        reason_en=text.reason_en,
        remedy_nl=text.remedy_nl,
    )


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
