"""dbt in Dagster: every model an asset, every data test a check.

Here: the one asset definition over dbt's manifest.
Not here: SQL, running dbt (`pipelines.dbt`), and what Dagster shows of a model (groups, owners and
descriptions stand in the dbt project's own `meta`).
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import (
    get_manifest_and_translator_from_dbt_assets,
    get_subset_selection_for_context,
)
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from pipelines.assets.monitor import Monitor
from pipelines.build import BuildError
from pipelines.dbt import ensure_manifest, failures, run_dbt
from pipelines.indicators.chain import own_register
from pipelines.progress import step
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse, stored_build_dates

log = logging.getLogger("kwaliteitsmonitor")

_NODES_PER_LINE = 40


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
    def warehouse(context: dg.AssetExecutionContext, monitor: Monitor) -> Iterator[Any]:
        current = monitor.settings
        with open_warehouse(current) as connection:
            dates = stored_build_dates(connection)
        # Said before the work: an entry that cannot be counted would stop dbt half-way.
        own_register(current)
        manifest, translator, _ = get_manifest_and_translator_from_dbt_assets([context.assets_def])
        selection, _ = get_subset_selection_for_context(
            context, manifest, "fqn:*", None, None, translator, None
        )
        with step("dbt"):
            events = run_dbt(current, dates.reference_date, selection, _report_progress)
        for event in events:
            yield from DbtCoreCliEventMessage(event, {}).to_default_asset_events(
                manifest, translator, context, current.dbt_target_dir
            )
        if failed := failures(events):
            raise BuildError(f"dbt: {', '.join(failed)}; zie {current.dbt_log_dir}")

    return warehouse


def _report_progress(done: int, total: int) -> None:
    """Say now and then how far dbt is; a line per node would say nothing."""
    if done % _NODES_PER_LINE == 0:
        log.info("dbt: %s van %s stappen", done, total)
