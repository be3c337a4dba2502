"""Experience: what protected persons and professionals answer, side by side. Never a mean."""

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.answers import name_of
from dashboard.components.choice import choose
from dashboard.components.markup import escape
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.reading import reading, said
from dashboard.components.table import Column, show_data
from dashboard.sections.answers import (
    GROUPS,
    QUESTIONS,
    course_said,
    distribution,
    ordered,
    questions,
    sides_said,
)
from dashboard.sections.definition import terms
from dashboard.sections.fitness import ANSWERS, quality_line, quality_of, show_fitness
from pipelines.wording import formats
from pipelines.wording.figures import status_word
from pipelines.wording.rows import Row, records


def show_wave(page: Page, rows: pd.DataFrame, wave: str) -> None:
    """Put all questions of one wave on the page, both groups beside each other."""
    words = page.words
    own = rows[rows["wave"] == wave]
    section(f"{words.text('experience.wave')} {wave}")
    st.html(questions(page, own, QUESTIONS) + said(sides_said(page, own)))
    show_answers(page, own, f"ervaringen_{wave}")


def show_course(page: Page, rows: pd.DataFrame) -> None:
    """Put one question over all waves on the page."""
    words = page.words
    section(words.text("experience.course"), words.text("experience.course.text"), anchor="verloop")
    question = choose(
        "vraag",
        words.text("experience.question"),
        ordered(set(rows["question"]), QUESTIONS),
        lambda code: words.name("question", code),
        in_list=True,
    )
    own = rows[rows["question"] == question]
    blocks = []
    for group in ordered(set(own["respondent_group"]), GROUPS):
        mine = own[own["respondent_group"] == group]
        bars = "".join(
            distribution(page, mine[mine["wave"] == wave], wave)
            for wave in sorted(set(mine["wave"]))
        )
        title = escape(words.name("group", group))
        blocks.append(f'<section class="km-question-block"><h3>{title}</h3>{bars}</section>')
    st.html(
        f'<div class="km-answer-columns">{"".join(blocks)}</div>' + said(course_said(page, own))
    )
    show_answers(page, own, f"ervaringen_{question}")


def show_answers(page: Page, rows: pd.DataFrame, file_name: str) -> None:
    """Put the same figures on the page as a table."""
    words = page.words
    show_data(
        words.text("page.experiences"),
        [
            Column(words.text("experience.question")),
            Column(words.text("experience.group")),
            Column(words.text("experience.wave")),
            Column(words.text("experience.answer")),
            Column(words.text("column.numerator"), is_number=True),
            Column(words.text("column.denominator"), is_number=True),
            Column(words.text("column.value"), is_number=True),
            Column(words.text("column.interval"), is_number=True),
            Column(words.text("column.status")),
        ],
        [_data_row(page, row) for row in records(rows)],
        file_name,
        words,
    )


def _data_row(page: Page, row: Row) -> list[str]:
    words = page.words

    def count(name: str) -> str:
        return formats.number(float(row[name]), words) if formats.is_number(row[name]) else ""

    answer = words.text(f"experience.statistic.{row['statistic']}")
    if formats.is_number(row["low_category"]):
        name = name_of(int(row["low_category"]), int(row["high_category"]), words)
        answer = name if row["statistic"] == "share" else f"{answer}: {name}"
    value = row["value"]
    return [
        words.name("question", str(row["question"])),
        words.name("group", str(row["respondent_group"])),
        str(row["wave"]),
        answer,
        count("numerator"),
        count("denominator"),
        formats.quantity(float(value), "share", words) if formats.is_number(value) else "",
        formats.interval(row["lower"], row["upper"], "share", words),
        status_word(str(row["status"]), words),
    ]


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.experiences"), words.text("experience.lead"))
    quality = quality_of(page, ANSWERS)
    is_shown = show_fitness(page, quality, many=True)
    st.html(terms([(words.text("handoff.quality"), quality_line(page, quality))]))
    if not is_shown:
        return
    rows = queries.experiences(page.publication)
    if rows.empty:
        st.html(f'<p class="km-soft">{escape(words.text("experience.none"))}</p>')
        return
    waves = sorted(set(rows["wave"]), reverse=True)
    wave = choose("ronde", words.text("experience.wave"), waves, str)
    show_wave(page, rows, wave)
    caption = words.text("experience.caption")
    if page.publication.audience != "researcher":
        caption += " " + words.text("experience.caption_small")
    st.html(f'<p class="km-caption">{escape(caption)}</p>' + reading("answers", words=words))
    show_course(page, rows)


show()
