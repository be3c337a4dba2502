"""Assembly of everything Dagster knows.

Here: `build_defs`, which puts the assets, the job, the sensor and the schedule together.
Not here: their definitions (`pipelines.assets`), or any logic.
"""

from typing import Any

import dagster as dg

from pipelines.assets.changes_between import build_changes_asset
from pipelines.assets.deliveries import build_landing_asset, build_raw_assets
from pipelines.assets.monitor import Monitor
from pipelines.assets.packs import build_pack_asset
from pipelines.assets.publications import build_publication_assets
from pipelines.assets.retention import build_retention_asset
from pipelines.assets.schedules import build_daily_schedule, build_inbox_sensor, build_job
from pipelines.assets.statistics import (
    build_effect_asset,
    build_evaluation_asset,
    build_statistics_asset,
)
from pipelines.assets.warehouse import build_dbt_assets
from pipelines.deliveries.contract import load_contracts
from pipelines.private import owner_only
from pipelines.settings import Settings, load_settings


def build_defs(settings: Settings | None = None, **overrides: Any) -> dg.Definitions:
    """Assemble the definitions.

    Args:
        settings: Where everything lives; the environment's settings when None.
        **overrides: Resources to put in place of the default ones, by name (for tests).

    Returns:
        The definitions, for the web server as for a run in one process.
    """
    current = settings or load_settings()
    job = build_job()
    contracts = load_contracts(current.contracts_dir)
    return dg.Definitions(
        assets=[
            build_landing_asset(),
            build_raw_assets(current),
            build_dbt_assets(current),
            build_statistics_asset(),
            build_evaluation_asset(),
            build_effect_asset(),
            build_changes_asset(),
            *build_publication_assets(),
            build_pack_asset(),
            build_retention_asset(),
        ],
        jobs=[job],
        schedules=[build_daily_schedule(contracts, job)],
        sensors=[build_inbox_sensor(current, job)],
        resources={
            "monitor": Monitor(
                home=str(current.home), chain=str(current.chain) if current.chain else ""
            ),
            **overrides,
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What the Dagster web server and daemon load; called by them, not on import."""
    owner_only()
    return build_defs()
