"""A build made again from tables that are loaded, and what two builds are compared by.

Here: the steps from dbt to the files of all audiences, without the orchestrator, dbt's tests and
the checks at the door out: a test that compares many builds has no time for those.
Not here: the whole road (`pipelines.road`).
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.build import BuildDates
from pipelines.dbt import failures, run_dbt
from pipelines.evaluation.tables import write_evaluation_tables
from pipelines.indicators.results import compute_results
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.changes.scratch import WITHOUT_TESTS
from pipelines.publication.current import current_path
from pipelines.publication.publish import write_candidate
from pipelines.settings import Settings
from pipelines.signals.charted import chart_results
from pipelines.signals.effect import write_effects
from pipelines.warehouse import open_warehouse


def published_content(settings: Settings) -> dict[str, str]:
    """Hash of every table of every audience that is published, by `audience.table`."""
    current = {name: current_path(settings, name) for name in AUDIENCES}
    assert all(current.values()), current
    return _content((name, path) for name, path in current.items() if path)


def build_again(settings: Settings, dates: BuildDates, warehouse: Path) -> dict[str, str]:
    """The same of a build from the tables a warehouse holds; nothing becomes current.

    Args:
        settings: Where the manifest is, and where candidates go.
        dates: Dates of the build.
        warehouse: The warehouse, under the name the settings give it, in any folder.
    """
    events = run_dbt(settings, dates.reference_date, WITHOUT_TESTS, warehouse=warehouse)
    assert not failures(events), failures(events)
    with open_warehouse(replace(settings, home=warehouse.parent)) as connection:
        write_evaluation_tables(connection)
        register, figures = compute_results(connection, settings, dates)
        chart_results(connection, register, figures, dates.day)
        write_effects(connection)
        return _content(
            (audience.name, write_candidate(connection, settings, audience, dates).path)
            for audience in AUDIENCES.values()
        )


def _content(files: Iterable[tuple[str, Path]]) -> dict[str, str]:
    hashes = {}
    for audience, path in files:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute("select table_name, sha256 from table_hash").fetchall()
        hashes |= {f"{audience}.{table}": digest for table, digest in found}
    return hashes
