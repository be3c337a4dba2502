"""dbt in Dagster: every model an asset, every data test a check.

Here: the one asset definition over dbt's manifest.
Not here: SQL, running dbt (`pipelines.dbt`), and what Dagster shows of a model (groups, owners and
descriptions stand in the dbt project itself).
"""

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
from pipelines.dbt import ensure_manifest
from pipelines.road.steps import build_models, refuse_failures
from pipelines.settings import Settings


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

    Returns:
        The assets; they can be run in part.
    """

    @dbt_assets(
        manifest=ensure_manifest(settings),
        dagster_dbt_translator=LayerTranslator(),
        name="warehouse",
    )
    def warehouse(context: dg.AssetExecutionContext, monitor: Monitor) -> Iterator[Any]:
        manifest, translator, _ = get_manifest_and_translator_from_dbt_assets([context.assets_def])
        selection, _ = get_subset_selection_for_context(
            context, manifest, "fqn:*", None, None, translator, None
        )
        current = monitor.settings
        events = build_models(current, selection)
        for event in events:
            yield from DbtCoreCliEventMessage(event, {}).to_default_asset_events(
                manifest, translator, context, current.dbt_target_dir
            )
        refuse_failures(current, events)

    return warehouse
