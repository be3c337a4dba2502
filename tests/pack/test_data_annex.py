"""The figures of the pack as a spreadsheet: the numbers of its sentences, in cells that add."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.pack.data_annex import write_data_annex
from pipelines.pack.items import line_of, listed
from pipelines.pack.paper import opened
from pipelines.wording import formats
from pipelines.wording.language import words_in
from tests.pack.conftest import SEVEN

NL = words_in("nl")


@pytest.fixture(scope="module")
def annex(seven: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """Its sheets by name, without heading and with the names of their columns."""
    written = write_data_annex(seven, tmp_path_factory.mktemp("annex") / "annex.ods")
    sheets = pd.read_excel(written, engine="odf", sheet_name=None, header=None)
    return {name: _named(sheet) for name, sheet in sheets.items()}


def _named(sheet: pd.DataFrame) -> pd.DataFrame:
    """The rows under the line of column names, which is the first that fills more than a cell."""
    start = int((sheet.notna().sum(axis=1) > 1).to_numpy().argmax())
    named = sheet.iloc[start + 1 :].reset_index(drop=True)
    named.columns = [str(name) for name in sheet.iloc[start]]
    return named


def test_an_item_has_the_number_its_sentence_says(annex, seven):
    rows = annex[NL.text("page.discussion")]
    with opened(seven) as paper:
        said = [line_of(item, paper) for item in listed(paper)]
        units = [str(item.spoken["unit"]) for item in listed(paper)]

    assert len(rows) == SEVEN
    assert rows[NL.text("pack.column.change")].tolist() == said
    for value, unit, sentence in zip(rows[NL.text("column.value")], units, said, strict=True):
        assert formats.quantity(float(value), unit, NL) in sentence


def test_every_series_ends_with_the_figure_of_its_item(annex):
    items, series = annex[NL.text("page.discussion")], annex[NL.text("pack.sheet.series")]
    of = NL.text("decisions.field.indicator")

    for _, item in items.iterrows():
        own = series[series[of] == item[of]]
        [found] = own.loc[
            own[NL.text("column.period")] == item[NL.text("column.period")],
            NL.text("column.value"),
        ]
        assert float(found) == pytest.approx(float(item[NL.text("column.value")]), rel=1e-9)


def test_the_same_publication_gives_the_same_bytes(seven, tmp_path):
    first, again = (write_data_annex(seven, tmp_path / f"{at}.ods").read_bytes() for at in "ab")

    assert first == again
