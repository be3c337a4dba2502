"""dbt in Dagster: every model an asset, every data test a check.

Here: the manifest Dagster reads, the environment dbt runs in, and the one asset definition.
Not here: SQL, and what Dagster shows of a model (groups, owners and descriptions stand in the dbt
project's own `meta`).
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)
from packaging.version import Version

from pipelines.assets.monitor import Monitor, stored_build_dates
from pipelines.build import BuildError
from pipelines.deliveries.contract import load_contracts
from pipelines.progress import step
from pipelines.settings import Settings, offline_environment
from pipelines.warehouse import dbt_environment, manifest_path, open_warehouse

# The manifest does not depend on the date; parsing needs one all the same.
_ANY_DATE = "2000-01-01"


class OfflineDbtCliResource(DbtCliResource):
    """The dbt command without its version check, which contacts a package index."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(installed_version("dbt-core"))


def dbt_resource(settings: Settings) -> DbtCliResource:
    """The dbt command of this very environment, whatever is on PATH."""
    return OfflineDbtCliResource(
        project_dir=str(settings.dbt_project_dir),
        profiles_dir=str(settings.dbt_project_dir),
        dbt_executable=str(Path(sys.executable).with_name("dbt")),
    )


@contextmanager
def dbt_variables(settings: Settings, reference_date: str) -> Iterator[None]:
    """Set what dbt reads from its environment for as long as it runs."""
    variables = {
        **offline_environment(),
        **dbt_environment(settings, table_names(settings), reference_date),
        # dbt is a process of its own here, so the file is free again when it ends.
        "KWALITEITSMONITOR_DBT_KEEP_OPEN": "True",
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def table_names(settings: Settings) -> list[str]:
    """Tables of `raw` that dbt has a staging model for, in the order of their contracts.

    Event logs, whoever delivers them, pass through one generic staging model.
    """
    contracts = load_contracts(settings.contracts_dir)
    tables = [name for name, one in contracts.items() if one.mode != "event_log"]
    has_event_log = len(tables) < len(contracts)
    return sorted(tables) + (["event_log"] if has_event_log else [])


def ensure_manifest(settings: Settings) -> Path:
    """Let dbt describe its project when the description is missing or older than the project.

    Returns:
        Path of the manifest.

    Raises:
        BuildError: dbt cannot read its own project.
    """
    path = manifest_path(settings)
    stamp = path.with_name("manifest_of.json")
    now = _project_state(settings)
    if path.exists() and stamp.exists() and json.loads(stamp.read_text()) == now:
        return path
    from dbt.cli.main import dbtRunner

    settings.dbt_target_dir.mkdir(parents=True, exist_ok=True)
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    with dbt_variables(settings, _ANY_DATE):
        outcome = dbtRunner().invoke(["--quiet", "parse", "--no-partial-parse"])
    if not outcome.success:
        raise BuildError(f"dbt kan het project niet lezen: {outcome.exception}")
    stamp.write_text(json.dumps(now))
    return path


def _project_state(settings: Settings) -> dict[str, Any]:
    folders = [settings.dbt_project_dir, settings.seeds_dir, settings.contracts_dir]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        "chain": settings.chain_name,
        "home": str(settings.home),
        "files": sorted([str(path), path.stat().st_mtime_ns] for path in files),
    }


class LayerTranslator(DagsterDbtTranslator):
    """Reads group and owner of a model from the dbt project's `meta`."""

    def __init__(self) -> None:
        """Let tests on sources be checks as well."""
        super().__init__(settings=DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Layer of the model: its folder below `models`, or `seeds`."""
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return super().get_group_name(dbt_resource_props) or str(dbt_resource_props["fqn"][1])


def build_dbt_assets(settings: Settings) -> dg.AssetsDefinition:
    """Make one asset definition of the whole dbt project.

    Args:
        settings: Where the project and its manifest are.

    Returns:
        The assets; they can be run in part.
    """

    @dbt_assets(
        manifest=ensure_manifest(settings),
        dagster_dbt_translator=LayerTranslator(),
        name="warehouse",
    )
    def warehouse(
        context: dg.AssetExecutionContext, dbt: DbtCliResource, monitor: Monitor
    ) -> Iterator[Any]:
        current = monitor.settings
        with open_warehouse(current) as connection:
            dates = stored_build_dates(connection)
        with step("dbt"), dbt_variables(current, dates.reference_date):
            yield from dbt.cli(
                ["build"], context=context, target_path=current.dbt_target_dir
            ).stream()

    return warehouse
