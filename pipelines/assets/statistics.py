"""The estimates in Dagster.

Here: the assets `indicators/indicator_results`, `indicators/evaluation_tables` and
`indicators/effect`.
Not here: any estimate (`pipelines.statistics`) or how marts become figures
(`pipelines.indicators`, `pipelines.evaluation`).
"""

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.road.steps import count_evaluations, count_figures, judge_effects

EVALUATION_TABLES = dg.AssetKey(["indicators", "evaluation_tables"])
EVALUATION_MARTS = [
    dg.AssetKey(["marts", name])
    for name in ("fct_evaluation", "fct_evaluation_theme", "dim_theme", "dim_theme_mapping")
]
RESULTS = dg.AssetKey(["indicators", "indicator_results"])
EFFECT = dg.AssetKey(["indicators", "effect"])


def build_statistics_asset() -> dg.AssetsDefinition:
    """Make the asset that turns marts into figures."""

    @dg.asset(
        key=RESULTS,
        group_name="indicators",
        deps=[
            dg.AssetKey(["marts", "fct_handoff"]),
            dg.AssetKey(["marts", "fct_phase_out"]),
            *EVALUATION_MARTS,
            dg.AssetKey(["indicators", "indicator_counts"]),
            dg.AssetKey(["indicators", "dim_indicator"]),
            dg.AssetKey(["marts", "fct_decision"]),
        ],
        description="Every figure of every indicator, in one long table.",
        owners=["team:kenniscentrum"],
        kinds={"python", "duckdb"},
    )
    def indicator_results(monitor: Monitor) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"rows": count_figures(monitor.settings)})

    return indicator_results


def build_evaluation_asset() -> dg.AssetsDefinition:
    """Make the asset of what evaluations and experiences say beside the long table."""

    @dg.asset(
        key=EVALUATION_TABLES,
        group_name="indicators",
        deps=[*EVALUATION_MARTS, dg.AssetKey(["marts", "fct_experience"])],
        description="Series of themes, their agreement and co-occurrence, and answers.",
        owners=["team:kenniscentrum"],
        kinds={"python", "duckdb"},
    )
    def evaluation_tables(monitor: Monitor) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata=count_evaluations(monitor.settings))

    return evaluation_tables


def build_effect_asset() -> dg.AssetsDefinition:
    """Make the asset that says whether recommendations and decisions were followed by a change."""

    @dg.asset(
        key=EFFECT,
        group_name="indicators",
        deps=[
            RESULTS,
            EVALUATION_TABLES,
            dg.AssetKey(["marts", "fct_recommendation"]),
            dg.AssetKey(["marts", "fct_decision"]),
        ],
        description="Per recommendation and decision: whether what it aims at moved after it.",
        owners=["team:kenniscentrum"],
        kinds={"python", "duckdb"},
    )
    def effect(monitor: Monitor) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"rows": judge_effects(monitor.settings)})

    return effect
