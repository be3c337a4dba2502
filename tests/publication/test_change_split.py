"""Change explained, second half: a difference split into parts that add up to it, exactly.

A figure is written as one number (or a status) per build: of the previous publication, after each
of the five factors in their order, the last being today's.
"""

import math
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.indicators.results import KEY
from pipelines.publication.changes.factors import Factor
from pipelines.publication.changes.split import split_changes

PARTS = [f"part_{factor}" for factor in Factor]
Cell = float | str | None


def frame(cells: list[Cell]) -> pd.DataFrame:
    """One build: a figure per cell; a text is a status, None is no row."""
    rows = [
        {
            **dict.fromkeys(KEY, "same"),
            "member": f"figure {at}",
            "status": cell if isinstance(cell, str) else "ok",
            "value": math.nan if isinstance(cell, str) else cell,
        }
        for at, cell in enumerate(cells)
        if cell is not None
    ]
    return pd.DataFrame(rows, columns=[*KEY, "status", "value"]).astype({"value": float})


def split(*builds: list[Cell], factors: list[int] | None = None) -> list[dict[str, Any]]:
    """Rows of the table of changes, by figure; every factor has a build of its own by default."""
    table = split_changes(
        [frame(build) for build in builds], factors or list(range(1, len(builds)))
    )
    return sorted(table.to_pylist(), key=lambda row: row["member"])


def one_figure(*cells: Cell, factors: list[int] | None = None) -> dict[str, Any]:
    [row] = split(*([cell] for cell in cells), factors=factors)
    return row


def test_every_factor_gets_what_its_exchange_did():
    row = one_figure(10.0, 12.0, 11.5, 11.5, 14.5, 20.0)
    assert [row[part] for part in PARTS] == [
        Decimal(text) for text in ("2", "-0.5", "0", "3", "5.5")
    ]
    assert row["kind"] == "number"
    assert row["difference"] == 10
    assert row["part_joint"] is None


def test_where_one_input_changed_the_whole_difference_is_its_part():
    row = one_figure(10.0, 12.5, factors=[0, 1, 1, 1, 1])
    assert [row[part] for part in PARTS] == [0, Decimal("2.5"), 0, 0, 0]


def test_a_figure_that_stays_is_no_change():
    assert split([10.0, 3.0], [10.0, 3.0], factors=[0, 1, 1, 1, 1]) == []


def test_the_last_digits_of_binary_fractions_are_no_change():
    assert split([0.3], [0.1 + 0.2], factors=[0, 1, 1, 1, 1]) == []


def test_a_figure_that_went_and_came_back_is_no_change():
    assert split([10.0], [11.0], [10.0], [10.0], [10.0], [10.0]) == []


@pytest.mark.parametrize(
    ("before", "now", "kind", "old_status", "new_status"),
    [
        (None, 4.0, "appears", "absent", "ok"),
        ("suppressed", 6.0, "appears", "suppressed", "ok"),
        ("too_recent", 6.0, "appears", "too_recent", "ok"),
        (4.0, None, "disappears", "ok", "absent"),
        (6.0, "suppressed", "disappears", "ok", "suppressed"),
        ("suppressed", "no_data", "status", "suppressed", "no_data"),
    ],
)
def test_what_is_no_number_is_said_in_words(before, now, kind, old_status, new_status):
    row = one_figure(before, now, factors=[0, 0, 1, 1, 1])
    assert (row["kind"], row["old_status"], row["new_status"]) == (kind, old_status, new_status)
    assert row["cause"] == "correction"
    assert row["difference"] is None
    assert all(row[part] is None for part in PARTS)


def test_a_figure_on_data_that_are_not_fit_names_no_factor():
    """Fitness is judged once, today; blaming the factor that happens to come first is wrong."""
    row = one_figure(10.0, "withheld", "withheld", "withheld", "withheld", "withheld")
    assert (row["kind"], row["new_status"], row["cause"]) == ("disappears", "withheld", None)


def test_a_row_without_a_number_that_comes_or_goes_is_no_change():
    assert split(["suppressed", None], [None, "no_data"], factors=[1, 1, 1, 1, 1]) == []


def test_a_withheld_figure_in_between_hides_the_two_parts_around_it():
    """Late deliveries and corrections stand as one sum: 7, as the figures on either side tell."""
    row = one_figure(10.0, 11.0, "suppressed", 18.0, 18.0, 20.0)
    assert [row[part] for part in PARTS] == [1, None, None, 0, 2]
    assert row["joint_factors"] == "late|correction"
    assert row["part_joint"] == 7


def test_a_withheld_figure_at_either_end_leaves_no_number_at_all():
    """Parts between two shown builds would give away how far the withheld figure has moved."""
    for cells in (("suppressed", 6.0, 7.0, 8.0, 8.0, 9.0), (9.0, 8.0, 8.0, 7.0, 6.0, "suppressed")):
        row = one_figure(*cells)
        numbers = [row[name] for name in (*PARTS, "part_joint", "difference")]
        assert numbers == [None] * len(numbers)
    assert one_figure("suppressed", 6.0, 7.0, 8.0, 8.0, 9.0)["old_value"] is None


def test_a_change_of_unit_is_another_figure():
    in_days, in_hours = frame([10.0]), frame([240.0]).assign(unit="hours")
    rows = split_changes([in_days, in_hours], [1, 1, 1, 1, 1]).to_pylist()
    assert sorted(row["kind"] for row in rows) == ["appears", "disappears"]
    assert {row["cause"] for row in rows} == {"definition"}


cells = st.one_of(
    st.none(),
    st.sampled_from(["suppressed", "no_data", "too_recent", "not_reached"]),
    st.floats(-1e9, 1e9),
    st.integers(0, 6).map(float),
)
# Which factors changed: at least one, or there is nothing to compare.
changes = st.lists(st.booleans(), min_size=5, max_size=5).filter(any)


# An example opens a database; many figures in one cost no more than one figure.
few_large_examples = settings(max_examples=30, deadline=None)


@few_large_examples
@given(changes, st.lists(st.lists(cells, min_size=6, max_size=6), min_size=20, max_size=60))
def test_parts_add_up_to_the_whole_exactly(is_changed, figures):
    states = [sum(is_changed[: at + 1]) for at in range(5)]
    builds = [[figure[at] for figure in figures] for at in range(states[-1] + 1)]
    for row in split(*builds, factors=states):
        unchanged = [part for part, moves in zip(PARTS, is_changed, strict=True) if not moves]
        if row["kind"] == "number":
            parts = sum(
                (row[part] or Decimal(0) for part in PARTS), row["part_joint"] or Decimal(0)
            )
            assert row["old_value"] + parts == row["new_value"]
            assert row["difference"] == parts != 0
            assert row["unexplained"] == 0
            assert all(row[part] == 0 for part in unchanged)
            assert (row["part_joint"] is None) == (row["joint_factors"] is None)
        else:
            assert is_changed[list(Factor).index(Factor(row["cause"]))]


@few_large_examples
@given(st.lists(st.lists(cells, min_size=6, max_size=6), min_size=20, max_size=60))
def test_no_part_stands_beside_a_figure_that_is_not_shown(figures):
    for row in split(*([course[at] for course in figures] for at in range(6))):
        figure = figures[int(row["member"].removeprefix("figure "))]
        for at, cell in enumerate(figure):
            if not isinstance(cell, float):
                around = [PARTS[place] for place in (at - 1, at) if 0 <= place < len(PARTS)]
                assert all(row[part] is None for part in around)


def test_tables_and_factors_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        split_changes([frame([1.0]), frame([2.0])], [0, 0, 0, 0, 0])
