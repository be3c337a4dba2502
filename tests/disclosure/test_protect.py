"""What an audience sees: lines stand or fall whole, and what adds up still adds up."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.protect import NUMBERS, Protected, protect
from pipelines.disclosure.rounding import Rounded, round_jointly
from pipelines.disclosure.true_cells import Bases, Facts

PLATFORM = catalogue_of("platform")
BASES = Bases(
    {"admitted": "judgments", "escalated": "judgments"},
    {"judgments": "cases"},
    pd.DataFrame(columns=["smaller", "larger"]),
    {},
    {},
)
FACTS = Facts(BASES, dict.fromkeys(BASES.of_indicator, "share"), {}, {})
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
QUARTERS = [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in range(1, 5)]


def row(
    indicator: str, period: str, n: float, x: float, dimension: str = "national",
    member: str = "national",
) -> dict[str, object]:  # fmt: skip
    grain = "quarter" if "Q" in period else "month"
    return {
        "indicator": indicator, "version": "1", "statistic": "share", "view": "cohort",
        "clock": "gross", "side": "both", "unit": "share", "period_grain": grain,
        "period": period, "dimension": dimension, "member": member,
        **dict.fromkeys(NUMBERS, np.nan),
        "numerator": x, "denominator": n, "value": x / n if n else np.nan,
        "status": "ok" if n else "no_data", "reference_date": "2026-01-31", "known_at": None,
    }  # fmt: skip


def figures(of_member: dict[str, dict[str, tuple[int, int]]]) -> pd.DataFrame:
    """Shares by member and quarter, and the country by month: n and x of each cell."""
    rows = []
    for indicator in BASES.of_indicator:
        for quarter in QUARTERS:
            whole = np.zeros(2, int)
            for member, cells in of_member.items():
                n, x = cells.get(quarter, cells["usual"])
                whole += (n, x)
                rows.append(row(indicator, quarter, n, x, "parket", member))
            year, place = quarter.split("-Q")
            for at in range(3):
                n, x = (int(part) // 3 + (at < int(part) % 3) for part in whole)
                rows.append(row(indicator, f"{year}-{int(place) * 3 - 2 + at:02d}", n, x))
    return pd.DataFrame(rows)


def shown(of_member: dict[str, dict[str, tuple[int, int]]]) -> Protected:
    return protected(figures(of_member))


def protected(rows: pd.DataFrame) -> Protected:
    return protect(rows, PLATFORM, FACTS, reference=date(2026, 1, 31), key=b"a key of these tests")


AMPLE = {"noord": {"usual": (41, 20)}, "zuid": {"usual": (67, 31)}}
FEW_ONCE = {"noord": {"usual": (41, 20), "2025-Q3": (41, 3)}, "zuid": {"usual": (67, 31)}}


@pytest.fixture(scope="module")
def ample() -> Protected:
    return shown(AMPLE)


def cell(result: pd.DataFrame, member: str, period: str) -> pd.Series:
    rows = result[
        (result["indicator"] == "admitted")
        & (result["member"] == member)
        & (result["period"] == period)
    ]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_every_share_follows_from_rounded_counts(ample):
    result = ample.result
    told = result[result["status"] == "ok"]

    assert not told.empty
    assert (told[["numerator", "denominator"]] % PLATFORM.rounding_base == 0).all(axis=None)
    assert np.allclose(told["value"], told["numerator"] / told["denominator"])
    assert told["n_at_risk"].isna().all()


def test_members_add_up_to_the_country_and_quarters_to_the_year(ample):
    result = ample.result

    for quarter in ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"):
        for column in ("numerator", "denominator"):
            members = sum(cell(result, name, quarter)[column] for name in AMPLE)
            assert members == cell(result, "national", quarter)[column]
    for column in ("numerator", "denominator"):
        quarters = sum(cell(result, "noord", f"2025-Q{place}")[column] for place in (1, 2, 3, 4))
        assert quarters == cell(result, "noord", "2025")[column]


def test_a_stock_at_the_end_of_a_quarter_is_that_of_its_last_month():
    levels = {month: 41.0 + 7 * at for at, month in enumerate(MONTHS)}
    ends = {quarter: levels[f"{quarter[:4]}-{int(quarter[-1]) * 3:02d}"] for quarter in QUARTERS}
    bases = Bases({"persons": "persons"}, {"persons": "persons"}, BASES.within, {}, {})
    rows = pd.DataFrame([row("persons", period, 1, 0) for period in (*levels, *ends)])
    rows = rows.assign(statistic="count", view="open", unit="persons", numerator=np.nan)
    rows = rows.assign(denominator=np.nan, value=rows["period"].map({**levels, **ends}))

    result = protect(rows, PLATFORM, Facts(bases, {"persons": "stock"}, {}, {}),
                     reference=date(2026, 1, 31), key=b"a key of these tests").result  # fmt: skip
    value = result.set_index("period")["value"].to_dict()

    # The first year of a line has its last rung, and no months.
    months = {month for month in MONTHS if month > "2025"}
    assert set(value) == {"2024", "2025", *QUARTERS, *months}
    for quarter in QUARTERS[4:]:
        assert value[quarter] % 3 == 0
        assert value[quarter] == value[f"2025-{int(quarter[-1]) * 3:02d}"]
    assert (value["2024"], value["2025"]) == (value["2024-Q4"], value["2025-12"])


def test_one_base_has_one_number_wherever_it_stands(ample):
    result = ample.result
    of_base = result.groupby(["dimension", "member", "period_grain", "period"])["denominator"]

    assert (of_base.nunique() == 1).all()


def test_a_line_with_one_small_cell_is_withheld_whole():
    made = shown(FEW_ONCE)
    of_parket = made.result[made.result["dimension"] == "parket"]
    missed = of_parket[of_parket["period"].str.startswith("2025")]

    assert set(missed["status"]) == {"suppressed"}
    assert missed[NUMBERS].isna().all(axis=None)
    assert set(missed["period"]) == {"2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"}
    fate = made.catalogue.set_index(["indicator", "dimension", "calendar_year"])["status"]
    assert fate["admitted", "parket", 2025] == "withheld"
    assert fate["admitted", "national", 2025] == "shown"


def test_the_same_figures_in_another_order_give_the_same_file(ample):
    rows = figures(AMPLE).sample(frac=1.0, random_state=3).reset_index(drop=True)

    pd.testing.assert_frame_equal(protected(rows).result, ample.result)


GREW = {"noord": {"usual": (41, 20), "2025-Q2": (42, 20), "2025-Q3": (49, 22)},
        "zuid": {"usual": (67, 31)}}  # fmt: skip


@pytest.mark.parametrize("revises", [True, False])
def test_a_published_count_is_made_anew_only_by_a_revision_and_where_the_truth_moved_by_the_base(
    ample, revises
):
    now = protect(
        figures(GREW), PLATFORM, FACTS, reference=date(2026, 1, 31), key=b"another key",
        predecessor=ample.result, revises=revises,
    ).result  # fmt: skip

    def n(result: pd.DataFrame, period: str) -> float:
        return float(cell(result, "noord", period)["denominator"])

    # One case more is nothing that rounding could not have done.
    assert n(now, "2025-Q2") == n(ample.result, "2025-Q2")
    assert n(now, "2025-Q3") in ({48.0, 51.0} if revises else {n(ample.result, "2025-Q3")})
    if revises:
        assert n(now, "2025") == sum(n(now, f"2025-Q{place}") for place in (1, 2, 3, 4))
    else:
        assert n(now, "2025") == n(ample.result, "2025")


@pytest.mark.parametrize(
    ("total", "level", "gone", "fate"),
    [
        # Members that cannot add up to their country: their lines leave, all year.
        ("national|national|quarter|2025-Q3", 100, ("parket", "quarter"), "not_in_catalogue"),
        # A year that cannot be the sum of its quarters: the year leaves, the line does not.
        ("parket|noord|year|2025", 61, ("parket", "year"), "shown"),
    ],
)
def test_the_coarser_end_of_a_link_without_any_rounding_leaves_the_catalogue(
    monkeypatch, total, level, gone, fate
):
    calls: list[Rounded] = []

    def first_in_vain(*args: Any, **kwargs: Any) -> Rounded:
        made = round_jointly(*args, **kwargs)
        lost = pd.DataFrame({"total": [f"base:judgments|{total}"], "level": [level]})
        calls.append(made if calls else replace(made, broken=lost))
        return calls[-1]

    monkeypatch.setattr("pipelines.disclosure.protect.round_jointly", first_in_vain)
    made = shown(AMPLE)
    result = made.result[made.result["period"].str.startswith("2025")]

    left = set(zip(result["dimension"], result["period_grain"], strict=True))
    assert len(calls) == 2 and gone not in left
    assert ("national", "quarter") in left
    fates = made.catalogue.set_index(["indicator", "dimension", "calendar_year"])["status"]
    assert fates["admitted", "parket", 2025] == fate


@pytest.mark.parametrize(
    ("audience", "grains"), [("platform", {"month", "quarter"}), ("advisory", {"quarter"})]
)
def test_figures_without_numbers_are_no_finer_than_those_with(audience, grains):
    """Of data that are not fit there is no number to protect, and still no month for everybody."""
    rows = figures(AMPLE)
    national = rows[rows["dimension"] == "national"].assign(
        status="withheld", **dict.fromkeys(NUMBERS, np.nan)
    )
    quarters = national.assign(
        period=national["period"].map(lambda month: f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"),
        period_grain="quarter",
    ).drop_duplicates(["indicator", "period"])

    made = protect(
        pd.concat([national, quarters], ignore_index=True),
        catalogue_of(audience), FACTS, reference=date(2026, 1, 31), key=b"a key of these tests",
    )  # fmt: skip

    assert set(made.result["period_grain"]) == grains
    assert set(made.catalogue["period_grain"]) == {min(grains)}
