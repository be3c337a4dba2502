"""What the guard found, and the refusal it leads to: column, rule and rows, never a value.

Here: a hit, and the words for it.
Not here: looking for hits (`cells`, `dates`, `values`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.deliveries.findings import ROWS_SHOWN, Finding, Refusal
from pipelines.deliveries.identifying.kinds import (
    LABELS,
)

EMPTY_DATE = "lege_datum"


FOUND = LABELS | {
    "vrije_tekst": "vrije tekst",
    "pseudoniem_vorm": "een pseudoniem in een andere dan de afgesproken vorm",
}


@dataclass(frozen=True)
class Hit:
    """An identifying value was found.

    Attributes:
        kind: Name of the rule, such as `bsn`.
        column: Column it stands in.
        row_numbers: Rows it stands in.
        is_listable: The column holds the same few words over and over, so that a list in the
            contract can say that they are codes.
    """

    kind: str
    column: str
    row_numbers: tuple[int, ...]
    is_listable: bool = False


def refusal_of(hits: Sequence[Hit]) -> Refusal:
    """The refusal that hits lead to: column, rule and rows, never a value."""
    first = hits[0]
    others = len(hits) - 1
    more = f" (daarnaast {others} andere {'treffer' if others == 1 else 'treffers'})"
    return Refusal(
        _rule_of(first),
        f"kolom {first.column} bevat {FOUND[first.kind]}{more if others else ''}",
        f"{_remedy_of(first)}; er is niets van het bestand ingelezen",
        findings=[
            Finding(
                _rule_of(hit),
                "critical",
                column=hit.column,
                rows=len(hit.row_numbers),
                row_numbers=hit.row_numbers[:ROWS_SHOWN],
                reason_nl=f"De cel lijkt {FOUND[hit.kind]} te bevatten.",
                reason_en=(
                    "The cell holds what systems write for an empty date."
                    if hit.kind == EMPTY_DATE
                    else "The cell seems to hold identifying data."
                ),
                remedy_nl=f"{_remedy_of(hit).capitalize()}.",
            )
            for hit in hits
        ],
        is_anonymity=True,
    )


def _rule_of(hit: Hit) -> str:
    return hit.kind if hit.kind == EMPTY_DATE else f"anonimiteit_{hit.kind}"


def _remedy_of(hit: Hit) -> str:
    """How to mend it, in Dutch, as part of a sentence."""
    if hit.kind == EMPTY_DATE:
        return (
            "laat de cel leeg: dit is de lege datum van een systeem, zoals 1970-01-01, 1900-01-01 "
            "of 9999-12-31"
        )
    if hit.is_listable:
        return (
            "noem de toegestane waarden van deze kolom als enum in het contract, als het codes of "
            "activiteiten zijn; verwijder anders de gegevens in de bron en lever opnieuw"
        )
    return "verwijder de gegevens in de bron en lever opnieuw"
