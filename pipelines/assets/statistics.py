"""The estimates in Dagster.

Here: the asset `indicators/indicator_results`.
Not here: any estimate (`pipelines.statistics`) or how marts become figures
(`pipelines.indicators`).
"""

import dagster as dg

from pipelines.assets.monitor import Monitor, stored_build_dates
from pipelines.indicators.results import compute_results
from pipelines.progress import step
from pipelines.warehouse import open_warehouse

RESULTS = dg.AssetKey(["indicators", "indicator_results"])


def build_statistics_asset() -> dg.AssetsDefinition:
    """Make the asset that turns marts into figures."""

    @dg.asset(
        key=RESULTS,
        group_name="indicators",
        deps=[
            dg.AssetKey(["marts", "fct_handoff"]),
            dg.AssetKey(["marts", "fct_phase_out"]),
            dg.AssetKey(["indicators", "indicator_counts"]),
            dg.AssetKey(["indicators", "dim_indicator"]),
            dg.AssetKey(["staging", "stg_kc__aantekening"]),
        ],
        description="Every figure of every indicator, in one long table.",
        owners=["team:kenniscentrum"],
        kinds={"python", "duckdb"},
    )
    def indicator_results(monitor: Monitor) -> dg.MaterializeResult[None]:
        with step("Schatters"), open_warehouse(monitor.settings) as connection:
            n_rows = compute_results(connection, monitor.settings, stored_build_dates(connection))
        return dg.MaterializeResult(metadata={"rows": n_rows})

    return indicator_results
