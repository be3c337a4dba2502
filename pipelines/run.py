"""The whole road in one process: take in, build, publish, with progress.

Here: running the very assets the web server shows, without a daemon, and choosing which of them a
run needs.
Not here: the assets (`pipelines.assets`), and printing (`pipelines.cli` listens to the log).
"""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.assets.deliveries import (
    ABOUT_DELIVERIES,
    EVENT_LOG,
    LANDING,
    delivery_partitions,
)
from pipelines.assets.monitor import Monitor
from pipelines.build import BuildDates, Landed, one_writer, resolve_dates, write_last_build
from pipelines.dagster_home import prepare_dagster_home, unhurried_history
from pipelines.definitions import build_defs
from pipelines.deliveries.arrivals import delivered_files
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.landing import read_registry
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.recognition import file_sha256, is_same
from pipelines.indicators.chain import own_register
from pipelines.intake_note import read_intake_note
from pipelines.plan import Plan, plan_build, store_plan
from pipelines.progress import step
from pipelines.settings import Settings

log = logging.getLogger("kwaliteitsmonitor")

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        dates: Dates of the build; None when nothing was built.
        refused: One line for every refused file of this intake.
        failed: Names of steps and checks that failed.
        built: Assets that were made.
    """

    dates: BuildDates | None = None
    refused: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    built: int = 0

    @property
    def is_clean(self) -> bool:
        """Nothing refused, nothing failed."""
        return not self.refused and not self.failed


def take_in(settings: Settings, inbox: Path) -> RunOutcome:
    """Take in everything that lies in an inbox.

    Args:
        settings: Where the landing zone is.
        inbox: Folder with deliveries.

    Returns:
        The refusals, if any.
    """
    if not delivered_files(inbox):
        log.info("De inbox is leeg; er is niets in te lezen.")
        return RunOutcome()
    if _is_all_known(settings, inbox):
        log.info("Alles in de inbox is al ingelezen.")
        return RunOutcome()
    keys = _partition_range(settings, inbox)
    with _instance(settings) as instance:
        outcome = _materialize(
            settings,
            instance,
            dg.AssetSelection.assets(LANDING),
            Monitor(**_monitor_config(settings), inbox=str(inbox)),
            tags={
                "dagster/asset_partition_range_start": keys[0],
                "dagster/asset_partition_range_end": keys[1],
            },
        )
    failed = _failures(outcome)
    return RunOutcome(refused=[] if failed else read_intake_note(settings), failed=failed)


def build_and_publish(
    settings: Settings,
    *,
    reference_date: str | None = None,
    known_at: str | None = None,
    explain: bool = True,
) -> RunOutcome:
    """Build what changed and publish it.

    Args:
        settings: Where everything lives.
        reference_date: ISO date (or moment) as of which cases are shown; the latest due when None.
        known_at: ISO moment; deliveries known by then count. Now when None.
        explain: Explain what changed since the previous publication.

    Returns:
        What was built, and what failed.

    Raises:
        BuildError: There is nothing to build from, a date cannot be read, or an entry of the
            register is refused.
    """
    # First of all, before dbt so much as reads its project.
    own_register(settings)
    dates = _dates(settings, reference_date, known_at)
    plan = plan_build(settings, dates)
    if plan.is_empty:
        log.info("Er is niets veranderd sinds de vorige bouw; de publicatie blijft staan.")
        return RunOutcome(dates=dates)
    log.info(plan.sentence)
    monitor = Monitor(
        **_monitor_config(settings),
        reference_date=dates.reference_date,
        known_at=dates.known_at.isoformat(),
        explain=explain,
    )
    with _instance(settings) as instance:
        outcome = _materialize(settings, instance, _selection(settings, plan), monitor)
    failed = _failures(outcome)
    if not failed:
        store_plan(settings, plan)
        write_last_build(settings, dates)
    return RunOutcome(dates=dates, failed=failed, built=len(_materialized(outcome)))


def run_all(
    settings: Settings,
    *,
    inbox: Path | None = None,
    reference_date: str | None = None,
    known_at: str | None = None,
    explain: bool = True,
) -> RunOutcome:
    """Take in the inbox, build and publish.

    Args:
        settings: Where everything lives.
        inbox: Folder with deliveries; the inbox of the settings when None.
        reference_date: As in `build_and_publish`.
        known_at: As in `build_and_publish`.
        explain: As in `build_and_publish`.

    Returns:
        What was refused, built and failed.

    A refused file never stops the others; its line is in the outcome.
    """
    with one_writer(settings), _seldom_collected():
        # Said before the intake, which takes long, and not only before the build.
        own_register(settings)
        intake = take_in(settings, inbox or settings.inbox_dir)
        if intake.failed:
            return intake
        built = build_and_publish(
            settings, reference_date=reference_date, known_at=known_at, explain=explain
        )
    return RunOutcome(built.dates, intake.refused, built.failed, built.built)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let Python look for cycles a hundred times less often than it does of itself.

    A run makes some millions of objects that live until its end, in figures and in what Dagster and
    dbt know of the project; going through them over and over frees next to nothing.
    """
    before = gc.get_threshold()
    gc.set_threshold(100 * before[0], *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _dates(settings: Settings, reference_date: str | None, known_at: str | None) -> BuildDates:
    contracts = load_contracts(settings.contracts_dir)
    monitor = Monitor(known_at=known_at or "")
    return resolve_dates(
        [Landed(one.reference_date, one.known_at) for one in read_registry(settings)],
        max(one.due_day for one in contracts.values()),
        reference_date=reference_date,
        known_at=monitor.known_at_moment,
    )


def _event_logs(settings: Settings, plan: Plan) -> list[str]:
    """The one table of all event logs, when one of them changed."""
    contracts = load_contracts(settings.contracts_dir)
    # A change of decisions recorded here has no contract: nobody delivered it.
    delivered = plan.changed & set(contracts)
    is_one = any(contracts[name].mode == "event_log" for name in delivered)
    return [EVENT_LOG] if is_one else []


def _selection(settings: Settings, plan: Plan) -> dg.AssetSelection:
    everything = dg.AssetSelection.all() - dg.AssetSelection.assets(LANDING)
    if plan.is_full:
        return everything
    # What is known of deliveries changes with every delivery.
    tables = sorted({*plan.changed, *ABOUT_DELIVERIES, *_event_logs(settings, plan)})
    changed = dg.AssetSelection.assets(*[["raw", table] for table in tables])
    return changed.downstream() & everything


def _is_all_known(settings: Settings, inbox: Path) -> bool:
    """Whether every file of the inbox has landed before, packed in this way or another."""
    landed = {one.delivery_id: one for one in read_registry(settings)}
    for path in delivered_files(inbox):
        name = parse_name(path.name)
        known = landed.get(name.delivery_id) if name else None
        if known is None or not is_same(path, file_sha256(path), known):
            return False
    return True


def _partition_range(settings: Settings, inbox: Path) -> tuple[str, str]:
    """First and last partition that has files in the inbox."""
    known = delivery_partitions(settings).get_partition_keys()
    parsed = [parse_name(path.name) for path in delivered_files(inbox)]
    wanted = {
        f"{one.reference_date.replace(day=1).isoformat()}|{one.organisation}"
        for one in parsed
        if one is not None
    }
    present = [key for key in known if key in wanted] or known[-1:]
    return present[0], present[-1]


def _materialize(
    settings: Settings,
    instance: dg.DagsterInstance,
    selection: dg.AssetSelection,
    monitor: Monitor,
    tags: dict[str, str] | None = None,
) -> dg.ExecuteInProcessResult:
    with step("Definities"):
        definitions = build_defs(settings, monitor=monitor)
    job = dg.define_asset_job("in_one_process", selection=selection)
    repository = dg.Definitions(
        assets=definitions.assets, resources=definitions.resources, jobs=[job]
    )
    return repository.resolve_job_def("in_one_process").execute_in_process(
        instance=instance, raise_on_error=False, run_config=_QUIET, tags=tags
    )


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    home = prepare_dagster_home(settings)
    os.environ["DAGSTER_HOME"] = str(home)
    with unhurried_history(), dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


def _monitor_config(settings: Settings) -> dict[str, Any]:
    return {"home": str(settings.home), "chain": str(settings.chain) if settings.chain else ""}


def _materialized(outcome: dg.ExecuteInProcessResult) -> list[str]:
    return [
        event.asset_key.to_user_string()
        for event in outcome.all_events
        if event.is_step_materialization and event.asset_key is not None
    ]


def _failures(outcome: dg.ExecuteInProcessResult) -> list[str]:
    """Names of failed steps, with the cause, and of failed checks that block."""
    steps = [
        f"{event.step_key}: {_cause(event)}"
        for event in outcome.all_events
        if event.event_type == dg.DagsterEventType.STEP_FAILURE
    ]
    checks = [
        f"{one.asset_key.to_user_string()}: {one.check_name}"
        for one in outcome.get_asset_check_evaluations()
        if not one.passed and one.severity == dg.AssetCheckSeverity.ERROR
    ]
    return sorted({*steps, *checks})


def _cause(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.message if error is not None else "onbekend").strip().splitlines()[0]
