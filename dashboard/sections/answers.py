"""Answers to experience questions: how those of one group to one question are distributed.

Here: the bar of a group with its words, the questions of a wave under each other, and their order.
Not here: which questions stand on which page, and how a bar looks (`components.answers`).
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from dashboard.components.answers import Part, bar, legend, name_of
from dashboard.components.markup import escape
from dashboard.components.page import Page
from pipelines.wording import formats
from pipelines.wording.figures import OK, status_word
from pipelines.wording.rows import Row, first, records

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
# The category in the middle of the scale.
_NEUTRAL = 3


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


def sides_said(page: Page, rows: pd.DataFrame) -> str:
    """Say of one wave, per group, at how many questions the middle answer takes a side."""
    words, told = page.words, []
    for group, own in _medians(rows):
        values = {
            "agree": sum(row["low_category"] > _NEUTRAL for row in own),
            "disagree": sum(row["high_category"] < _NEUTRAL for row in own),
        }
        name = formats.sentence(words.name("group", group))
        told.append(words.text("experience.said.sides", group=name, n=len(own), **values))
    return " ".join(told)


def course_said(page: Page, rows: pd.DataFrame) -> str:
    """Say of one question, per group, what the middle answer was in the first wave and the last."""
    words, told = page.words, []
    for group, own in _medians(rows):
        in_order = sorted(own, key=lambda row: str(row["wave"]))
        first_wave, last_wave = in_order[0], in_order[-1]
        if first_wave["wave"] == last_wave["wave"]:
            continue
        before, after = (
            name_of(int(row["low_category"]), int(row["high_category"]), words)
            for row in (first_wave, last_wave)
        )
        n_before, n_after = (
            formats.number(float(row["denominator"]), words) for row in (first_wave, last_wave)
        )
        told.append(
            words.text(
                "experience.said.course", group=formats.sentence(words.name("group", group)),
                first=first_wave["wave"], before=before, n_before=n_before,
                last=last_wave["wave"], after=after, n_after=n_after,
            )
        )  # fmt: skip
    return " ".join(told)


def _medians(rows: pd.DataFrame) -> Iterator[tuple[str, list[Row]]]:
    """The middle answers that are shown, group by group."""
    known = records(rows[(rows["statistic"] == "median") & (rows["status"] == OK)])
    for group in ordered({str(row["respondent_group"]) for row in known}, GROUPS):
        yield group, [row for row in known if row["respondent_group"] == group]
