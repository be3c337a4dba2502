"""Are the data fit: what is late, incomplete and still growing, each in one sentence.

Here: pure functions on rows of `delivery_month`, `quality` and `indicator`, for home and pack.
Not here: the reasons of one indicator (`quality`), and any verdict on data (published).
"""

import json
from collections.abc import Sequence

import pandas as pd

from pipelines.wording import formats
from pipelines.wording.followed import followed_end
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, records, text_of

# Deliveries are monthly, a meeting is quarterly.
_MONTHS = 3
# Reasons of `quality` that say something did not come, or not in full.
_INCOMPLETE = frozenset(
    {"absent", "beyond", "damaged", "held", "never", "partial", "refused", "skipped", "stale"}
)


def late(delivered: pd.DataFrame, members: pd.DataFrame, words: Words) -> str:
    """Say how many of the newest months of all suppliers did not come on time, and whose.

    Args:
        delivered: Rows of `delivery_month`; empty where a file has none.
        members: Rows of `dimension_member` in their fixed order.
        words: The language.
    """
    days = [] if delivered.empty else sorted(delivered["reference_date"].unique())[-_MONTHS:]
    if not days:
        return ""
    own = delivered[delivered["reference_date"].isin(days)]
    behind = own[own["status"] != "on_time"]
    first, last = (formats.month(pd.Timestamp(day), words) for day in (days[0], days[-1]))
    months = first if first == last else f"{first} – {last}"
    if behind.empty:
        return words.text("this_quarter.fit.no_late", months=months, all=len(own))
    organisations = set(behind["organisation"])
    names = [
        words.label(row)
        for row in records(members)
        if row["dimension"] == "organisation" and row["member"] in organisations
    ]
    return words.text(
        "this_quarter.fit.late",
        months=months,
        all=len(own),
        n=len(behind),
        names=", ".join(names) or ", ".join(sorted(organisations)),
    )


def incomplete(qualities: Sequence[Row], words: Words) -> str:
    """Say of how many indicators a delivery did not come, or not in full.

    Args:
        qualities: Rows of `quality`.
        words: The language.
    """
    reasons = _reasons(qualities)
    n = sum(bool(codes & _INCOMPLETE) for codes in reasons)
    if not n:
        return words.text("this_quarter.fit.no_incomplete")
    return words.text("this_quarter.fit.incomplete", n=n, all=len(reasons))


def growing(qualities: Sequence[Row], indicators: Sequence[Row], words: Words) -> str:
    """Say how many indicators later deliveries may still change, and how many wait for one.

    Args:
        qualities: Rows of `quality`.
        indicators: Rows of `indicator`, the newest version of each.
        words: The language.
    """
    reasons = _reasons(qualities)
    n = sum("growing" in codes for codes in reasons)
    said = (
        words.text("this_quarter.fit.growing", n=n, all=len(reasons))
        if n
        else words.text("this_quarter.fit.no_growing")
    )
    waiting = sum(followed_end(row) is not None for row in indicators)
    return f"{said} {words.text('this_quarter.fit.waiting', n=waiting)}" if waiting else said


def under(listed: Sequence[str], qualities: Sequence[Row], words: Words) -> str:
    """Say on what data the items of the list rest; empty where nothing is listed.

    Args:
        listed: The indicator of each item.
        qualities: Rows of `quality`.
        words: The language.
    """
    if not listed:
        return ""
    badges = {row["indicator"]: text_of(row, "badge") for row in qualities}
    own = [badges.get(indicator, "") for indicator in listed]
    return words.text(
        "this_quarter.fit.listed",
        listed=len(listed),
        caution=own.count("caution"),
        not_fit=own.count("not_fit"),
    )


def _reasons(qualities: Sequence[Row]) -> list[set[str]]:
    """The codes of what is amiss with the data under each indicator."""
    return [
        {str(reason["code"]) for reason in json.loads(text_of(row, "reasons") or "[]")}
        for row in qualities
    ]
