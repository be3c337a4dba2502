"""Whether the calendar of a chain knows the years its deliveries are of.

Here: the refusal to count working days over years without holidays, and dates beyond all periods.
Not here: counting working days (dbt), and the checks of the seed's own form (`pipelines.chain`).

Without a row of a year in `calendar.csv` each of its holidays would count as a working day, and
nothing would show it.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.build import BuildError
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import quote
from pipelines.plain_yaml import read_yaml
from pipelines.settings import Settings

WORKING_DAYS = "working_days"


def check_calendar(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Mapping[str, Contract],
    reference_date: date,
) -> None:
    """Refuse a build whose dates lie where the calendar is empty.

    Raises:
        BuildError: It would count working days over years without holidays, or a date lies
            outside the days any period is made of.
    """
    first = min([reference_date, *_first_dates(connection, contracts)])
    span = (
        f"de geleverde datums lopen van {first.isoformat()} tot en met {reference_date.isoformat()}"
    )
    begin, end = _days_of_periods(settings)
    if first < begin or reference_date > end:
        raise BuildError(
            f"{span}, en perioden bestaan van {begin.isoformat()} tot en met {end.isoformat()}; "
            "herstel de datums of kies een andere peildatum"
        )
    if not _counts_working_days(settings.seeds_dir):
        return
    known = {row["holiday_date"][:4] for row in _rows(settings.seeds_dir / "calendar.csv")}
    missing = [
        str(year) for year in range(first.year, reference_date.year + 1) if str(year) not in known
    ]
    if missing:
        raise BuildError(
            f"calendar.csv kent geen feestdagen van {_spans(missing)}, terwijl werkdagen worden "
            f"geteld en {span}; vul calendar.csv aan met die jaren"
        )


def _first_dates(
    connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> Iterator[date]:
    for contract in contracts.values():
        for column in contract.data_columns:
            if column.form is None:
                continue
            name = quote(column.canonical)
            local = (
                name
                if column.landing_type == "DATE"
                else f"cast(timezone('{contract.timezone}', {name}) as date)"
            )
            [(found,)] = connection.execute(
                f"select min({local}) from raw.{quote(contract.id)}"
            ).fetchall()
            if found is not None:
                yield found.date() if isinstance(found, datetime) else found


def _days_of_periods(settings: Settings) -> tuple[date, date]:
    project = read_yaml((settings.dbt_project_dir / "dbt_project.yml").read_text("utf-8"))
    days = project["vars"]
    return date.fromisoformat(days["calendar_start"]), date.fromisoformat(days["calendar_end"])


def _counts_working_days(seeds: Path) -> bool:
    return any(
        row["unit"] == WORKING_DAYS
        for name in ("handoffs.csv", "norms.csv")
        for row in _rows(seeds / name)
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _spans(years: list[str]) -> str:
    """Years in words: `2015` or `2015 tot en met 2017`, or some of those."""
    spans: list[list[str]] = []
    for year in years:
        if spans and int(year) == int(spans[-1][-1]) + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(
        span[0] if len(span) == 1 else f"{span[0]} tot en met {span[-1]}" for span in spans
    )
