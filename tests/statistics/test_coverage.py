"""Published intervals hold the truth about as often as they say, of what is shown.

A few hundred cohorts of the sizes where it is hardest; `make bench-coverage` prints every cell of
2,000 cohorts.
"""

import pytest

from tests.bench.coverage import FEWEST_SHOWN, Cell, cells

N_COHORTS = 400
# Three standard errors of a coverage of 0.93, and of 0.04 missed, among the fewest shown.
SLACK = 3 * (0.93 * 0.07 / FEWEST_SHOWN) ** 0.5
SLACK_MISSED = 3 * (0.04 * 0.96 / FEWEST_SHOWN) ** 0.5


@pytest.fixture(scope="module")
def found() -> list[Cell]:
    return list(cells(N_COHORTS, sizes=(5, 20)))


def test_every_cell_covers(found):
    judged = [cell for cell in found if cell.is_judged]
    assert len(judged) > 40
    assert [cell for cell in judged if cell.covered < 0.93 - SLACK] == []
    assert [cell for cell in judged if max(cell.below, cell.above) > 0.04 + SLACK_MISSED] == []


def test_all_cells_together_cover(found):
    """Some 20,000 intervals: what is a little short everywhere shows here."""
    for figure in {cell.figure for cell in found}:
        mine = [cell for cell in found if cell.figure == figure and cell.is_judged]
        shown = sum(cell.shown for cell in mine)
        assert sum(cell.covered * cell.shown for cell in mine) / shown > 0.94, figure


def test_with_nothing_open_everything_is_shown(found):
    assert {cell.shown for cell in found if cell.open == 0.0} == {N_COHORTS}


@pytest.mark.parametrize(
    ("shown", "covered", "below", "is_in_order"),
    [
        pytest.param(2000, 0.93, 0.04, True, id="just_enough"),
        pytest.param(2000, 0.929, 0.03, False, id="covers_too_little"),
        pytest.param(2000, 0.955, 0.041, False, id="misses_on_one_side"),
        pytest.param(199, 0.5, 0.5, True, id="too_few_shown_to_judge"),
    ],
)
def test_a_cell_is_judged(shown, covered, below, is_in_order):
    cell = Cell("median", "lognormal", 5, 0.3, shown, covered, below, 1.0 - covered - below)

    assert cell.is_in_order == is_in_order
    assert cell.is_judged == (shown > 199)
