"""What the catalogue of a release says of its lines: what its own figures are, not the build's."""

from dataclasses import replace

import pandas as pd

from pipelines.publication.figures import Figures
from pipelines.releases.content import read_tables
from pipelines.releases.lines import LINE, lines_of
from tests.releases.conftest import ANALYST, figures

COLUMNS = ["indicator", "view", "statistic", "clock", "dimension", "calendar_year", "period_grain",
           "is_clustered", "is_without_threshold", "status"]  # fmt: skip


def catalogue(*lines: str, statistic: str = "count") -> pd.DataFrame:
    """Lines of the inflow: `year grain status`."""
    rows = [
        (
            "inflow",
            "completed",
            statistic,
            "gross",
            "national",
            int(year),
            grain,
            False,
            False,
            fate,
        )
        for year, grain, fate in map(str.split, lines)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def fates(result: pd.DataFrame, *built: str) -> list[str]:
    """The same of a release with some figures, of a build with some lines."""
    lines = lines_of(result[result["indicator"] == "inflow"], catalogue(*built))
    assert [*lines.columns] == COLUMNS
    return [
        " ".join(map(str, line))
        for line in lines[["calendar_year", "period_grain", "status"]].to_numpy()
    ]


def test_a_line_is_shown_where_it_has_a_number():
    assert fates(figures("2026-Q1 40 30\n2026-Q2 - -"), "2026 quarter shown") == [
        "2026 quarter shown"
    ]


def test_a_line_without_a_number_is_withheld_whatever_the_build_shows():
    assert fates(figures("2026-Q1 - -"), "2026 quarter shown") == ["2026 quarter withheld"]


def test_what_was_frozen_is_shown_whatever_the_build_withholds():
    assert fates(figures("2026-Q1 40 30"), "2026 half_year withheld") == ["2026 quarter shown"]


def test_a_line_is_told_at_its_finest_rung():
    year = figures("2026 160 120", period_grain="year")
    both = pd.concat([year, figures("2026-Q1 40 30")], ignore_index=True)

    assert fates(both, "2026 quarter shown") == ["2026 quarter shown"]


def test_groups_of_members_are_the_line_of_those_members():
    grouped = figures("2026-Q1 40 30", dimension="parket_cluster")
    lines = lines_of(grouped, catalogue("2026 quarter shown"))

    assert lines[["dimension", "is_clustered"]].drop_duplicates().to_numpy().tolist() == [
        ["parket", True]
    ]


def test_a_line_of_which_no_period_has_entered_is_not_told_of():
    built = ["2026 quarter shown", "2027 quarter shown", "2028 quarter withheld"]

    assert fates(figures("2026-Q1 40 30"), *built) == ["2026 quarter shown"]


def test_a_line_that_is_not_in_the_catalogue_stays_so():
    assert fates(figures("2026-Q1 40 30"), "2027 - not_in_catalogue") == [
        "2026 quarter shown",
        "2027 - not_in_catalogue",
    ]


def test_what_a_partner_has_withheld_is_not_said_to_be_shown(days, build):
    made = build()
    shown = figures("2026-Q1 40 30").assign(calendar_year=2026, is_clustered=False)
    lines = shown.assign(is_without_threshold=False, status="shown")[COLUMNS]
    all_shown = replace(made, protected=lambda *_: Figures(figures("2026-Q1 40 30"), lines))

    draft = days.desk(ANALYST).draft(all_shown, without=["nctv"])

    told = read_tables(draft.path, "catalogue")["catalogue"]
    assert told[["indicator", "status"]].to_numpy().tolist() == [
        ["in_time_share", "withheld"],
        ["inflow", "shown"],
    ]
    assert not told.duplicated(LINE).any()
