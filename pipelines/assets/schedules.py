"""When things run by themselves: the jobs, the sensor on the inbox and the monthly schedule.

Here: what starts a run under the Dagster daemon.
Not here: what a run does. `make run` needs none of this: it runs the same assets in one process.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition as AssetJob,
)

from pipelines.assets.deliveries import LANDING, delivery_partitions
from pipelines.deliveries.arrivals import delivered_files
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.recognition import file_sha256
from pipelines.settings import Settings

INTAKE_JOB = "intake"
MONITOR_JOB = "monitor"


def build_jobs() -> list[AssetJob]:
    """Make the two jobs: take in one month of one organisation; build and publish everything."""
    return [
        dg.define_asset_job(
            INTAKE_JOB,
            selection=dg.AssetSelection.assets(LANDING),
            description="Take in what lies in the inbox for one month of one organisation.",
        ),
        dg.define_asset_job(
            MONITOR_JOB,
            selection=dg.AssetSelection.all() - dg.AssetSelection.assets(LANDING),
            description="From the landing zone to the published files and the meeting pack.",
        ),
    ]


def build_inbox_sensor(settings: Settings, jobs: list[AssetJob]) -> dg.SensorDefinition:
    """Ask for one intake run per month × organisation with files not seen before."""
    partitions = delivery_partitions(settings)

    @dg.sensor(job=jobs[0], name="inbox", minimum_interval_seconds=60)
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        found = dict(_hashes(settings.inbox_dir))
        requests = [
            dg.RunRequest(run_key=run_key, partition_key=dg.MultiPartitionKey(keys))
            for run_key, keys in _requests(found, seen)
            if dg.MultiPartitionKey(keys) in set(partitions.get_partition_keys())
        ]
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(found))

    return inbox


def build_after_intake_sensor(jobs: list[AssetJob]) -> dg.SensorDefinition:
    """Build and publish after a successful intake."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[jobs[0]],
        request_job=jobs[1],
        name="after_intake",
    )
    def after_intake(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=f"after-{context.dagster_run.run_id}")

    return after_intake


def build_monthly_schedule(jobs: list[AssetJob]) -> dg.ScheduleDefinition:
    """Build on the day after deliveries are due, whether or not all have come."""
    return dg.ScheduleDefinition(
        name="monthly",
        job=jobs[1],
        cron_schedule="0 6 16 * *",
        execution_timezone="Europe/Amsterdam",
        description="The 16th: deliveries are due on the 15th.",
    )


def _hashes(inbox: Path) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every delivery in the inbox."""
    for path in delivered_files(inbox):
        if parse_name(path.name) is not None:
            yield path.name, file_sha256(path)


def _requests(found: dict[str, str], seen: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Run key and partition of every month × organisation with new or changed files."""
    new: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, digest in found.items():
        parsed = parse_name(name)
        if parsed is not None and seen.get(name) != digest:
            month = parsed.reference_date.replace(day=1).isoformat()
            new[month, parsed.organisation].append(digest)
    for (month, organisation), digests in sorted(new.items()):
        run_key = hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
        yield run_key, {"month": month, "organisation": organisation}
