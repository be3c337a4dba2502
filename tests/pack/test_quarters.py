"""The quarter of a pack: as it is asked for, and of which publication it is made."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.pack.place import DATA, DOCUMENT, file_name
from pipelines.pack.quarters import QuarterError, last_full_quarter, quarter_asked
from pipelines.pack.shelf import publication_of
from pipelines.publication.recorded import record
from pipelines.settings import Settings
from tests.dashboard.published_fixture import publication_row, write_publication


@pytest.mark.parametrize("typed", ["2026Q3", "2026-Q3", "2026K3", "2026 k3", " 2026-K3 "])
def test_a_quarter_is_read_as_people_write_it(typed):
    assert quarter_asked(typed) == "2026-Q3"


@pytest.mark.parametrize("typed", ["", "2026", "2026Q5", "Q3", "2026-03", "26Q3", "2026Q33", "../"])
def test_anything_else_is_refused_with_the_form_it_should_have(typed):
    with pytest.raises(QuarterError, match="is geen kwartaal; schrijf het als 2026Q3"):
        quarter_asked(typed)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 10, 31), "2026-Q3"),
        (date(2026, 9, 30), "2026-Q3"),
        (date(2026, 9, 29), "2026-Q2"),
        (date(2026, 1, 1), "2025-Q4"),
        (date(2026, 3, 30), "2025-Q4"),
        (date(2026, 3, 31), "2026-Q1"),
        (date(2026, 12, 31), "2026-Q4"),
    ],
)
def test_the_last_full_quarter_has_ended_by_the_end_of_the_day(day, quarter):
    assert last_full_quarter(day) == quarter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A shelf with two publications over the second quarter, and the current one over the third.

    A newer one passed the door out and was never made current.
    """
    folder = tmp_path / "published" / "platform"
    for name, day in (
        ("2026-06-30_a", date(2026, 6, 30)),
        ("2026-07-31_b", date(2026, 7, 31)),
        ("2026-10-31_c", date(2026, 10, 31)),
        ("2026-12-31_d", date(2026, 12, 31)),
    ):
        row = publication_row("platform", name, reference_date=day)
        record(write_publication(folder, {"publication": [row], "result": []}, name))
    (folder / "CURRENT").write_text("2026-10-31_c.duckdb", encoding="utf-8")
    return replace(Settings(), home=tmp_path)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, ("2026-Q3", "2026-10-31_c")),
        ("2026-Q3", ("2026-Q3", "2026-10-31_c")),
        ("2026-Q2", ("2026-Q2", "2026-07-31_b")),
    ],
)
def test_an_earlier_quarter_is_of_the_last_publication_that_told_of_it(settings, asked, found):
    quarter, path = publication_of(settings, asked)

    assert (quarter, path.stem) == found


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("2026-Q1", "de publicatie van K1 2026 wordt niet .* bewaard zijn K2 2026, K3 2026"),
        ("2026-Q4", "over K4 2026 is nog geen vergaderstuk te maken: .* is K3 2026"),
    ],
)
def test_what_is_not_kept_or_not_over_is_said(settings, asked, why):
    with pytest.raises(QuarterError, match=why):
        publication_of(settings, asked)


def test_before_the_first_publication_there_is_no_pack(tmp_path):
    with pytest.raises(LookupError, match="nog niets gepubliceerd"):
        publication_of(replace(Settings(), home=tmp_path), None)


def test_who_takes_it_away_sees_the_quarter_in_its_name():
    assert file_name("2026-Q3", DOCUMENT) == "vergaderstuk_2026K3.pdf"
    assert file_name("2026-Q3", DATA) == "vergaderstuk_2026K3.ods"
