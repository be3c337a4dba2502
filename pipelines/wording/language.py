"""The reader's language: texts, and labels of published rows in that language.

Here: `Words`, made from `texts/nl.yaml` and `texts/en.yaml`, one line per language per text.
Not here: how numbers and dates are written (`formats`), or which language was asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pipelines.plain_yaml import read_yaml

LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"
LANGUAGE_PARAMETER = "taal"
EVERY_TABLE = "every_table"
"""Section of `columns_nl.yaml` for columns that mean the same in many tables."""

_TEXTS = Path(__file__).resolve().parent / "texts"
# Terms of one chain, in a file with its code.
_GLOSSARIES = _TEXTS / "glossaries"


@dataclass(frozen=True)
class Words:
    """All texts in one language.

    Attributes:
        language: `nl` or `en`.
        texts: Text per key; `{name}` in a text is filled in by `text`.
        carried: Parameters of every address made with these words, such as the release it pins.
    """

    language: str
    texts: Mapping[str, str]
    carried: Mapping[str, str] = field(default_factory=dict)

    def carrying(self, **parameters: str) -> "Words":
        """Return the same words, whose addresses all have these parameters as well."""
        return replace(self, carried={**self.carried, **parameters})

    def text(self, key: str, **values: object) -> str:
        """Return the text of a key with its blanks filled in.

        Raises:
            KeyError: There is no such text; add one line to each file in `texts/`.
        """
        if key not in self.texts:
            raise KeyError(f"no text '{key}' in texts/{self.language}.yaml; add a line there")
        return self.texts[key].format(**values) if values else self.texts[key]

    def name(self, group: str, code: str) -> str:
        """Return the name of a code, such as a unit or phase; another chain's own code as is."""
        return self.texts.get(f"{group}.{code}", code.replace("_", " "))

    def group(self, name: str) -> dict[str, str]:
        """Return the texts of a group, by the last part of their key."""
        start = f"{name}."
        return {
            key.removeprefix(start): text
            for key, text in self.texts.items()
            if key.startswith(start)
        }

    def label(self, row: Mapping[str, Any], column: str = "label") -> str:
        """Return the label of a published row in this language; empty when it has none."""
        value = row.get(f"{column}_{self.language}")
        # A missing value in a frame is a float.
        return value if isinstance(value, str) else ""

    def href(self, page: str, **query: str) -> str:
        """Return the address of a page of this dashboard, in this language."""
        named = {**self.carried, **query}
        parameters = {name: value for name, value in named.items() if value}
        if self.language != DEFAULT_LANGUAGE:
            parameters[LANGUAGE_PARAMETER] = self.language
        return f"/{page}?{urlencode(parameters)}" if parameters else f"/{page}"


@cache
def words_in(language: str) -> Words:
    """Return the texts of a language.

    Raises:
        FileNotFoundError: There is no such language.
    """
    content = (_TEXTS / f"{language}.yaml").read_text(encoding="utf-8")
    texts: dict[str, str] = read_yaml(content)
    return Words(language, texts)


@cache
def glossary(chain: str) -> tuple[Mapping[str, str], ...]:
    """Return the glossary: per term `nl`, `en`, `means_nl` and `means_en`, by Dutch term.

    Args:
        chain: Code of the chain; its own terms are added where it has any.
    """
    terms: list[dict[str, str]] = []
    own = next((path for path in _GLOSSARIES.glob("*.yaml") if path.stem == chain), None)
    for path in filter(None, (_TEXTS / "glossary.yaml", own)):
        terms += read_yaml(path.read_text(encoding="utf-8"))
    return tuple(sorted(terms, key=lambda term: term["nl"].lower()))


@cache
def column_texts() -> Mapping[str, Mapping[str, str]]:
    """Return what columns of published tables mean in Dutch, by table and column.

    A published file says it in English, the language in which its tables are made. What a column
    means in every table that says nothing else of it stands under `EVERY_TABLE`.
    """
    texts: dict[str, dict[str, str]] = read_yaml(
        (_TEXTS / "columns_nl.yaml").read_text(encoding="utf-8")
    )
    return texts


def column_text(table: str, column: str) -> str:
    """Return what a column of a published table means in Dutch; empty where nobody wrote it."""
    texts = column_texts()
    return texts.get(table, {}).get(column) or texts[EVERY_TABLE].get(column, "")
