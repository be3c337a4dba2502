"""What arrived, when, and from when it counts.

Here: the files of an inbox, the transfer server's register of arrivals, and the moment from which
a delivery is known.
Not here: whether it was on time (`punctuality`).
"""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.build import read_last_build
from pipelines.settings import Settings

REGISTER_NAME = "aankomst.csv"
FILE_COLUMN, MOMENT_COLUMN = "bestand", "ontvangen_op"


class ArrivalError(ValueError):
    """The register of arrivals cannot be read; the message names the line and the remedy."""


def delivered_files(inbox: Path) -> list[Path]:
    """Files of an inbox, in order of name: not its folders, its register or what is hidden.

    A transfer server writes a file under a hidden name until it has all of it.

    Args:
        inbox: A folder, or one file; without one there are none.
    """
    found = sorted(inbox.iterdir()) if inbox.is_dir() else [inbox]
    return [
        one
        for one in found
        if one.is_file() and one.name != REGISTER_NAME and not one.name.startswith(".")
    ]


def read_arrivals(folders: Iterable[Path]) -> dict[Path, datetime]:
    """Read the registers that lie beside delivered files.

    Args:
        folders: Folders with files; one without a register is skipped.

    Returns:
        Moment of arrival by file.

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
                    moment = datetime.fromisoformat(line[MOMENT_COLUMN])
                    name = line[FILE_COLUMN]
                except (KeyError, TypeError, ValueError) as error:
                    raise ArrivalError(
                        f"{register}: een regel is niet '{FILE_COLUMN},{MOMENT_COLUMN}' met een "
                        "tijdstip volgens ISO 8601; herstel of verwijder het register"
                    ) from error
                arrivals[folder / name] = _with_zone(moment)
    return arrivals


def known_from(settings: Settings, received_at: datetime) -> datetime:
    """From when a delivery that is taken in now counts.

    A build as known at a moment must never change afterwards, so what is taken in after a build
    counts from just after that build, however long ago it arrived.
    """
    last = read_last_build(settings)
    if last is None:
        return received_at
    return max(received_at, _with_zone(last.known_at) + timedelta(microseconds=1))


def _with_zone(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
