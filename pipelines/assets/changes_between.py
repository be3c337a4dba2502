"""Change explained in Dagster: the builds between the previous publication and the coming one.

Here: the asset `changes/between`.
Not here: which builds those are, how one is made, and the table readers get
(`pipelines.publication.changes`).
"""

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.road.steps import explain_changes

BETWEEN = dg.AssetKey(["changes", "between"])


def build_changes_asset() -> dg.AssetsDefinition:
    """Make the asset that prepares the explanation of changes."""

    @dg.asset(
        key=BETWEEN,
        group_name="publication",
        deps=[dg.AssetKey(["indicators", "indicator_results"])],
        description=(
            "Which inputs differ from those of the previous publication, and the figures of the "
            "builds in between: one input exchanged at a time, in a fixed order."
        ),
        owners=["team:kwaliteitsmonitor"],
        kinds={"python", "duckdb"},
    )
    def between(monitor: Monitor) -> dg.MaterializeResult[None]:
        each, n_builds = explain_changes(monitor.settings, explain=monitor.explain)
        return dg.MaterializeResult(
            metadata={
                "builds": n_builds,
                **{f"state_{publication.audience}": str(publication.state) for publication in each},
            }
        )

    return between
