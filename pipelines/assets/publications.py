"""The door out in Dagster: a candidate per audience, its check, and the switch to it.

Here: the assets `candidate/<audience>` and `published/<audience>`. The check blocks between them:
what fails is never made current.
Not here: how a file is written or checked (`pipelines.publication`).
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.changes_between import BETWEEN
from pipelines.assets.monitor import Monitor
from pipelines.assets.statistics import EFFECT, EVALUATION_TABLES, RESULTS
from pipelines.publication.audiences import AUDIENCES, Audience
from pipelines.publication.door_out import Verdict
from pipelines.publication.publish import Candidate
from pipelines.road.steps import held_back, prepare, publish

DOOR_OUT = "door_out"


def build_publication_assets() -> list[dg.AssetsDefinition]:
    """Make the assets of all audiences."""
    return [
        asset
        for audience in AUDIENCES.values()
        for asset in (_candidate(audience), _published(audience))
    ]


def _candidate(audience: Audience) -> dg.AssetsDefinition:
    key = dg.AssetKey(["candidate", audience.name])

    @dg.asset(
        key=key,
        group_name="publication",
        deps=[RESULTS, EVALUATION_TABLES, EFFECT, BETWEEN],
        check_specs=[
            dg.AssetCheckSpec(
                DOOR_OUT,
                asset=key,
                blocking=True,
                description="Great Expectations over the tables of the file, and its table list.",
            )
        ],
        description=f"File of the audience {audience.name}, written but not current yet.",
        owners=["team:kenniscentrum"],
        kinds={"duckdb", "greatexpectations"},
    )
    def candidate(monitor: Monitor) -> Iterator[dg.MaterializeResult[None]]:
        written, verdicts = prepare(monitor.settings, audience)
        yield dg.MaterializeResult(
            metadata=_metadata(written), check_results=[_check_result(key, verdicts)]
        )

    return candidate


def _published(audience: Audience) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey(["published", audience.name]),
        group_name="publication",
        deps=[dg.AssetKey(["candidate", audience.name])],
        description=f"The current file of the audience {audience.name}: what its dashboard opens.",
        owners=["team:kenniscentrum"],
        kinds={"duckdb"},
    )
    def published(monitor: Monitor) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(
            metadata={"publication_id": publish(monitor.settings, audience.name)}
        )

    return published


def _metadata(candidate: Candidate) -> dict[str, str | int]:
    return {
        "publication_id": candidate.publication_id,
        "content_hash": candidate.content_hash,
        **{f"rows_{table}": rows for table, rows in candidate.rows.items()},
    }


def _check_result(key: dg.AssetKey, verdicts: list[Verdict]) -> dg.AssetCheckResult:
    broken = [verdict for verdict in verdicts if not verdict.passed]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=DOOR_OUT,
        passed=not held_back(verdicts),
        severity=dg.AssetCheckSeverity.ERROR,
        # Counts only: a broken row may hold what nobody may see.
        metadata={
            "rules": len(verdicts),
            "broken": ", ".join(
                f"{verdict.rule.name} ({verdict.n_broken} rows)" for verdict in broken
            )
            or "none",
        },
    )
