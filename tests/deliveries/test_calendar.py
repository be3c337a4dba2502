"""The calendar: every year that is counted over has its holidays, or the build says which lack."""

import csv
import shutil
from datetime import date, timedelta

import duckdb
import pytest
from dateutil.easter import easter

from pipelines.build import BuildError
from pipelines.deliveries.calendar import check_calendar
from pipelines.settings import Settings

SEEDS = Settings().seeds_dir
BEGIN, END = 2000, 2050


def reviewed() -> dict[date, tuple[str, str]]:
    with (SEEDS / "calendar.csv").open(encoding="utf-8", newline="") as stream:
        return {
            date.fromisoformat(row["holiday_date"]): (row["name_nl"], row["source"])
            for row in csv.DictReader(stream)
        }


def days_of_the_law(year: int) -> set[date]:
    """Algemene termijnenwet art. 3, by dates and by Easter as a library gives it."""
    sunday = easter(year)
    birthday = date(year, 4, 27) if year >= 2014 else date(year, 4, 30)
    return {
        date(year, 1, 1),
        sunday - timedelta(days=2),
        sunday + timedelta(days=1),
        # On a Sunday it is celebrated the day before.
        birthday - timedelta(days=birthday.weekday() == 6),
        date(year, 5, 5),
        sunday + timedelta(days=39),
        sunday + timedelta(days=50),
        date(year, 12, 25),
        date(year, 12, 26),
    }


def test_every_day_of_the_law_is_there_in_every_year():
    expected = {day for year in range(BEGIN, END + 1) for day in days_of_the_law(year)}
    assert {day for day, (_, source) in reviewed().items() if "termijnenwet" in source} == expected


def test_what_is_added_says_by_which_decree():
    added = {day: source for day, (_, source) in reviewed().items() if "termijnenwet" not in source}
    assert added == {date(2022, 5, 27): "Koninklijk besluit"}


@pytest.mark.parametrize(
    ("start", "stop", "working_days"),
    [
        # King's Day in between.
        (date(2017, 4, 26), date(2017, 4, 28), 1),
        # Queen's Day on a Sunday: the Saturday before, which is no working day either.
        (date(2006, 4, 28), date(2006, 5, 1), 1),
    ],
)
def test_working_days_on_paper(start, stop, working_days):
    holidays = reviewed()
    days = [start + timedelta(days=n + 1) for n in range((stop - start).days)]
    assert sum(day.weekday() < 5 and day not in holidays for day in days) == working_days


class TestTheBuild:
    """A change of the calendar, and what a table that was delivered holds."""

    @pytest.fixture
    def build(self, door, tmp_path):
        def run(*, known: set[int], first: date, reference_date: date, unit: str = "working_days"):
            chain = tmp_path / "chain"
            shutil.copytree(SEEDS, chain / "seeds")
            (chain / "contracts").mkdir()
            rows = [f"{day},{name},{source}" for day, (name, source) in reviewed().items()
                    if day.year in known]  # fmt: skip
            head = "holiday_date,name_nl,source"
            (chain / "seeds" / "calendar.csv").write_text("\n".join([head, *rows]), "utf-8")
            for name in ("handoffs.csv", "norms.csv"):
                path = chain / "seeds" / name
                text = path.read_text("utf-8").replace("working_days", unit)
                path.write_text(text, "utf-8")
            contract = door.contracts["om_dossier"]
            columns = ", ".join(
                f'"{column.canonical}" {column.landing_type}' for column in contract.data_columns
            )
            moment = next(
                column for column in contract.columns if column.logical_type == "timestamp"
            )
            with duckdb.connect() as connection:
                connection.execute("create schema raw")
                connection.execute(f"create table raw.om_dossier ({columns})")
                connection.execute(
                    f'insert into raw.om_dossier ("{moment.canonical}") values (?)', [first]
                )
                settings = Settings(home=tmp_path, chain=chain)
                check_calendar(connection, settings, {contract.id: contract}, reference_date)

        return run

    def test_years_without_holidays_are_named(self, build):
        with pytest.raises(BuildError, match=r"geen feestdagen van 2016 tot en met 2017, 2019,"):
            build(known={2018}, first=date(2016, 3, 1), reference_date=date(2019, 6, 30))

    def test_covered_years_pass(self, build):
        build(known={2018, 2019}, first=date(2018, 3, 1), reference_date=date(2019, 6, 30))

    def test_who_counts_no_working_days_needs_no_holidays(self, build):
        build(known=set(), first=date(2012, 3, 1), reference_date=date(2012, 5, 22), unit="hours")

    def test_a_date_that_no_period_holds_is_named(self, build):
        with pytest.raises(BuildError, match="1999-12-31 tot en met 2012-05-22"):
            build(
                known=set(), first=date(1999, 12, 31), reference_date=date(2012, 5, 22),
                unit="hours",
            )  # fmt: skip
