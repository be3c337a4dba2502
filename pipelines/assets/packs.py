"""The meeting pack in Dagster.

Here: the asset `pack/platform`.
Not here: what stands in it (`pipelines.publication.pack`).
"""

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.publication.pack import write_pack
from pipelines.publication.publish import current_path


def build_pack_asset() -> dg.AssetsDefinition:
    """Make the asset of the pack: a PDF beside the published file it was made from."""

    @dg.asset(
        key=dg.AssetKey(["pack", "platform"]),
        group_name="publication",
        deps=[dg.AssetKey(["published", "platform"])],
        description="Meeting pack of the platform (PDF), from its published file alone.",
        owners=["team:kenniscentrum"],
        kinds={"pdf"},
    )
    def pack(monitor: Monitor) -> dg.MaterializeResult[None]:
        settings = monitor.settings
        published = current_path(settings, "platform")
        if published is None:
            raise LookupError("voor het platform is nog niets gepubliceerd")
        target = write_pack(published, published.with_suffix(".pdf"))
        return dg.MaterializeResult(metadata={"file": target.name})

    return pack
