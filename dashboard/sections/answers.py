"""Answers to experience questions: how those of one group to one question are distributed.

Here: the bar of a group with its words, the questions of a wave under each other, and their order.
Not here: which questions stand on which page, and how a bar looks (`components.answers`).
"""

from collections.abc import Sequence

import pandas as pd

from dashboard.components.answers import Part, bar, legend, name_of
from dashboard.components.markup import escape
from dashboard.components.page import Page
from pipelines.wording import formats
from pipelines.wording.figures import OK, status_word
from pipelines.wording.rows import first, records

# In the order in which they were asked; an unknown one comes last.
QUESTIONS = (
    "tijdig_geinformeerd",
    "vaste_contactpersoon",
    "duidelijke_rolverdeling",
    "overdracht_soepel",
    "gehoord_en_betrokken",
    "afbouw_goed_begeleid",
)
GROUPS = ("beveiligd_persoon", "professional")


def ordered(found: set[str], known: Sequence[str]) -> list[str]:
    """Return what occurs in the fixed order."""
    return [code for code in known if code in found] + sorted(found - set(known))


def distribution(page: Page, rows: pd.DataFrame, label: str) -> str:
    """Return the bar of one group with its number of answers and its median, in words."""
    words = page.words
    shares = [row for row in records(rows) if row["statistic"] == "share"]
    median = first(rows[rows["statistic"] == "median"])
    name = f'<span class="km-answer-group">{escape(label)}</span>'
    if not shares or shares[0]["status"] != OK:
        status = str(shares[0]["status"]) if shares else "no_row"
        word = escape(status_word(status, words))
        return f'<div class="km-answer-row">{name}<span class="km-status">{word}</span></div>'
    parts = [
        Part(
            int(share["low_category"]), int(share["high_category"]),
            float(share["value"]), float(share["numerator"]),
        )
        for share in shares
    ]  # fmt: skip
    said = words.text(
        "experience.said",
        n=formats.number(float(shares[0]["denominator"]), words),
        median=name_of(int(median["low_category"]), int(median["high_category"]), words),
    )
    merged = [name_of(part.low, part.high, words) for part in parts if part.is_merged]
    if merged:
        said += " " + words.text("experience.merged", names=", ".join(merged))
    beside = first(rows[rows["statistic"] == "not_applicable"])
    if beside and beside["status"] == OK and beside["numerator"] > 0:
        said += " " + words.text(
            "experience.not_applicable", n=formats.number(float(beside["numerator"]), words)
        )
    return (
        f'<div class="km-answer-row">{name}{bar(parts, words)}'
        f'<span class="km-sub">{escape(said)}</span></div>'
    )


def questions(page: Page, rows: pd.DataFrame, asked: Sequence[str]) -> str:
    """Return the answers of one wave, a block a question with its groups beside each other.

    Args:
        page: The page.
        rows: Rows of `experience_result`.
        asked: Questions in their order.
    """
    words, blocks = page.words, []
    for question in ordered(set(rows["question"]), asked):
        answers = rows[rows["question"] == question]
        bars = "".join(
            distribution(
                page, answers[answers["respondent_group"] == group], words.name("group", group)
            )
            for group in ordered(set(answers["respondent_group"]), GROUPS)
        )
        title = escape(words.name("question", question))
        blocks.append(f'<section class="km-question-block"><h3>{title}</h3>{bars}</section>')
    return legend(words) + "".join(blocks)
