"""Two groups of a researcher's own choice: compared, drawn, and their rows taken away."""

import csv
import io
import re

import pytest

from pipelines.workbench.choice import Choice
from tests.dashboard.sample_rows import PER_YEAR


def test_the_last_year_stands_beside_the_one_before(researcher, render):
    text = render(researcher, "compare").text

    assert "Groep A (Triage, 2025): 20 gevallen, de helft is klaar na 8 dagen" in text
    assert "Groep B (Triage, 2024): 20 gevallen, de helft is klaar na 4 dagen" in text
    # Of both all but one are done; the share within the norm of five days differs.
    assert "Nog open 1 1" in text
    assert "Binnen norm 0% (0–14%) 95% (78–100%)" in text


def test_the_address_chooses_and_english_says_the_same(researcher, render):
    text = render(
        researcher, "compare", a_periode="2024", a_route="direct", b_periode="2024",
        b_route="triagetafel", taal="en",
    ).text  # fmt: skip

    assert "Group A (Triage, 2024, Directe opname): 10 cases" in text or (
        "Group A (Triage, 2024, " in text and "): 10 cases, half are done after 4 days" in text
    )
    assert "Still followed and running after …" in text


def test_a_group_without_cases_says_so(researcher, render):
    text = render(researcher, "compare", b_koppelvlak="K20").text

    assert "Groep B bevat geen enkel geval." in text


def test_a_hand_off_that_nobody_knows_is_not_chosen(researcher, render):
    text = render(researcher, "compare", koppelvlak="K99", a_periode="1900").text

    assert "Groep A (Triage, 2025)" in text


@pytest.mark.parametrize("asked", ["0", "-1", "²", "9" * 20, "9" * 5_000, "twee", ""])
def test_a_page_of_rows_that_is_none_is_the_first(researcher, render, asked):
    assert "pagina 1 van " in render(researcher, "compare", rijen=asked).text.lower()


def test_the_course_of_the_cases_is_drawn_and_told(researcher, render):
    rendered = render(researcher, "compare", verloop="B")

    assert "Van 20 zaken (Triage, 2024) zijn 3 mijlpalen getekend, met de 2 overgangen" in (
        rendered.text
    )
    assert "data:image/svg+xml" in rendered.html
    # Sent to received: of all twenty, after a day; on to the judgment nineteen, three days later.
    assert "20 20 1 dag" in rendered.text
    assert "19 19 3 dagen" in rendered.text


def test_rows_come_a_page_at_a_time(researcher, render):
    first = render(researcher, "compare")
    last = render(researcher, "compare", rijen="4")
    beyond = render(researcher, "compare", rijen="99")

    assert "pagina 1 van 4, 40 rijen" in first.text
    assert "pagina 4 van 4, 40 rijen" in last.text
    # Three pages of twelve of forty rows leave four, the last cases of the year before.
    assert len(set(re.findall(r"z1_2024\w*", last.html))) == 4
    assert "pagina 1 van 4" in beyond.text
    assert first.app.button(key="rows_previous").disabled
    assert last.app.button(key="rows_next").disabled


def test_a_filter_leaves_only_its_rows(researcher, render):
    text = render(researcher, "compare", status="open").text

    assert "pagina 1 van 1, 2 rijen" in text


def test_the_file_holds_all_rows_of_both_groups(researcher):
    from dashboard.components.page import Page
    from dashboard.publication import current_publication
    from dashboard.sections.chosen_rows import file_of
    from pipelines.wording.language import words_in

    page = Page(current_publication(researcher), words_in("nl"), "vergelijken")
    choices = {"A": Choice("K13", "2025"), "B": Choice("K13", "2024", {"route": "direct"})}
    lines = file_of(page, choices, "csv").decode().splitlines()
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))

    assert [row["cohort"] for row in rows].count("A") == PER_YEAR
    assert {row["route"] for row in rows if row["cohort"] == "B"} == {"direct"}
    assert len({row["case_key"] for row in rows}) == len(rows) == PER_YEAR + PER_YEAR // 2
