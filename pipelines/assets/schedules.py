"""When things run by themselves: the job, the sensor on the inbox and the monthly schedule.

Here: what starts a run under the Dagster daemon.
Not here: what a run does: the same steps as a command (`pipelines.road`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition as AssetJob,
)

from pipelines.deliveries.contract import Contract, timezone_of
from pipelines.settings import Settings

MONITOR_JOB = "monitor"
_SECONDS_BETWEEN_LOOKS = 60
_SHORTEST_MONTH = 28


def build_job() -> AssetJob:
    """Make the job that walks the whole road: take in, build, publish."""
    return dg.define_asset_job(
        MONITOR_JOB,
        selection=dg.AssetSelection.all(),
        description="From the inbox to the published files and the meeting pack.",
    )


def build_inbox_sensor(settings: Settings, job: AssetJob) -> dg.SensorDefinition:
    """Ask for a run when something lies in the inbox that was not seen before.

    The run takes in the whole inbox, whatever the names in it say: what the sensor looks at decides
    when a run starts, never what becomes of a file.
    """

    @dg.sensor(
        job=job,
        name="inbox",
        minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        seen = set(json.loads(context.cursor or "[]"))
        found = sorted(_marks(settings.inbox_dir))
        new = [mark for mark in found if mark not in seen]
        run_key = hashlib.sha256("".join(new).encode()).hexdigest()
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=run_key)] if new else [],
            cursor=json.dumps(found),
        )

    return inbox


def build_monthly_schedule(
    contracts: Mapping[str, Contract], job: AssetJob
) -> dg.ScheduleDefinition:
    """Build on the day after deliveries are due, whether or not all have come."""
    due_day = max(one.due_day for one in contracts.values())
    # What is due later is due at the end of some months, and then the next begins.
    day = due_day + 1 if due_day < _SHORTEST_MONTH else 1
    return dg.ScheduleDefinition(
        name="monthly",
        job=job,
        cron_schedule=f"0 6 {day} * *",
        execution_timezone=timezone_of(contracts),
        description=f"The day after the one on which deliveries are due (the {due_day}th).",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def _marks(inbox: Path) -> Iterator[str]:
    """A mark of everything in the inbox, by its name and state; none of it is opened.

    A name may hold what must not be kept, so only its hash is; and the moment of writing with it,
    so that no name can be found by trying.
    """
    for path in inbox.iterdir() if inbox.is_dir() else ():
        state = path.lstat()
        text = f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}"
        yield hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
