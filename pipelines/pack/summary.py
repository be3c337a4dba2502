"""The first two pages of the meeting pack: what it is, and the quarter on one page.

Here: the cover, and what the home of the platform says, in the same sentences.
Not here: the page of an item (`items`), and the drawing of the chain (`pipelines.charts`).
"""

from collections.abc import Sequence
from typing import Any

from pipelines.pack.decisions import newest
from pipelines.pack.items import line_of, name_of, since_of
from pipelines.pack.paper import Paper
from pipelines.pack.register import Register
from pipelines.wording import agenda, fit, formats
from pipelines.wording.rows import text_of
from pipelines.wording.signals import Entry


def cover(paper: Paper, quarter: str) -> dict[str, Any]:
    """Return the cover: of which chain, quarter and publication the pack is, and how to cite it.

    Args:
        paper: Published file of the platform.
        quarter: Quarter of the pack.
    """
    words, publication = paper.words, paper.publication
    warning = f"{words.text('warning.synthetic')} {words.text('warning.synthetic.text')}"
    chain = words.label(publication, "chain_label")
    period, day = formats.period(quarter, words), formats.day(paper.day, words)
    identifier = str(publication["publication_id"])
    return {
        "title": words.text("pack.title"),
        "chain": chain,
        "quarter": period,
        "terms": [
            [words.text("column.period"), period],
            [words.text("pack.day"), day],
            [words.text("pack.publication"), identifier],
            [words.text("pack.code"), text_of(publication, "code_version")],
        ],
        "notices": [warning] if publication["is_synthetic"] else [],
        "reading": words.text("pack.learn"),
        "cite_title": words.text("pack.cite"),
        "cite": words.text("pack.cite.text", chain=chain, quarter=period, day=day, id=identifier),
        "contents": words.text("pack.contents"),
    }


def summary(items: Sequence[Entry], register: Register, paper: Paper) -> dict[str, Any]:
    """Return the quarter on one page.

    Args:
        items: The list.
        register: What is known of indicators.
        paper: The file.

    Returns:
        For the layout: `title`, `lead`, and the answers to the four questions, each with a heading.
    """
    words = paper.words
    return {
        "title": words.text("pack.summary"),
        "lead": words.text("this_quarter.lead"),
        "changed": {
            "title": words.text("this_quarter.changed"),
            "items": [
                {
                    "kind": item.spoken["variation"],
                    "word": words.name("signal.variation", item.spoken["variation"]),
                    "name": name_of(item, register, paper),
                    "line": line_of(item, paper),
                    "since": since_of(item, paper),
                }
                for item in items
            ],
            "nothing": "" if items else _nothing(paper),
        },
        "real": {"title": words.text("this_quarter.real"), "lines": _real(items, paper)},
        "fit": {"title": words.text("this_quarter.fit"), "lines": _fit(items, register, paper)},
        "decided": {
            "title": words.text("this_quarter.decided"),
            "lines": newest(paper),
        },
    }


def _nothing(paper: Paper) -> str:
    """Say that nothing is listed, and why."""
    words, found = paper.words, paper.table("signal", "discussion_rank, rowid")
    charted = found if found.empty else found[found["chart"] != "none"]
    return agenda.nothing(charted, words)


def _real(items: Sequence[Entry], paper: Paper) -> list[str]:
    """Say how many of the items are expected to be chance."""
    if not items:
        return []
    return [agenda.by_chance(items[0].expected_false, len(items), paper.words)]


def _fit(items: Sequence[Entry], register: Register, paper: Paper) -> list[str]:
    """Say what is late, incomplete and still growing, and what the items rest on."""
    words, qualities = paper.words, list(register.quality.values())
    said = [
        fit.late(paper.table("delivery_month"), paper.table("dimension_member"), words),
        fit.incomplete(qualities, words),
        fit.growing(qualities, list(register.entries.values()), words),
        fit.under([item.indicator for item in items], qualities, words),
    ]
    return [sentence for sentence in said if sentence]
