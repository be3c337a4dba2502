"""The researcher's minute, in a real browser: two groups compared, their rows taken away.

Counted in clicks from the home; a question that is stopped while it runs.
"""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dashboard.browsing import Visit, served
from tests.dashboard.published_fixture import write_publication
from tests.dashboard.sample_rows import researcher_tables

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("researcher")
    write_publication(root / "researcher", researcher_tables(), "tiny")
    with served(root, audience="researcher") as found:
        yield found


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    opened = Visit(browser, address)
    yield opened
    opened.close()


def test_two_groups_are_compared_and_their_rows_taken_away_in_four_clicks(visit, tmp_path):
    tab = visit.open("/")
    clicks = 0

    def click(target: Any) -> None:
        nonlocal clicks
        target.click()
        clicks += 1

    click(tab.get_by_role("link", name="Groepen vergelijken"))
    tab.wait_for_selector("text=Groep A (Triage, 2025): 20 gevallen", timeout=60_000)
    # The other group: triage by the table, of last year too.
    click(tab.get_by_label("Route").nth(1))
    click(tab.get_by_role("option", name="Triagetafel", exact=False).first)
    tab.wait_for_selector("text=/Groep B \\(Triage, 2024, .+\\): 10 gevallen/", timeout=60_000)
    with tab.expect_download(timeout=60_000) as given:
        click(tab.get_by_role("button", name="Rijen van beide groepen (CSV)"))
    path = tmp_path / "rows.csv"
    given.value.save_as(path)

    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["cohort"] for row in rows].count("A") == 20
    assert [row["route"] for row in rows if row["cohort"] == "B"] == ["triagetafel"] * 10
    assert "b_route=triagetafel" in tab.url
    assert clicks <= 4
    assert visit.refused == []


def test_a_question_that_runs_is_stopped_by_a_click(visit):
    heavy = "select count(*) from range(1000000000) a, range(100000) b"
    tab = visit.open("/")
    tab.goto(f"{visit.address}/vraag?sql={heavy}")
    tab.get_by_role("button", name="Stop").click(timeout=60_000)
    tab.wait_for_selector("text=De vraag is gestopt.", timeout=15_000)
    # And the next one is answered.
    tab.goto(f"{visit.address}/vraag?sql=select 6 * 7 as answer")
    tab.wait_for_selector("td:text-is('42'), th:text-is('42')", timeout=60_000)
