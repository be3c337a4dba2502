"""The end of a destruction in Dagster: whoever still had rows of what is gone, loses them.

Here: the asset `retention/destroyed`. What is past its term leaves the landing zone in the asset
`landing/deliveries`, before anything is built.
Not here: terms, places and the record (`pipelines.retention`).
"""

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.publication.audiences import AUDIENCES
from pipelines.road.steps import end_destruction, leave_no_trace, open_destruction


def build_retention_asset() -> dg.AssetsDefinition:
    """Make the asset that removes older files with rows of what is gone, here and in backups."""

    @dg.asset(
        key=dg.AssetKey(["retention", "destroyed"]),
        group_name="publication",
        deps=[dg.AssetKey(["published", name]) for name in AUDIENCES],
        description="Nobody has rows any more of what was destroyed or withdrawn.",
        owners=["team:kenniscentrum"],
        kinds={"python"},
    )
    def destroyed(
        context: dg.AssetExecutionContext, monitor: Monitor
    ) -> dg.MaterializeResult[None]:
        settings = monitor.settings
        leave_no_trace(settings)
        acts = open_destruction(settings)
        for told in end_destruction(settings, acts, is_built=True):
            context.log.warning(told)
        return dg.MaterializeResult(metadata={"deliveries": len(acts)})

    return destroyed
