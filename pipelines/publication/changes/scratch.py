"""The figures of a build that was never published: today's code on other inputs.

Here: a scratch warehouse beside the pipeline's own, loaded with the deliveries, merges and
reference date asked for, and the figures computed in it.
Not here: which builds are needed (`factors`).

It begins as a copy of the pipeline's own warehouse, so only tables whose deliveries differ are
loaded. It is removed when the figures are there, when something fails, and, after a process that
was killed, before the next one begins.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd

from pipelines.build import BuildDates, BuildError
from pipelines.dbt import failures, run_dbt
from pipelines.deliveries.contract import load_contracts, timezone_of
from pipelines.deliveries.current_state import Selection, load_state
from pipelines.deliveries.landing.zone import read_registry
from pipelines.deliveries.linkage.merges import Merge
from pipelines.indicators.followed import read_followed
from pipelines.indicators.inputs import feeding_tables
from pipelines.indicators.results import all_figures, read_register
from pipelines.publication.changes.factors import BuildInputs, Delivery
from pipelines.settings import Settings
from pipelines.warehouse import manifest_path, open_warehouse, store_build_dates

# Tests hold for what is published; they would stop a build of deliveries that were mended since.
WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test")


def scratch_figures(settings: Settings, inputs: BuildInputs) -> pd.DataFrame:
    """Compute all figures from other inputs, by the definitions of today.

    Args:
        settings: Where the landing zone and the pipeline's own warehouse are; nothing may have the
            warehouse open.
        inputs: Deliveries, merges and dates; its `definition` is taken to be today's.

    Returns:
        Figures in the long contract.

    Raises:
        BuildError: The build fails; the message names the models.
    """
    with _scratch(settings) as scratch:
        with open_warehouse(scratch) as connection:
            load_inputs(connection, settings, inputs)
        failed = failures(
            run_dbt(
                settings, inputs.reference_date, WITHOUT_TESTS, warehouse=scratch.warehouse_path
            )
        )
        if failed:
            raise BuildError(f"een tussenbouw mislukt bij {', '.join(failed)}")
        with open_warehouse(scratch) as connection:
            return figures_of(connection, settings, inputs)


def load_inputs(
    connection: duckdb.DuckDBPyConnection, settings: Settings, inputs: BuildInputs
) -> None:
    """Load deliveries and merges, and the dates of the build.

    Args:
        connection: A warehouse, open for writing.
        settings: Where the landing zone is.
        inputs: What to load.
    """
    chosen = [
        landed for landed in read_registry(settings) if Delivery.of(landed) in inputs.deliveries
    ]
    # Who decided on a merge and when is on the list; here all that matters is what is merged.
    merges = tuple(Merge(*pair, date.min, "") for pair in sorted(inputs.merges))
    contracts = load_contracts(settings.contracts_dir)
    load_state(
        connection, settings, contracts, Selection(chosen, inputs.day, inputs.known_at, merges)
    )
    store_build_dates(connection, _dates(inputs), timezone_of(contracts))


def figures_of(
    connection: duckdb.DuckDBPyConnection, settings: Settings, inputs: BuildInputs
) -> pd.DataFrame:
    """All figures of a warehouse that dbt has built from these inputs."""
    dates = _dates(inputs)
    register = read_register(connection, settings, dates)
    feeding = feeding_tables(connection, register, manifest_path(settings))
    followed = read_followed(connection, register, feeding, dates.day)
    return all_figures(connection, register, followed, dates)


def _dates(inputs: BuildInputs) -> BuildDates:
    return BuildDates(inputs.reference_date, inputs.known_at)


@contextmanager
def _scratch(settings: Settings) -> Iterator[Settings]:
    """Settings of a scratch folder that holds a copy of the warehouse, for as long as needed."""
    folder = settings.home / "scratch"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    scratch = replace(settings, home=folder)
    try:
        if settings.warehouse_path.exists():
            # dbt knows the database by the name of its file, which therefore stays the same.
            shutil.copyfile(settings.warehouse_path, scratch.warehouse_path)
        yield scratch
    finally:
        shutil.rmtree(folder, ignore_errors=True)
