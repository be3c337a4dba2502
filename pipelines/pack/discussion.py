"""The first section of the meeting pack: what is up for discussion, strongest evidence first.

Here: the list of the page `ter-bespreking`, from the same rows in the same words.
Not here: which signals there are or their order (`pipelines.signals.agenda`), their sentences
(`pipelines.wording.signals`) and layout (`pack.typ`).
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.pack.paper import Paper
from pipelines.wording import formats, signals
from pipelines.wording.figures import NATIONAL
from pipelines.wording.followed import followed_until
from pipelines.wording.rows import Row, text_of
from pipelines.wording.signals import Entry

# What two hours can hold; the page has the rest.
_MOST = 10


def discussion(paper: Paper) -> dict[str, Any]:
    """The list for discussion.

    Args:
        paper: Published file of the platform.

    Returns:
        `title`, `lead`, `entries` (each with code, name, strength, reasons, data badge and until
        when it is followed) and `rest`, a sentence about what is left out, or empty.
    """
    words = paper.words
    connection = paper.connection
    members = connection.execute("from dimension_member order by dimension, sort_order").df()
    listed = signals.entries(paper.frame("from signal order by discussion_rank, rowid"), members)
    n_left = len(listed) - _MOST
    lead = [words.text("discussion.lead")]
    if listed:
        by_chance = formats.number(listed[0].expected_false, words, 1)
        lead.append(words.text("discussion.by_chance", n=by_chance, listed=len(listed)))
    names = _names(paper)
    return {
        "title": words.text("page.discussion"),
        "lead": " ".join(lead),
        "nothing": "" if listed else words.text("discussion.nothing"),
        "entries": [_entry(entry, names, paper) for entry in listed[:_MOST]],
        "rest": words.text("pack.rest", n=n_left) if n_left > 0 else "",
    }


@dataclass(frozen=True)
class _Names:
    """What stands beside the rows of a list: register, badges, labels of members, figures."""

    register: dict[str, Row]
    badges: dict[str, str]
    members: dict[tuple[str, str], str]
    organisations: list[Row]
    results: pd.DataFrame


def _names(paper: Paper) -> _Names:
    words = paper.words
    return _Names(
        {
            row["indicator"]: row
            for row in paper.rows(
                "from indicator qualify "
                "row_number() over (partition by indicator order by valid_from desc) = 1"
            )
        },
        {row["indicator"]: row["badge"] for row in paper.rows("from quality")},
        {
            (row["dimension"], row["member"]): words.label(row)
            for row in paper.rows("from dimension_member")
        },
        paper.rows("from organisation order by sort_order"),
        paper.frame(
            "from result where indicator in (select indicator from signal "
            "where discussion_rank is not null)"
        ),
    )


def _entry(entry: Entry, names: _Names, paper: Paper) -> dict[str, Any]:
    words = paper.words
    leading = names.register[entry.indicator]
    followed = (
        followed_until(names.register[indicator], names.organisations, words)
        for indicator in entry.told
    )
    badge = words.name("quality", names.badges.get(entry.indicator) or "unknown")
    return {
        "code": text_of(leading, "handoff_id"),
        "name": words.label(leading),
        "strength": words.text(f"signal.strength.{entry.strength}"),
        "data": f"{words.text('discussion.data')} {badge}",
        "reasons": [
            {
                "kind": signal["variation"],
                "word": words.name("signal.variation", signal["variation"]),
                "text": _text(signal, names, paper),
            }
            for signal in entry.signals
        ],
        # Once each, in the order in which the indicators are told.
        "followed": " ".join(dict.fromkeys(filter(None, followed))),
    }


def _text(signal: Row, names: _Names, paper: Paper) -> str:
    """Whose series it is where that is not the item's own, what it is about, and why."""
    words = paper.words
    whose = []
    if signal["indicator"] != signal["item"]:
        whose.append(words.label(names.register[signal["indicator"]]))
    if signal["dimension"] != NATIONAL:
        key = (signal["dimension"], signal["member"])
        whose.append(names.members.get(key) or str(signal["member"]))
    about = f"{signals.measure(signal, words)}: {signals.reason(signal, words)}"
    changing = signals.still_changes(signal, names.results, words)
    said = [about, *signals.caveats(signal, words, brief=True), changing]
    return " – ".join([*whose, " ".join(filter(None, said))])
