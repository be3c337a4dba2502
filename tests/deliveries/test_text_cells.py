"""A text that no workbook, XML or PDF can hold is unreadable, like a day that does not exist."""

import pytest

from pipelines.deliveries.intake.row_rules import unreadable_rows
from tests.deliveries.conftest import set_cell


@pytest.mark.parametrize(
    ("text", "is_readable"),
    [
        ("Eerst dit.\nDan\tdat: één – “ja”. 👍", True),
        ("Eerst dit.\vDan dat.", False),
        ("Eerst dit.\0Dan dat.", False),
        ("Eerst dit.\x85Dan dat.", False),
        ("Eerst dit.\uffffDan dat.", False),
    ],
)
def test_a_text_with_control_characters_is_set_aside_by_row_and_column(door, text, is_readable):
    contract = door.contracts["kc_aantekening"]
    cells = set_cell(door.cells("kc_aantekening", 4), "tekst", 3, text)

    found = [
        (check.rule, check.column, positions.tolist())
        for check, positions in unreadable_rows(contract, cells, cells)
        if check.column == "tekst"
    ]

    assert found == ([] if is_readable else [("leesbaar", "tekst", [2])])
