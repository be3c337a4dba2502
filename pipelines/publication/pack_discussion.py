"""The first section of the meeting pack: what is up for discussion, strongest evidence first.

Here: the list of the page `ter-bespreking`, read from the same published rows.
Not here: which signals there are or their order (`pipelines.indicators.agenda`), and layout
(`pack.typ`).
"""

from typing import Any

import duckdb

from pipelines.publication import wording
from pipelines.wording.followed import followed_until
from pipelines.wording.language import words_in
from pipelines.wording.rows import records
from pipelines.wording.signals import still_changes

# What two hours can hold; the page has the rest.
_MOST = 10


def discussion(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The list for discussion.

    Args:
        connection: Published file of the platform, open.

    Returns:
        `title`, `lead`, `entries` (each with code, name, strength, reasons, data badge and until
        when it is followed) and `rest`, a sentence about what is left out, or empty.
    """
    rows = connection.execute(
        """
        select signal.*, lead.handoff_id, lead.label_nl, badge, indicator.label_nl as of_label,
            coalesce(dimension_member.label_nl, signal.member) as member_label
        from signal
        inner join indicator using (indicator, version)
        inner join indicator as lead on signal.item = lead.indicator
        left join quality on signal.item = quality.indicator
        left join dimension_member using (dimension, member)
        where discussion_rank is not null
        -- Members in their fixed order, never by value.
        order by discussion_rank, signal.indicator <> item, signal.indicator,
            dimension <> 'national', dimension, sort_order, member, not is_headline, period_grain
        """
    )
    names = [column[0] for column in rows.description or []]
    signals = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    words = words_in("nl")
    results = connection.execute(
        "from result where indicator in (from (select unnest(?)))",
        [[signal["indicator"] for signal in signals]],
    ).df()
    register = records(connection.execute("from indicator").df())
    suppliers = records(connection.execute("from organisation order by sort_order").df())
    followed = {row["indicator"]: followed_until(row, suppliers, words) for row in register}
    for signal in signals:
        signal["still_changes"] = still_changes(signal, results, words)
        signal["followed"] = followed[signal["indicator"]]
    by_rank: dict[int, list[dict[str, Any]]] = {}
    for one in signals:
        by_rank.setdefault(one["discussion_rank"], []).append(one)
    shown = list(by_rank.values())[:_MOST]
    entries = [_entry(own) for own in shown]
    n_left = len(by_rank) - len(entries)
    lead = [wording.texts()["discussion.lead"]]
    if by_rank:
        by_chance = wording.quantity(signals[0]["expected_false"], "")
        lead.append(
            wording.texts()["discussion.by_chance"].format(n=by_chance, listed=len(by_rank))
        )
    return {
        "title": wording.texts()["discussion.title"],
        "lead": " ".join(lead),
        "nothing": "" if entries else wording.texts()["discussion.nothing"],
        "entries": entries,
        "rest": f"Nog {n_left} met minder sterk bewijs staan op het dashboard." if n_left else "",
    }


def _entry(signals: list[dict[str, Any]]) -> dict[str, Any]:
    first = signals[0]
    strength = wording.texts()[f"signal.strength.{first['item_strength']}"]
    return {
        "code": first["handoff_id"] or "",
        "name": first["label_nl"],
        "strength": strength,
        "data": f"Gegevens: {wording.name('quality', first['badge'] or 'unknown')}",
        "reasons": [
            {
                "kind": one["variation"],
                "word": wording.name("signal.variation", one["variation"]),
                "text": _text(one),
            }
            for one in signals
        ],
        # Once each, in the order in which the indicators are told.
        "followed": " ".join(dict.fromkeys(one["followed"] for one in signals if one["followed"])),
    }


def _text(signal: dict[str, Any]) -> str:
    of = "" if signal["indicator"] == signal["item"] else f"{signal['of_label']} – "
    of += "" if signal["dimension"] == "national" else f"{signal['member_label']} – "
    provisional = (
        f" {wording.texts()['signal.warning.provisional_limits']}"
        if signal["is_provisional"]
        else ""
    )
    newest = wording.newest(signal)
    beside = f"{provisional} {newest}" if newest else provisional
    beside += f" {signal['still_changes']}" if signal["still_changes"] else ""
    return f"{of}{wording.measure(signal)}: {wording.reason(signal)}{beside}"
