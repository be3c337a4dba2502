"""What a draft needs of the build it is made of.

Here: the candidate of the advisory body, and what the warehouse of the same build knows beside it:
its figures held to those published before, which of them still grow, and whose tables they rest on.
Not here: what becomes of it (`freeze`, `desk`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

from pipelines.indicators.inputs import feeding_tables
from pipelines.indicators.results import read_register
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.current import current_path
from pipelines.publication.figures import Figures, figures_of, show_register
from pipelines.releases.content import read_tables
from pipelines.releases.states import ReleaseError
from pipelines.settings import Settings
from pipelines.warehouse import (
    WarehouseError,
    manifest_path,
    open_warehouse,
    stored_build_dates,
)
from pipelines.wording.rows import first

AUDIENCE = "advisory"


@dataclass(frozen=True)
class Build:
    """A build, as far as a draft rests on it.

    Attributes:
        candidate: The protected file of the advisory body.
        publication_id: Its name.
        reference_date: Day as of which its cases are shown.
        timezone: Zone of the days of the chain.
        protected: Its figures and lines, given what was published before (None where nothing was)
            and whether that is revised.
        indicators: Table `indicator` of the candidate.
        organisations: Table `organisation` of the candidate.
        growing_since: First day of the periods to which later deliveries are expected to add, by
            indicator.
        judged_after: Days after which a row of each indicator is judged, where that takes an
            interval.
        rests_on: Organisations whose deliveries each indicator is made from.
        breaks: Table `rebase` without its notes: days at which a series begins anew.
    """

    candidate: Path
    publication_id: str
    reference_date: date
    timezone: ZoneInfo
    protected: Callable[[pd.DataFrame | None, bool], Figures]
    indicators: pd.DataFrame
    organisations: pd.DataFrame
    growing_since: Mapping[str, date]
    judged_after: Mapping[str, int]
    rests_on: Mapping[str, frozenset[str]]
    breaks: pd.DataFrame


@contextmanager
def open_build(settings: Settings) -> Iterator[Build]:
    """Open the current build of a home; no other command builds in the meantime.

    Raises:
        ReleaseError: There is none, another command is at work, or the warehouse has moved on since
            the candidate was made.
    """
    candidate = current_path(settings, AUDIENCE)
    if candidate is None:
        raise ReleaseError("er is nog niets gebouwd; draai eerst 'kwaliteitsmonitor run'")
    with ExitStack() as opened:
        try:
            warehouse = opened.enter_context(open_warehouse(settings, read_only=True))
        except WarehouseError as error:
            raise ReleaseError(str(error)) from error
        yield _read(settings, warehouse, candidate)


def _read(settings: Settings, warehouse: duckdb.DuckDBPyConnection, candidate: Path) -> Build:
    """Read candidate and warehouse, which have to be of one build."""
    tables = read_tables(candidate, "publication", "indicator", "organisation")
    publication, organisations = first(tables["publication"]), tables["organisation"]
    dates = stored_build_dates(warehouse)
    day, known_at = (pd.Timestamp(publication[name]) for name in ("reference_date", "known_at"))
    if dates.day != day.date() or dates.known_at != known_at.to_pydatetime():
        raise ReleaseError(
            f"{candidate.stem} is niet van de laatste bouw; draai 'kwaliteitsmonitor run'"
        )
    register = read_register(warehouse, settings, dates)
    feeding = feeding_tables(warehouse, register, manifest_path(settings))
    # What the platform wrote about a break is not for release; the day is.
    breaks = warehouse.execute(
        "select record_key, day, handoff_id, indicator, '' as note from indicators.rebase"
    ).df()
    audience = AUDIENCES[AUDIENCE]
    show_register(warehouse, audience)

    def protected(before: pd.DataFrame | None, revises: bool) -> Figures:
        figures = "indicators.indicator_results"
        return figures_of(
            warehouse, settings, audience, figures, dates.day, before, revises=revises
        )

    return Build(
        candidate,
        str(publication["publication_id"]),
        dates.day,
        ZoneInfo(str(publication["timezone"])),
        protected,
        tables["indicator"],
        organisations,
        _growing_since(warehouse),
        {entry.id: entry.judged_after_days for entry in register},
        {name: _suppliers(of, organisations) for name, of in feeding.items()},
        breaks,
    )


def _growing_since(warehouse: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """From when on each indicator still grows, as its quality says."""
    rows = warehouse.execute(
        "select indicator, reasons from indicators.indicator_quality"
    ).fetchall()
    return {
        indicator: date.fromisoformat(reason["facts"]["since"])
        for indicator, reasons in rows
        for reason in json.loads(reasons or "[]")
        if reason["code"] == "growing"
    }


def _suppliers(tables: set[str], organisations: pd.DataFrame) -> frozenset[str]:
    """Organisations that deliver some tables, named `<organisation>_<table>`."""
    return frozenset(
        organisation
        for organisation in organisations["organisation"]
        if any(table.startswith(f"{organisation}_") for table in tables)
    )
