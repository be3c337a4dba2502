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
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.current_state import Selection, load_state
from pipelines.deliveries.landing import read_registry
from pipelines.deliveries.linkage import Merge
from pipelines.indicators.results import all_figures, read_register
from pipelines.publication.changes.factors import BuildInputs, Delivery
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

# Tests hold for what is published; they would stop a build of deliveries that were mended since.
_WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test")


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
            load_state(
                connection, settings, load_contracts(settings.contracts_dir),
                _selection(settings, inputs),
            )  # fmt: skip
        failed = failures(
            run_dbt(
                settings,
                inputs.reference_date,
                _WITHOUT_TESTS,
                warehouse=scratch.warehouse_path,
            )
        )
        if failed:
            raise BuildError(f"een tussenbouw mislukt bij {', '.join(failed)}")
        with open_warehouse(scratch) as connection:
            return _figures(connection, settings, inputs)


def _figures(
    connection: duckdb.DuckDBPyConnection, settings: Settings, inputs: BuildInputs
) -> pd.DataFrame:
    dates = BuildDates(inputs.reference_date, inputs.known_at)
    return all_figures(connection, read_register(connection, settings, dates), dates)


def _selection(settings: Settings, inputs: BuildInputs) -> Selection:
    chosen = [
        one
        for one in read_registry(settings)
        if Delivery(one.organisation, one.table, one.reference_date, one.version, one.sha256)
        in inputs.deliveries
    ]
    merges = tuple(
        # Who decided and when is on the list; what is merged is all that matters here.
        Merge(from_key, to_key, date.min, "") for from_key, to_key in sorted(inputs.merges)
    )  # fmt: skip
    return Selection(chosen, inputs.day, inputs.known_at, merges)


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
