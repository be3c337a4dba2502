"""The package of a release, its address and citation, and what differs from another."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines.releases.citation import address, citation
from pipelines.releases.content import read_tables
from pipelines.releases.difference import difference
from pipelines.releases.package import CHECKSUMS, rounding_of, write_package
from pipelines.releases.shelf import Release
from pipelines.releases.states import State
from pipelines.settings import Settings
from tests.releases.conftest import MONDAY, Days, a_build

NEXT_YEAR = MONDAY + timedelta(days=92)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Made once: nothing here changes it."""
    folder = tmp_path_factory.mktemp("release")
    return Days(replace(Settings(), home=folder / "home")).published(a_build(folder))


class TestThePackage:
    def test_every_file_has_its_checksum(self, release):
        with zipfile.ZipFile(release.package) as package:
            said = dict(
                reversed(line.split("  ")) for line in package.read(CHECKSUMS).decode().splitlines()
            )
            assert said == {
                name: hashlib.sha256(package.read(name)).hexdigest()
                for name in package.namelist()
                if name != CHECKSUMS
            }

    def test_csv_and_parquet_hold_the_same_figures_and_name_their_release(self, release):
        with zipfile.ZipFile(release.package) as package:
            rows = list(csv.DictReader(io.StringIO(package.read("result.csv").decode())))
            table = pq.read_table(io.BytesIO(package.read("result.parquet")))

        assert len(rows) == table.num_rows == 6
        assert {row["release"] for row in rows} == {"2026-K3.1"}
        assert {row["is_synthetic"] for row in rows} == {"true"}
        assert [float(row["value"]) for row in rows] == table["value"].to_pylist()

    def test_every_table_says_date_definition_rounding_breaks_and_that_it_is_synthetic(
        self, release
    ):
        with zipfile.ZipFile(release.package) as package:
            tables = {name.split(".")[0] for name in package.namelist() if name != CHECKSUMS}
            for table in tables:
                beside = json.loads(package.read(f"{table}.csv-metadata.json"))
                parquet = pq.read_schema(io.BytesIO(package.read(f"{table}.parquet")))
                inside = json.loads(parquet.metadata[b"release"])
                assert beside["notes"] == [inside]
                assert inside["release"] == "2026-K3.1"
                assert inside["reference_date"] == "2026-10-31"
                assert inside["published_on"] == "2026-11-23"
                assert inside["is_synthetic"] is True
                assert "10" in inside["rounding"]
                assert inside["breaks"] == [{"day": "2026-04-01", "about": "inflow"}]
                assert {said["label_nl"] for said in inside["definitions"]} == {
                    "Instroom", "Oordeel op tijd",
                }  # fmt: skip
        assert {"result", "indicator", "revision", "comment", "publication"} <= tables

    def test_a_description_names_every_column_in_its_order(self, release):
        with zipfile.ZipFile(release.package) as package:
            header = package.read("result.csv").decode().splitlines()[0]
            described = json.loads(package.read("result.csv-metadata.json"))

        columns = described["tableSchema"]["columns"]
        assert [column["titles"] for column in columns] == next(csv.reader([header]))
        assert all("dc:description" in column for column in columns)
        assert described["@context"][0] == "http://www.w3.org/ns/csvw"
        assert described["url"] == "result.csv"

    def test_it_says_how_counts_were_rounded(self):
        assert rounding_of({"threshold": 10, "rounding_base": 5}).startswith(
            "Aantallen zijn samen afgerond op veelvouden van 5"
        )


class TestCitingAFigure:
    def test_an_address_names_release_indicator_period_and_member(self):
        assert address("2026-K3.1", "inflow", "2026-Q2") == (
            "/indicator?release=2026-K3.1&indicator=inflow&tijdvak=2026-Q2"
        )
        assert address("2026-K3.1", "inflow", "2026", "parket", "limburg").endswith(
            "&tijdvak=2026&dimensie=parket&lid=limburg"
        )
        assert address("2026-K3.1") == "/?release=2026-K3.1"

    def test_a_sentence_to_copy(self, release):
        figure = {"indicator": "inflow", "period": "2026-Q2", "dimension": "national"}

        assert citation(release, "Instroom", figure, chain="Keten") == (
            "Kwaliteitsmonitor Keten, ‘Instroom’, K2 2026 (release 2026-K3.1, "
            "peildatum 31 okt 2026, uitgebracht 23 nov 2026); "
            "/indicator?release=2026-K3.1&indicator=inflow&tijdvak=2026-Q2"
        )

    def test_of_a_withdrawn_release_it_says_so(self, release):
        gone = replace(release, state=State.withdrawn)

        assert "uitgebracht 23 nov 2026, ingetrokken)" in citation(gone, "", {}, chain="Keten")


def tables(release: Release) -> dict[str, pd.DataFrame]:
    return read_tables(release.path, "result", "revision")


class TestWhatDiffers:
    def test_each_changed_figure_has_its_reason(self, days, build):
        first = days.published(build("2026-Q1 40 30\n2026-Q2 50 35"))
        year = build("2026-Q1 50 40\n2026-Q2 50 35\n2026-Q4 60 50",
                     reference_date=date(2027, 1, 31))  # fmt: skip
        second = days.published(year, NEXT_YEAR)

        assert (second.id, second.revision) == ("2026-K4.1", "yearly")
        found = difference(tables(first), tables(second))
        told = found[found["indicator"] == "inflow"].set_index("period")
        assert told["why"].to_dict() == {"2026-Q1": "yearly", "2026-Q4": "added"}
        assert told.loc["2026-Q1", ["old_value", "new_value"]].tolist() == [40, 50]

    def test_also_when_a_release_between_them_revised_it(self, days, build):
        first = days.published(build("2026-Q1 40 30"))
        days.published(build("2026-Q1 50 40"), error="Een tabel was dubbel geleverd.")
        third = days.published(build("2026-Q1 50 40"))

        found = difference(tables(first), tables(third))
        assert set(found["why"]) == {"error"}
        assert set(found["note"]) == {"Een tabel was dubbel geleverd."}

    def test_nothing_where_nothing_was_revised(self, days, build):
        first = days.published(build("2026-Q1 40 30"))
        second = days.published(build("2026-Q1 90 80"))

        assert difference(tables(first), tables(second)).empty

    def test_what_is_withheld_for_a_partner_says_so(self, days, build):
        first = days.published(build())
        second = days.published(build(), without=["nctv"])
        third = days.published(build())

        assert set(difference(tables(first), tables(second))["why"]) == {"withheld"}
        assert set(difference(tables(second), tables(third))["why"]) == {"withheld_before"}
        assert difference(tables(first), tables(third)).empty


def test_the_same_release_gives_the_same_package(release, tmp_path):
    again = tmp_path / "again.zip"
    suites = Settings().project_root / "expectations" / "published"
    write_package(again, release, "2026-11-23", suites)

    assert again.read_bytes() == release.package.read_bytes()
