"""The quality of the data under figures, as everybody may read it.

Here: the reasons of a badge without numbers and without names of tables.
Not here: the badge and its reasons (`pipelines.indicators.verdict`), and their sentences
(`pipelines.wording.quality`).

Of cases nothing is counted: "a few" beside a badge that names every fault would prove that there
are one to four, so what is amiss is named and not how often. No share is said either: in a small
chain a whole percent of its keys or rows fits one number of them. Of what passed a limit the limit
is said, which the reader knows. A table becomes its supplier.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

Labels = Mapping[str, str]
"""A name by language."""

# Reasons whose number is of cases, keys or rows.
_WITHOUT_NUMBER = frozenset(
    {"early", "unreadable", "hardly_linked", "linked", "set_aside", "suspected"}
)
# Reasons that name what is no table: milestones of an event log.
_NAMES_MILESTONES = frozenset({"unseen"})
# So that what a sentence says without a number is another sentence.
_COARSE = "_coarse"


def coarse_quality(quality: pd.DataFrame, suppliers: Mapping[str, Labels]) -> pd.DataFrame:
    """Say of the quality of data what everybody may know.

    Args:
        quality: The published table `quality` of researchers.
        suppliers: Names of the organisations that deliver, by code.

    Returns:
        The same rows; `reasons` without numbers and with suppliers for tables.
    """
    coarse = quality.copy()
    if "reasons" in quality:
        coarse["reasons"] = [coarse_reasons(told, suppliers) for told in quality["reasons"]]
    return coarse


def coarse_reasons(told: str, suppliers: Mapping[str, Labels]) -> str:
    """Return the reasons of a badge, as JSON, without what only researchers may know."""
    reasons = [_coarse(reason["code"], reason["facts"], suppliers) for reason in json.loads(told)]
    return json.dumps(reasons, ensure_ascii=False)


def _coarse(code: str, facts: Mapping[str, Any], suppliers: Mapping[str, Labels]) -> dict[str, Any]:
    shown = {name: facts[name] for name in ("names", "since") if name in facts}
    if code in _WITHOUT_NUMBER:
        code += _COARSE
    if "names" in shown and code not in _NAMES_MILESTONES:
        shown["names"] = [_label(code, suppliers) for code in _codes(shown["names"])]
    if "deliveries" in facts:
        shown["deliveries"] = list(_by_supplier(facts["deliveries"], suppliers))
    if "amiss" in facts:
        shown["amiss"] = list(facts["amiss"])
    return {"code": code, "facts": shown}


def _by_supplier(
    deliveries: Iterable[Mapping[str, Any]], suppliers: Mapping[str, Labels]
) -> Iterator[dict[str, Any]]:
    """Deliveries of the tables of a supplier as its own: how many, and the last one."""
    last: dict[str, str] = {}
    number: dict[str, int] = {}
    for told in deliveries:
        [code] = _codes([told["table"]])
        last[code] = max(last.get(code, ""), told["last"])
        number[code] = number.get(code, 0) + told["n"]
    for code, day in last.items():
        yield {"table": _label(code, suppliers), "n": number[code], "last": day}


def _codes(tables: Iterable[str]) -> list[str]:
    """Suppliers of some tables, each once."""
    return list(dict.fromkeys(table.split("_", 1)[0] for table in tables))


def _label(code: str, suppliers: Mapping[str, Labels]) -> Labels:
    return suppliers.get(code, {"nl": code, "en": code})
