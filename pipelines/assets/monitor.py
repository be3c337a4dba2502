"""What every asset is given: the settings and the dates of the build.

Here: the resource, and where the dates of the current build are kept so that all assets of a run,
and of a later run over part of the assets, agree on them.
Not here: how dates are chosen (`pipelines.build`).
"""

import os
from datetime import datetime
from pathlib import Path

import dagster as dg
import duckdb

from pipelines.build import BuildDates
from pipelines.settings import Settings, load_settings


class Monitor(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of the monitor, and the dates somebody asked for.

    Attributes:
        home: Folder for all state; empty for the one of the environment.
        chain: Folder of another chain; empty for the one of the environment.
        inbox: Folder with deliveries; empty for the one in the home folder.
        reference_date: Reference date asked for; empty for the latest that is due.
        known_at: Moment asked for, ISO 8601; empty for now.
        explain: Explain what changed since the previous publication.
    """

    home: str = ""
    chain: str = ""
    inbox: str = ""
    reference_date: str = ""
    known_at: str = ""
    explain: bool = True

    @property
    def settings(self) -> Settings:
        """Settings, read when first needed and never on import."""
        environment = dict(os.environ)
        if self.home:
            environment["KWALITEITSMONITOR_HOME"] = self.home
        if self.chain:
            environment["KWALITEITSMONITOR_CHAIN"] = self.chain
        return load_settings(environment)

    @property
    def inbox_dir(self) -> Path:
        """Folder the deliveries are read from."""
        return Path(self.inbox) if self.inbox else self.settings.inbox_dir

    @property
    def known_at_moment(self) -> datetime | None:
        """The moment asked for; None for now."""
        return datetime.fromisoformat(self.known_at) if self.known_at else None


def store_build_dates(connection: duckdb.DuckDBPyConnection, dates: BuildDates) -> None:
    """Keep the dates of this build in the warehouse, for every later step."""
    connection.execute("create schema if not exists raw")
    connection.execute(
        "create or replace table raw.build as "
        "select ?::varchar as reference_date, ?::timestamptz as known_at",
        [dates.reference_date, dates.known_at],
    )


def stored_build_dates(connection: duckdb.DuckDBPyConnection) -> BuildDates:
    """The dates of the build the warehouse holds."""
    row = connection.execute("select reference_date, known_at::varchar from raw.build").fetchone()
    if row is None:
        raise LookupError("het datapakhuis kent nog geen peildatum; draai eerst de bouw")
    return BuildDates(row[0], datetime.fromisoformat(row[1]))
