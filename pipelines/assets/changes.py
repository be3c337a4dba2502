"""Change explained in Dagster: the builds between the previous publication and the coming one.

Here: the asset `changes/between`.
Not here: which builds those are, how one is made, and the table readers get
(`pipelines.publication.changes`).
"""

from functools import partial

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.changes.basis import current_inputs
from pipelines.publication.changes.between import lay_out, store
from pipelines.publication.changes.published import CHANGE_TABLES
from pipelines.publication.changes.scratch import scratch_figures
from pipelines.publication.publish import current_path
from pipelines.warehouse import open_warehouse, stored_build_dates

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
        settings = monitor.settings
        with open_warehouse(settings) as connection:
            dates = stored_build_dates(connection)
        previous = {
            one.name: current_path(settings, one.name)
            for one in AUDIENCES.values()
            if set(CHANGE_TABLES) <= set(one.tables)
        }
        # The warehouse is closed in the meantime: a build in between begins as a copy of it.
        each, builds = lay_out(
            settings,
            current_inputs(settings, dates) if monitor.explain else None,
            previous,
            partial(scratch_figures, settings),
        )
        with open_warehouse(settings) as connection:
            store(connection, each, builds)
        return dg.MaterializeResult(
            metadata={
                "builds": len(builds),
                **{f"state_{one.audience}": str(one.state) for one in each},
            }
        )

    return between
