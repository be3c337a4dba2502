"""An item of the list for discussion in one line: how large its change is, and how sure.

Here: pure functions on rows of the published tables `signal` and `listing`.
Not here: why a series stands out (`signals`), which items are listed (published), and how a line
looks (`dashboard`, the pack).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from pipelines.wording import formats
from pipelines.wording.figures import DURATIONS
from pipelines.wording.language import Words
from pipelines.wording.rows import day_of, text_of
from pipelines.wording.signals import figure, unit_of

# The rules that look at one point; of the others the difference is the mean of a run.
_OF_ONE_POINT = frozenset({"outside"})


def line(signal: Mapping[str, Any], n_cases: float | None, words: Words) -> str:
    """Say figure, size of the change and number of cases: `K2 2026: 143 dagen, 97 … ; n = 105`.

    Args:
        signal: A row of `signal` with a chart.
        n_cases: Cases under its figure; None where it is a number of cases itself.
        words: The language.
    """
    said = f"{figure(signal, words)}, {size(signal, words)}"
    if n_cases is None:
        return said
    return f"{said}; {words.text('agenda.n', n=formats.number(n_cases, words))}"


def size(signal: Mapping[str, Any], words: Words) -> str:
    """Say how large the change is: `97 dagen langer dan gewoonlijk (45,7)`."""
    unit, difference = unit_of(signal), float(signal["difference"])
    way = "up" if difference > 0 else "down"
    since = formats.period(text_of(signal, "since") or str(signal["period"]), words)
    blanks = {"amount": _amount(abs(difference), unit, words), "since": since}
    if signal["chart"] == "xmr_of_changes":
        kind = "growth" if signal["rule"] == "growth" else "stock"
        return words.text(f"agenda.size.{kind}.{way}", **blanks)
    centre = formats.quantity(float(signal["centre"]), unit, words)
    said = words.text(f"agenda.size.{_kind(unit)}.{way}", centre=centre, **blanks)
    n_run = int(signal["n_run"]) if formats.is_number(signal["n_run"]) else 1
    if signal["rule"] in _OF_ONE_POINT or n_run == 1:
        return said
    periods = words.name("grain_many", str(signal["period_grain"]))
    return words.text("agenda.size.run", n=n_run, periods=periods, size=said)


def by_chance(expected_false: float, n_listed: int, words: Words) -> str:
    """Say of how many items of the list it is expected that nothing changed, in items.

    Args:
        expected_false: As published: of the whole list, at most.
        n_listed: Items on the list.
        words: The language.
    """
    rounded = round(expected_false)
    key = {0: "agenda.by_chance.none", 1: "agenda.by_chance.single"}.get(
        rounded, "agenda.by_chance.several"
    )
    exact = formats.number(expected_false, words, 1)
    return words.text(key, n=rounded, exact=exact, listed=n_listed)


def since(listing: Mapping[str, Any], reference_date: date, words: Words) -> str:
    """Say since when an item stands on the list; empty where nothing is known of before.

    Args:
        listing: Its row of `listing`; empty where the publication has none.
        reference_date: Of the publication.
        words: The language.
    """
    day = day_of(listing.get("listed_since"))
    if day is None:
        return ""
    is_known = bool(listing["is_since_known"])
    if day == reference_date:
        return words.text("agenda.new") if is_known else ""
    key = "agenda.since" if is_known else "agenda.since.at_least"
    return words.text(key, day=formats.day(day, words))


def nothing(charted: pd.DataFrame, words: Words) -> str:
    """Say that nothing is listed, and why.

    Args:
        charted: Rows of `signal` with a chart.
        words: The language.
    """
    if charted.empty:
        return words.text("this_quarter.changed.short")
    return words.text(
        "this_quarter.changed.none",
        n=formats.number(len(charted), words),
        signals=formats.number(int((charted["rule"] != "none").sum()), words),
    )


def _amount(difference: float, unit: str, words: Words) -> str:
    """The size of a difference; of shares in percentage points."""
    if unit not in formats.SHARES:
        return formats.with_unit(difference, unit, words)
    points = round(100 * difference, 1)
    decimals = 0 if points >= 1 else 1
    return words.text("agenda.points", n=formats.number(points, words, decimals))


def _kind(unit: str) -> str:
    if unit in DURATIONS:
        return "time"
    return "count" if unit in formats.COUNTS else "level"
