"""Did it help? The answer of a recommendation or decision in one sentence.

Here: a pure function on rows of the published table `effect`.
Not here: the answer itself, which is published, and how it looks (`dashboard`).
"""

from collections.abc import Mapping
from typing import Any

from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import text_of
from pipelines.wording.signals import unit_of


def answer(row: Mapping[str, Any], words: Words) -> str:
    """Say whether what a recommendation or decision aims at moved after it.

    Args:
        row: A row of `effect`.
        words: The language.
    """
    blanks = {name: _whole(row.get(name)) for name in ("n_before", "n_after")}
    signal = text_of(row, "first_signal")
    return words.text(
        f"effect.{row['answer']}",
        **blanks,
        periods=words.name("grain_many", text_of(row, "period_grain")),
        signal=formats.period(signal, words) if signal else "",
        levels=_levels(row, words),
    )


def _levels(row: Mapping[str, Any], words: Words) -> str:
    """The mean on both sides; empty where one of them is not known."""
    before, after = row.get("mean_before"), row.get("mean_after")
    if not formats.is_number(before) or not formats.is_number(after):
        return ""
    unit = unit_of(row)
    return words.text(
        "effect.levels",
        before=formats.quantity(float(before), unit, words),
        after=formats.with_unit(float(after), unit, words),
    )


def _whole(value: Any) -> int:
    return int(value) if formats.is_number(value) else 0
