"""The Python file that a researcher takes along finds the figures of the page again."""

import math
import runpy
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard import queries
from dashboard.components.page import Page
from dashboard.publication import current_publication
from dashboard.sections.chosen_rows import file_of, script_of
from dashboard.sections.cohorts import estimate_groups
from pipelines.wording.language import words_in
from pipelines.workbench.choice import Choice

CHOICES = [
    {"A": Choice("K13", "2025"), "B": Choice("K13", "2024")},
    {"A": Choice("K13"), "B": Choice("K13", "2024-Q1", {"route": "direct"})},
]


@pytest.fixture
def page(researcher: Path) -> Page:
    return Page(current_publication(researcher), words_in("nl"), "vergelijken")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict]:
    def run_on(script: str, data: Path) -> dict:
        path = tmp_path / "two_groups.py"
        path.write_text(script, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", [str(path), str(data)])
        return runpy.run_path(str(path))["found"].to_dict()

    return run_on


@pytest.mark.parametrize("choices", CHOICES)
@pytest.mark.parametrize("clock", ["gross", "net"])
def test_it_gives_the_figures_of_the_page(page, run, tmp_path, choices, clock):
    rows, whole = tmp_path / "rows.parquet", tmp_path / "researcher.duckdb"
    # Of its own: this process has the page's open in another way.
    shutil.copy(page.publication.path, whole)
    rows.write_bytes(file_of(page, choices, "parquet"))
    cohorts = estimate_groups(page, choices, clock)
    script = script_of(choices, clock)

    for found in (run(script, rows), run(script, whole)):
        for name, cohort in cohorts.items():
            assert found[name]["n"] == cohort.n
            for row in cohort.figures.to_dict("records"):
                if row["statistic"] == "rmst":
                    continue
                for what in ("value", "lower", "upper"):
                    own, its = found[name][f"{row['statistic']} {what}"], row[what]
                    expected = math.nan if its is None else float(its)
                    assert own == pytest.approx(expected, abs=1e-9, nan_ok=True), (name, row, what)
    assert not queries.chosen_rows(page.publication, choices["A"]).empty
