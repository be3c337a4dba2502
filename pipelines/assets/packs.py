"""The meeting pack in Dagster.

Here: the asset `pack/platform`.
Not here: what stands in it (`pipelines.pack.document`).
"""

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.road.steps import write_platform_pack


def build_pack_asset() -> dg.AssetsDefinition:
    """Make the asset of the pack: a PDF beside the published file it was made from."""

    @dg.asset(
        key=dg.AssetKey(["pack", "platform"]),
        group_name="publication",
        deps=[dg.AssetKey(["published", "platform"])],
        description="Meeting pack of the platform (PDF, ODS), from its published file alone.",
        owners=["team:kenniscentrum"],
        kinds={"pdf", "ods"},
    )
    def pack(monitor: Monitor) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"file": write_platform_pack(monitor.settings).name})

    return pack
