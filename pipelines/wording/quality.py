"""The quality of the data under a figure, in sentences.

Here: a pure function on a row of the published table `quality`.
Not here: the badge and its reasons, which are published, and how they look (`dashboard`).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import text_of

_GOOD = "good"


def sentence(row: Mapping[str, Any], words: Words) -> str:
    """Say why the data under an indicator have their badge; empty where nothing is known of them.

    Args:
        row: A row of `quality`.
        words: The language.
    """
    said = [words.text("quality.reason.all_good")] if row.get("badge") == _GOOD else []
    reasons = json.loads(text_of(row, "reasons") or "[]")
    said += [_said(reason["code"], reason["facts"], words) for reason in reasons]
    return " ".join(said)


def _said(code: str, facts: Mapping[str, Any], words: Words) -> str:
    blanks: dict[str, str] = {}
    if "names" in facts:
        blanks["names"] = ", ".join(_name(name, words) for name in facts["names"])
    if "deliveries" in facts:
        blanks["deliveries"] = ", ".join(_delivered(told, words) for told in facts["deliveries"])
    if "share" in facts:
        blanks["share"] = formats.percentage(facts["share"], words)
    if "since" in facts:
        blanks["since"] = formats.month(date.fromisoformat(facts["since"]), words)
    if "n" in facts:
        blanks["n"] = formats.number(facts["n"], words)
    if "amiss" in facts:
        blanks["amiss"] = ", ".join(_amiss(facts["amiss"], words))
    return words.text(f"quality.reason.{code}", **blanks)


def _amiss(told: Mapping[str, int] | Sequence[str], words: Words) -> list[str]:
    """What is amiss in rows: how many, or to whom that may not be told, only what."""
    if isinstance(told, Mapping):
        return [
            words.text(f"quality.rows.{amiss}", n=formats.number(n, words))
            for amiss, n in told.items()
        ]
    return [words.text(f"quality.rows.{amiss}_coarse") for amiss in told]


def _name(named: str | Mapping[str, str], words: Words) -> str:
    """The name of a table or milestone; a supplier has one in every language."""
    return named if isinstance(named, str) else named[words.language]


def _delivered(told: Mapping[str, Any], words: Words) -> str:
    """A table with the month it is of; of several deliveries their number and the last one."""
    month = formats.month(date.fromisoformat(told["last"]), words)
    key = "quality.deliveries" if told["n"] > 1 else "quality.delivery"
    return words.text(
        key, table=_name(told["table"], words), n=formats.number(told["n"], words), month=month
    )
