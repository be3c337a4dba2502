"""Number plates of vehicles.

Here: the Dutch forms, with dashes, dots, spaces or joined, and the Belgian one.
Not here: other numbers (`numbers`).

Letters and digits in twos and threes stand in ordinary sentences too: `7 van 12`, `is nu 34`. So
what is written with spaces has capitals, or the word for it beside it; and what is joined has the
letters that plates have: no vowels, no C, no Q.
"""

import re

# Sidecodes 1 to 14 of the Dutch plate: L a letter, 9 a digit.
SIDECODES = (
    "LL-99-99", "99-99-LL", "99-LL-99", "LL-99-LL", "LL-LL-99", "99-LL-LL", "99-LLL-9", "9-LLL-99",
    "LL-999-L", "L-999-LL", "LLL-99-L", "L-99-LLL", "9-LL-999", "999-LL-9",
)  # fmt: skip
_ANY, _ISSUED = "[A-Z]", "[BDF-HJ-NPR-TV-XZ]"


def _forms(letter: str, separator: str) -> str:
    """All sidecodes as one pattern; the separator is the same at both places."""
    forms = []
    for code in SIDECODES:
        text, is_first = "", True
        for run in re.findall(r"L+|9+|-", code):
            if run != "-":
                text += f"{letter if run[0] == 'L' else '[0-9]'}{{{len(run)}}}"
            elif separator:
                text += f"(?P<s>{separator})" if is_first else "(?P=s)"
                is_first = False
        forms.append(text)
    # A named group may stand once in a pattern: each form becomes one of its own.
    return "|".join(
        form.replace("P<s>", f"P<s{place}>").replace("P=s", f"P=s{place}")
        for place, form in enumerate(forms)
    )


_EDGE, _END = r"(?<![A-Za-z0-9_])(?<![A-Za-z0-9][._-])", r"(?![A-Za-z0-9_])(?!-[A-Za-z0-9])"
_MONTHS = {
    "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec", "mar",
    "may", "oct",
}  # fmt: skip
_JOINED_BY = r" ?[-._/] ?"
_SEPARATED = re.compile(rf"{_EDGE}(?:{_forms(_ANY, _JOINED_BY)}){_END}", re.IGNORECASE)
_SPACED = re.compile(rf"{_EDGE}(?:{_forms(_ANY, ' ')}){_END}")
_JOINED = re.compile(rf"{_EDGE}(?:{_forms(_ISSUED, '')}){_END}")
# In small letters only the forms that change between letters and digits twice: not `nr1234`.
_RUNS_OF_THREE = 3
_CHANGING = "|".join(
    form for form in _forms(_ISSUED, "").split("|") if form.count("{") == _RUNS_OF_THREE
)
_JOINED_SMALL = re.compile(rf"{_EDGE}(?:{_CHANGING}){_END}", re.IGNORECASE)
# In small letters with spaces, with the letters of plates, and none of the units and abbreviations.
_SPACED_SMALL = re.compile(rf"{_EDGE}(?:{_forms(_ISSUED.lower(), ' ')}){_END}")
_ABBREVIATIONS = {"km", "kg", "mm", "ml", "st", "nr", "mln", "mld"}
_WHOLE = re.compile(rf"^(?:{_forms(_ANY, '')})$", re.IGNORECASE)
_BELGIAN = re.compile(rf"{_EDGE}[1-9]-[A-Z]{{3}}-[0-9]{{3}}{_END}", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:kenteken(?:nummer|plaat)?|nummerbord|nummerplaat|auto|bus(?:je)?|motor|voertuig|scooter)"
    r"\W{0,3}(?:is |met |was |kenteken )?\W{0,2}"
    rf"(?:{_forms(_ANY, '[ ._/-]?')}){_END}",
    re.IGNORECASE,
)
# Capitals that stand for an organisation, not for a series of plates.
_ACRONYMS = {
    "OM", "KC", "EU", "VS", "NL", "UK", "BV", "NV", "PG", "AG", "HR", "IT", "MT", "VN", "AP", "KB",
    "MB", "GB", "OR", "AVG", "NCTV", "LCC", "IND", "COA", "RVS", "EER", "VNG", "BZK", "BZ",
}  # fmt: skip


def holds_plate(text: str) -> bool:
    """Whether a text without dates holds a number plate.

    Args:
        text: A folded text; one that is a plate and nothing else may lack capitals and dashes.
    """
    if _WHOLE.match(text.strip()) or _BELGIAN.search(text) or _SAID.search(text):
        return True
    return any(
        _is_plate(found[0], is_spaced=pattern in {_SPACED, _SPACED_SMALL})
        for pattern in (_SEPARATED, _SPACED, _SPACED_SMALL, _JOINED, _JOINED_SMALL)
        for found in pattern.finditer(text)
    )


def _is_plate(found: str, *, is_spaced: bool) -> bool:
    letters = re.findall("[A-Za-z]+", found)
    if any(group.lower() in _MONTHS for group in letters):
        return False
    if is_spaced and all(group in _ABBREVIATIONS for group in letters):
        return False
    # An acronym beside two counts, such as `OM 12 34`.
    if (
        is_spaced
        and len(letters) == 1
        and letters[0] in _ACRONYMS
        and len(found) == len("LL 99 99")
    ):
        return False
    # A year beside a unit or an acronym, such as KB2026.
    return not re.search(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", found)
