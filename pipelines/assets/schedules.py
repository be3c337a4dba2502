"""When things run by themselves: the job, the sensor on the inbox and the daily schedule.

Here: what starts a run under the Dagster daemon.
Not here: what a run does: the same steps as a command (`pipelines.road`).
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition as AssetJob,
)

from pipelines.deliveries.contract import Contract, timezone_of
from pipelines.settings import Settings

MONITOR_JOB = "monitor"
_SECONDS_BETWEEN_LOOKS = 60
# The last one after some two days.
_MOST_RETRIES = 11
# Dagster's own tag of a run that a sensor asked for.
_RUN_KEY = "dagster/run_key"


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
    when a run starts, never what becomes of a file. Where a run failed and left lying what it was
    asked for, it asks again, each time after twice as long: a full disk is emptied some day, and
    the next delivery may be a month away.
    """

    @dg.sensor(
        job=job,
        name="inbox",
        minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        asked = _Asked.read(context.cursor)
        found = sorted(_marks(settings.inbox_dir))
        new = [mark for mark in found if mark not in asked.seen]
        now = time.time()
        is_asking = True
        if new:
            asked = _Asked(found, new, 0, now)
        elif asked.is_due(found, now) and _has_failed(context.instance, asked.run_key):
            asked = replace(asked, seen=found, times_failed=asked.times_failed + 1, asked_at=now)
        else:
            asked, is_asking = replace(asked, seen=found), False
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=asked.run_key)] if is_asking else [],
            cursor=json.dumps(asdict(asked)),
        )

    return inbox


@dataclass(frozen=True)
class _Asked:
    """What the sensor remembers.

    Attributes:
        seen: Marks of what lay in the inbox.
        of: Marks of what a run was last asked for.
        times_failed: How often that failed.
        asked_at: When it was asked, in seconds.
    """

    seen: list[str] = field(default_factory=list)
    of: list[str] = field(default_factory=list)
    times_failed: int = 0
    asked_at: float = 0.0

    @staticmethod
    def read(cursor: str | None) -> "_Asked":
        """What was remembered."""
        return _Asked(**json.loads(cursor or "{}"))

    @property
    def run_key(self) -> str:
        """A name by which the same is not asked twice."""
        tried = f" {self.times_failed}" if self.times_failed else ""
        return hashlib.sha256(("".join(self.of) + tried).encode()).hexdigest()

    def is_due(self, found: list[str], now: float) -> bool:
        """Whether something still lies there, and it is time to look how that ended."""
        waits = _SECONDS_BETWEEN_LOOKS * 2**self.times_failed
        is_left = not set(self.of).isdisjoint(found)
        return is_left and self.times_failed < _MOST_RETRIES and now >= self.asked_at + waits


def _has_failed(instance: dg.DagsterInstance, run_key: str) -> bool:
    runs = instance.get_runs(filters=dg.RunsFilter(tags={_RUN_KEY: run_key}), limit=1)
    return any(run.status == dg.DagsterRunStatus.FAILURE for run in runs)


def build_daily_schedule(contracts: Mapping[str, Contract], job: AssetJob) -> dg.ScheduleDefinition:
    """Walk the road every morning, whether or not something came.

    On the day after deliveries are due the figures say which are late, and on the day a term ends
    its deliveries are destroyed. Where neither is so, nothing is made.
    """
    return dg.ScheduleDefinition(
        name="daily",
        job=job,
        cron_schedule="0 6 * * *",
        execution_timezone=timezone_of(contracts),
        description="What is due, late or past its term, every morning.",
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
