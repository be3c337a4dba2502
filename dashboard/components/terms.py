"""Terms of the glossary where they stand in a text: what they mean, on pointing and by keyboard.

Here: finding them, and their look.
Not here: the terms and meanings, which have one home: the glossary, as on the page *Definities*.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache

from dashboard.components.markup import escape
from pipelines.wording.language import glossary

# Endings of more than one: koppelvlakken, leveringen, thema’s, hand-offs.
_MANY = "(?:’?s|[bdfgklmnprst]?en)?"


def explained(text: str, chain: str, language: str, told: set[str] | None = None) -> str:
    """Return a text as HTML, with each term of the glossary marked where it stands first.

    Args:
        text: The text, not escaped.
        chain: Code of the chain, whose terms are added to those of the monitor.
        language: Of the text, `nl` or `en`.
        told: Terms that were marked before on this page; those of this text are added.
    """
    told = set() if told is None else told
    terms, pattern = _terms(chain, language)
    parts, place = [], 0
    for found in pattern.finditer(text):
        term = _key(found.group(1))
        if term in told or term not in terms:
            continue
        told.add(term)
        parts += [escape(text[place : found.start()]), _marked(found.group(0), terms[term])]
        place = found.end()
    return "".join([*parts, escape(text[place:])])


def _marked(shown: str, meaning: str) -> str:
    return f'<abbr class="km-term" tabindex="0" title="{escape(meaning)}">{escape(shown)}</abbr>'


def _key(term: str) -> str:
    return term.lower()


@cache
def _terms(chain: str, language: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Return the meaning of every term, and what finds one; a longer term before a shorter."""
    terms = {_key(term[language]): term[f"means_{language}"] for term in glossary(chain)}
    return terms, _pattern(terms)


def _pattern(terms: Collection[str]) -> re.Pattern[str]:
    longest_first = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    return re.compile(rf"(?<!\w)({longest_first}){_MANY}(?!\w)", re.IGNORECASE)
