"""The rung of a line is chosen from earlier years, and the cell itself plays no part."""

import pandas as pd
import pytest

from pipelines.disclosure.catalogue import Rung, catalogue_of
from pipelines.disclosure.ladder import NONE, rungs_of

QUARTER, HALF_YEAR = Rung(grain="quarter"), Rung(grain="half_year")
LADDER = {"parket": (QUARTER, HALF_YEAR)}
PLATFORM = catalogue_of("platform")


def cells(per_quarter: dict[int, dict[str, list[float]]]) -> dict[Rung, pd.DataFrame]:
    """Cells per rung, from the cases a quarter of each member in each year."""
    rows = [
        ("parket", member, year, least)
        for year, members in per_quarter.items()
        for member, quarters in members.items()
        for least in quarters
    ]
    quarters = pd.DataFrame(rows, columns=["line", "member", "year", "least"])
    place = quarters.groupby(["line", "member", "year"]).cumcount() // 2
    halves = quarters.groupby(["line", "member", "year", place])["least"].sum().reset_index()
    return {QUARTER: quarters, HALF_YEAR: halves[["line", "member", "year", "least"]]}


def rung_in(year: int, per_quarter: dict[int, dict[str, list[float]]]) -> int:
    chosen = rungs_of(cells(per_quarter), LADDER, PLATFORM)
    return int(chosen.set_index("year")["rung"][year])


BIG, SMALL, TINY = [20.0] * 4, [6.0] * 4, [2.0] * 4


@pytest.mark.parametrize(
    ("before", "rung"),
    [
        pytest.param({"a": BIG, "b": BIG}, 0, id="every member has enough a quarter"),
        pytest.param({"a": BIG, "b": SMALL}, 1, id="the smallest has enough a half-year"),
        pytest.param({"a": BIG, "b": TINY}, NONE, id="the smallest never has"),
        pytest.param(
            {"a": BIG, "b": [20.0, 20.0, 4.0, 20.0]}, 1, id="last year this rung would have missed"
        ),
    ],
)
def test_the_finest_rung_that_earlier_years_bear(before, rung):
    assert rung_in(2026, {2025: before, 2026: {"a": BIG, "b": BIG}}) == rung


@pytest.mark.parametrize("now", [BIG, SMALL, TINY, [0.0] * 4])
def test_the_cell_itself_never_chooses(now):
    assert rung_in(2026, {2025: {"a": BIG}, 2026: {"a": now}}) == 0


def test_the_first_year_takes_the_last_rung():
    assert rung_in(2025, {2025: {"a": BIG}}) == 1


def test_volume_is_that_of_three_years():
    years = {2021: {"a": TINY}, 2022: {"a": BIG}, 2023: {"a": BIG}, 2024: {"a": BIG}}

    assert rung_in(2025, {**years, 2025: {"a": BIG}}) == 0, "2021 is too long ago"
