"""When a file arrived, and the days a delivery can be about.

Here: the transfer server's register of arrivals, and the refusal of an impossible day.
Not here: what lies in an inbox (`inbox`), from when a delivery counts (`known_from`), and whether
it was on time (`punctuality`).
"""

import csv
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.forms import moment_of

REGISTER_NAME = "aankomst.csv"


FILE_COLUMN, MOMENT_COLUMN = "bestand", "ontvangen_op"


# The first day of the calendar every chain counts by (`calendar_start` of the dbt project): of what
# lies before it no working day is known.
FIRST_DAY = date(2000, 1, 1)


# How far ahead of its arrival a delivery may be about: clocks and time zones differ, and what has
# yet to happen cannot be delivered (2026-11, data engineers).
DAYS_AHEAD = 1


class ArrivalError(ValueError):
    """The register of arrivals cannot be read; the message names the line and the remedy."""


def read_arrivals(folders: Iterable[Path], timezone: str) -> dict[Path, datetime]:
    """Read the registers that lie beside delivered files.

    Args:
        folders: Folders with files; one without a register is skipped.
        timezone: Zone of moments that do not say their own.

    Returns:
        Moment of arrival by file, in UTC.

    Raises:
        ArrivalError: A register is not of the agreed form.
    """
    arrivals: dict[Path, datetime] = {}
    for folder in sorted(set(folders)):
        register = folder / REGISTER_NAME
        if not register.is_file():
            continue
        with register.open(encoding="utf-8-sig", newline="") as stream:
            for line in csv.DictReader(stream):
                try:
                    moment = moment_of(datetime.fromisoformat(line[MOMENT_COLUMN]), timezone)
                    name = line[FILE_COLUMN]
                except (KeyError, TypeError, ValueError) as error:
                    raise ArrivalError(
                        f"{register}: een regel is niet '{FILE_COLUMN},{MOMENT_COLUMN}' met een "
                        f"tijdstip volgens ISO 8601 dat in {timezone} bestaat; herstel of "
                        "verwijder het register"
                    ) from error
                arrivals[folder / name] = moment
    return arrivals


def check_day(reference_date: date, arrived_on: date) -> None:
    """Refuse a delivery about a day no delivery can be about.

    Args:
        reference_date: Day as of which the table is given, as the file name says.
        arrived_on: Day on which the file arrived.

    Raises:
        Refusal: The day had yet to come, or lies before any calendar.
    """
    day = reference_date.isoformat()
    if reference_date > arrived_on + timedelta(days=DAYS_AHEAD):
        reason = f"peildatum {day} moest bij aankomst op {arrived_on.isoformat()} nog komen"
    elif reference_date < FIRST_DAY:
        reason = f"peildatum {day} ligt voor {FIRST_DAY.isoformat()}, waar de kalender begint"
    else:
        return
    raise Refusal(
        "peildatum", reason, "noem in de bestandsnaam de dag waarvan de gegevens de stand zijn"
    )
