"""Formats with types of their own: a day stays that day and a moment that moment, in any unit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.conversion import convert
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers import open_source
from pipelines.settings import Settings
from tests.examples import examples

# Deployments of the police have a moment and a day.
MOMENT, DAY = "gestart_op", "beeindigd_op"
LOCAL = "dd-MM-yyyy HH:mm:ss"
TRUE_DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contracts(Settings().contracts_dir)["politie_inzet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("typed")


def with_form(contract: Contract, form: str) -> Contract:
    """The contract with its moments in another form."""
    columns = [
        replace(column, date_format=form) if column.name == MOMENT else column
        for column in contract.columns
    ]
    return replace(contract, columns=tuple(columns))


def read(folder: Path, contract: Contract, column: str) -> list[object]:
    """What is read of a column; moments in UTC, nothing where it cannot be read."""
    name = parse_name(f"politie_inzet_2026-09-30_v1.{contract.file_format}")
    path = folder / f"{name.delivery_id}.{contract.file_format}"
    with open_source(path, name, contract) as source:
        cells = pa.concat_tables([part.cells for part in source.parts])
    return convert(duckdb.connect(), cells, contract)[column].to_pylist()


def read_parquet(folder: Path, contract: Contract, column: str, values: pa.Array) -> list[object]:
    name = parse_name("politie_inzet_2026-09-30_v1.parquet")
    pq.write_table(pa.table({column: values}), folder / f"{name.delivery_id}.parquet")
    return read(folder, contract, column)


def read_xlsx(folder: Path, contract: Contract, column: str, value: object) -> list[object]:
    name = parse_name("politie_inzet_2026-09-30_v1.xlsx")
    workbook = replace(contract, file_format="xlsx", sheet="levering")
    frame = pd.DataFrame({column: [value]}, dtype=object)
    frame.to_excel(folder / f"{name.delivery_id}.xlsx", sheet_name="levering", index=False)
    return read(folder, workbook, column)


class TestDaysInParquet:
    def test_stored_as_local_midnight_in_utc(self, folder, contract):
        midnight = datetime(2026, 6, 30, 22)
        values = pa.array([midnight], pa.timestamp("us", "UTC"))
        assert read_parquet(folder, contract, DAY, values) == [TRUE_DAY]

    @pytest.mark.parametrize("kind", [pa.timestamp("ns"), pa.timestamp("s", "UTC"), pa.date64()])
    def test_stored_as_midnight(self, folder, contract, kind):
        values = pa.array([TRUE_DAY], pa.date32()).cast(pa.timestamp("ms")).cast(kind)
        assert read_parquet(folder, contract, DAY, values) == [TRUE_DAY]

    @pytest.mark.parametrize("zone", [None, "UTC"])
    def test_a_moment_in_the_day_is_no_day(self, folder, contract, zone):
        values = pa.array([datetime(2026, 7, 1, 13, 45)], pa.timestamp("us", zone))
        assert read_parquet(folder, contract, DAY, values) == [None]


class TestMomentsInParquet:
    def test_nanoseconds_are_cut_to_microseconds(self, folder, contract):
        values = pa.array([1_782_900_000_123_456_789], pa.timestamp("ns", "UTC"))
        [found] = read_parquet(folder, contract, MOMENT, values)
        assert found == datetime.fromtimestamp(1_782_900_000, UTC).replace(microsecond=123456)

    @examples(20)
    @given(
        st.lists(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)), min_size=1, max_size=5),
        st.sampled_from(["UTC", "Europe/Amsterdam", "+05:30"]),
        st.sampled_from(["yyyy-MM-dd'T'HH:mm:ssXXX", "dd-MM-yyyy HH:mm:ss,SSS XX", LOCAL]),
    )
    def test_the_same_in_any_zone_and_form(self, folder, contract, moments, zone, form):
        values = pa.array(moments, pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
        found = read_parquet(folder, with_form(contract, form), MOMENT, values)
        assert found == [moment.replace(tzinfo=UTC) for moment in moments]

    def test_without_a_zone_they_are_of_the_clock_the_contract_names(self, folder, contract):
        values = pa.array([datetime(2026, 7, 1, 10)], pa.timestamp("us"))
        found = read_parquet(folder, with_form(contract, LOCAL), MOMENT, values)
        assert found == [datetime(2026, 7, 1, 8, tzinfo=UTC)]

    def test_without_a_zone_where_one_is_agreed_the_file_is_refused(self, folder, contract):
        values = pa.array([datetime(2026, 7, 1, 10)], pa.timestamp("us"))
        with pytest.raises(Refusal, match="zonder tijdzone"):
            read_parquet(folder, contract, MOMENT, values)

    def test_seconds_the_form_has_no_place_for_are_not_dropped(self, folder, contract):
        minutes = with_form(contract, "dd-MM-yyyy HH:mmXXX")
        moments = [datetime(2026, 7, 1, 10), datetime(2026, 7, 1, 10, 0, 30)]
        found = read_parquet(folder, minutes, MOMENT, pa.array(moments, pa.timestamp("s", "UTC")))
        assert found == [datetime(2026, 7, 1, 10, tzinfo=UTC), None]


class TestTrueDatesInXlsx:
    @pytest.mark.parametrize("value", [TRUE_DAY, datetime(2026, 7, 1)])
    def test_a_day_is_that_day(self, folder, contract, value):
        assert read_xlsx(folder, contract, DAY, value) == [TRUE_DAY]

    def test_a_moment_in_the_day_is_no_day(self, folder, contract):
        noon = datetime(2026, 7, 1) + timedelta(hours=12)
        assert read_xlsx(folder, contract, DAY, noon) == [None]

    def test_a_moment_is_of_the_clock_the_contract_names_or_unreadable(self, folder, contract):
        moment = datetime(2026, 7, 1, 10)
        assert read_xlsx(folder, contract, MOMENT, moment) == [None]
        found = read_xlsx(folder, with_form(contract, LOCAL), MOMENT, moment)
        assert found == [datetime(2026, 7, 1, 8, tzinfo=UTC)]
