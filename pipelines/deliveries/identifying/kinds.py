"""The kinds of identifying values, each with its rule, over texts that were folded first.

Here: the table of kinds, and judging distinct texts by all of them.
Not here: the patterns (the neighbours of this module), and names, which need lists (`names`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.identifying import (
    accounts,
    dates,
    digests,
    numbers,
    online,
    places,
    plates,
)
from pipelines.deliveries.identifying.folding import fold_all

# A note about the present has no dates that far back.
OLDEST_DATE_IN_TEXT_YEARS = 5


@dataclass(frozen=True)
class Kind:
    """One kind of identifying value.

    Attributes:
        name: Name of the rule.
        label: What it is, in Dutch.
        candidate: Pattern of RE2 that every text with such a value matches: cheap, over all texts.
        confirm: Whether a candidate really holds one.
        sees_moments: Judges the text with its dates and times in it.
        in_prose: Judges sentences only: a column of codes may well have such numbers.
    """

    name: str
    label: str
    candidate: str
    confirm: Callable[[str], bool]
    sees_moments: bool = False
    in_prose: bool = False


_DIGITS_APART = r"[0-9](?:[^0-9A-Za-z]{0,3}[0-9])"
_YEAR_SHAPE = r"[0-9]{2}|(?i)negentien|twee ?duizend|geb"

KINDS: tuple[Kind, ...] = (
    Kind("bsn", "een burgerservicenummer", _DIGITS_APART + "{7}", numbers.holds_bsn),
    Kind(
        "iban",
        "een rekeningnummer",
        r"(?i)[A-Z]{2}[ ./_-]{0,2}[0-9]{2}[ ./_-]{0,2}[A-Z0-9]|rekening",
        numbers.holds_iban,
    ),
    Kind(
        "telefoonnummer",
        "een telefoonnummer",
        r"(?i)[0-9](?:[^0-9A-Za-z]{0,4}[0-9]){7}|(?:nul|een|één|twee|drie|vier|vijf|zes|zeven"
        r"|acht|negen)[ ,-]",
        numbers.holds_telephone,
    ),
    Kind(
        "persoonsnummer",
        "een nummer uit een personenregister (zoals V-nummer, A-nummer of SKN)",
        _DIGITS_APART + "{4}",
        numbers.holds_register_number,
    ),
    Kind(
        "documentnummer",
        "het nummer van een paspoort, identiteitskaart of rijbewijs",
        r"[0-9]",
        numbers.holds_document_number,
    ),
    Kind(
        "documentnummer",
        "het nummer van een paspoort, identiteitskaart of rijbewijs",
        r"[A-Z]{1,3}[ .-]?[0-9]",
        numbers.holds_foreign_document,
        in_prose=True,
    ),
    Kind(
        "lang_nummer",
        "een nummer van negen of tien cijfers, zoals een V-nummer of A-nummer",
        _DIGITS_APART + "{8}",
        numbers.holds_long_number,
        in_prose=True,
    ),
    Kind(
        "parketnummer",
        "een parketnummer of het nummer van een proces-verbaal",
        r"(?i)[0-9](?:[^0-9A-Za-z]{0,3}[0-9]){7}|pl.{0,2}[0-9]{4}",
        numbers.holds_case_number,
    ),
    Kind(
        "kenteken",
        "een kenteken",
        r"(?i)[A-Z0-9]{1,3} ?[-._/ ]? ?[A-Z0-9]{2,3} ?[-._/ ]? ?[A-Z0-9]{1,3}",
        plates.holds_plate,
    ),
    Kind(
        "postcode",
        "een postcode",
        r"(?i)[1-9][0-9]{3} ?[-._/]? ?[A-Z]{2}|post ?code",
        places.holds_postcode,
    ),
    Kind("adres", "een adres", r"[A-Za-zÀ-ÿ]{3}.*[0-9]|[0-9].*[A-Za-z]{3}", places.holds_address),
    Kind(
        "coordinaten",
        "een plaats op de kaart",
        r"(?i)[0-9][.,][0-9]|[0-9]{5}|°|º|graden|///|maps|rijksdriehoek|\brd\b|\bx\b",
        places.holds_coordinates,
        sees_moments=True,
    ),
    Kind(
        "e_mail",
        "een e-mailadres",
        r"(?i)@|\bat\b|\(a\)|staart|krul|punt|\bdot\b|mail",
        online.holds_mail,
        sees_moments=True,
    ),
    Kind(
        "sociaal_account",
        "een account op een netwerk",
        r"@|#[0-9]{4}|\.(?:com|me)/",
        accounts.holds_account,
        sees_moments=True,
    ),
    # In sentences a word may be one by the words around it.
    Kind(
        "sociaal_account",
        "een account op een netwerk",
        accounts.CANDIDATE,
        accounts.holds_account,
        sees_moments=True,
        in_prose=True,
    ),
    Kind(
        "netwerkadres",
        "een netwerkadres",
        r"(?i)(?:[0-9]{1,3} ?[^0-9A-Za-z]{1,4} ?){3}[0-9]|[0-9] ?\W?(?:dot|punt)\b"
        r"|[0-9a-f]?:[0-9a-f]{0,4}:"
        r"|[0-9a-f]{2}-[0-9a-f]{2}-[0-9a-f]{2}-",
        online.holds_machine,
        sees_moments=True,
    ),
    Kind(
        "hash",
        "een hash of UUID",
        r"(?i)[0-9a-z+/_=-]{16}|(?:[0-9a-f]{2}[: .-]){7}|(?:[0-9a-f]{4,8}[ :.-]){3}",
        digests.holds_digest,
        sees_moments=True,
    ),
)  # fmt: skip
# These need the day of the delivery, and share their dates.
_BIRTH, _EMPTY = "geboortedatum", "lege_datum"
LABELS = {kind.name: kind.label for kind in KINDS} | {
    _BIRTH: "een geboortedatum",
    _EMPTY: "de lege datum van een systeem",
    "ander_schrift": "tekst in een ander schrift, die hier niet kan worden beoordeeld",
    "naam": "een naam",
    "pseudoniem": "een pseudoniem",
}
"""Every rule that may strike in a text, with what it found, in Dutch."""

# Two letters of a script that is not Latin; one Greek letter is a symbol of a formula.
_OTHER_SCRIPT = r"[^\P{L}\p{Latin}\p{Greek}ªº]|\p{Greek}{2}"


def _bare(confirm: Callable[[str], bool]) -> Callable[[str], bool]:
    """The rule, over the text without its dates and times."""
    return lambda text: confirm(dates.without_moments(text))


def find_kinds(
    values: pa.Array,
    reference_date: date,
    oldest_years: int = OLDEST_DATE_IN_TEXT_YEARS,
    *,
    is_prose: bool = False,
) -> dict[str, list[str]]:
    """Judge distinct values by every rule but that of names.

    Args:
        values: Distinct texts, no nulls.
        reference_date: Day of the delivery; ages count from it.
        oldest_years: A date further back is a date of birth.
        is_prose: The texts are sentences, not cells of a form.

    Returns:
        The values that hold one, by kind, as they were given. Stays inside the guard.
    """
    folded = fold_all(values)
    found: dict[str, list[str]] = {}

    def add(kind: str, candidate: str, confirm: Callable[[str], bool]) -> None:
        is_candidate = pc.match_substring_regex(folded, candidate)
        as_given = values.filter(is_candidate).to_pylist()
        texts = folded.filter(is_candidate).to_pylist()
        hits = [given for given, text in zip(as_given, texts, strict=True) if confirm(text)]
        if hits:
            found[kind] = [*dict.fromkeys([*found.get(kind, []), *hits])]

    for kind in KINDS:
        if kind.in_prose and not is_prose:
            continue
        add(kind.name, kind.candidate, kind.confirm if kind.sees_moments else _bare(kind.confirm))
    add(
        _BIRTH,
        _YEAR_SHAPE,
        lambda text: dates.holds_birth_date(text, reference_date, oldest_years),
    )
    add(_EMPTY, _YEAR_SHAPE, lambda text: dates.holds_empty_date(text, reference_date))
    add("ander_schrift", _OTHER_SCRIPT, lambda _: True)
    return found
