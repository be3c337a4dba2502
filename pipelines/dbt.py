"""dbt, run inside this process: its environment, its manifest and one build.

Here: what dbt reads from the environment, when its project has to be parsed anew, and running it.
Not here: SQL, and what Dagster makes of the outcome (`pipelines.assets.warehouse`).

Why inside: a process of its own costs the imports and the reading of the manifest again, several
seconds of which one new delivery has few. dbt-duckdb leaves its database open when it ends (half
the time of opening it per model), so `run_dbt` closes it.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.atomic import write_text
from pipelines.build import BuildError
from pipelines.dbt_sources import write_sources
from pipelines.deliveries.contract import load_contracts, timezone_of
from pipelines.sealed import file_sha256, seal, unseal
from pipelines.settings import Settings, offline_environment
from pipelines.warehouse import manifest_path

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

Event = dict[str, Any]

# The manifest does not depend on the date; parsing needs one all the same.
_ANY_DATE = "2000-01-01"
# What dbt parsed, in its own form: reading it is quicker than the JSON Dagster reads.
_PARSED = "partial_parse.msgpack"
_RESULTS = frozenset({"LogSeedResult", "LogModelResult", "LogTestResult"})
_FAILED = frozenset({"error", "fail", "runtime error", "partial success"})


@contextmanager
def dbt_variables(settings: Settings, reference_date: str) -> Iterator[None]:
    """Set what dbt reads from its environment for as long as it runs.

    Args:
        settings: Where everything lives.
        reference_date: Day or moment as of which cases are shown, ISO 8601.
    """
    contracts = load_contracts(settings.contracts_dir)
    tables = sorted(name for name, contract in contracts.items() if contract.mode != "event_log")
    variables = {
        **offline_environment(),
        "KWALITEITSMONITOR_WAREHOUSE": str(settings.warehouse_path),
        "KWALITEITSMONITOR_SEEDS": _seed_path(settings),
        "KWALITEITSMONITOR_SOURCES": str(write_sources(settings, contracts)),
        "KWALITEITSMONITOR_CHAIN_NAME": settings.chain_name,
        "KWALITEITSMONITOR_TABLES": " ".join(tables),
        "KWALITEITSMONITOR_REFERENCE_DATE": reference_date,
        "KWALITEITSMONITOR_TIMEZONE": timezone_of(contracts),
        "KWALITEITSMONITOR_DBT_KEEP_OPEN": "True",
        "DBT_TARGET_PATH": str(settings.dbt_target_dir),
        "DBT_LOG_PATH": str(settings.dbt_log_dir),
        "DBT_PROFILES_DIR": str(settings.dbt_project_dir),
        "DBT_PROJECT_DIR": str(settings.dbt_project_dir),
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _seed_path(settings: Settings) -> str:
    """Where dbt reads the seeds from.

    dbt writes what it ran to `<target>/run/<project>/<path of the seed>`. With an absolute path
    that is the seed itself, which it would overwrite: another chain's seeds are therefore copied,
    afresh every time, and the built-in ones are named relative to the project.
    """
    if settings.seeds_dir.is_relative_to(settings.dbt_project_dir):
        return str(settings.seeds_dir.relative_to(settings.dbt_project_dir))
    copy = settings.home / "dbt" / "seeds" / settings.chain_name
    copy.mkdir(parents=True, exist_ok=True)
    for path in settings.seeds_dir.glob("*.csv"):
        shutil.copyfile(path, copy / path.name)
    return str(copy)


def ensure_manifest(settings: Settings) -> Path:
    """Let dbt describe its project when the description is missing or older than the project.

    Returns:
        Path of the manifest (JSON).

    Raises:
        BuildError: dbt cannot read its own project.
    """
    path = manifest_path(settings)
    stamp = path.with_name("manifest_of.json")

    def is_current() -> bool:
        try:
            noted = unseal(stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        written = noted.pop("written", None)
        return written == _written(settings) and noted == _project_state(settings)

    if is_current():
        return path
    settings.dbt_target_dir.mkdir(parents=True, exist_ok=True)
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    # Dagster loads its code whenever it likes, also while a command does the same.
    with path.with_name("parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current():
            return path
        stamp.unlink(missing_ok=True)
        now = _project_state(settings)
        with dbt_variables(settings, _ANY_DATE):
            outcome = _invoke(["parse", "--no-partial-parse"])
        if not outcome.success:
            raise BuildError(f"dbt kan het project niet lezen: {outcome.exception}")
        write_text(stamp, seal({**now, "written": _written(settings)}))
    return path


def _written(settings: Settings) -> dict[str, str]:
    """Hashes of what dbt wrote of its project, of what is there."""
    files = (manifest_path(settings), settings.dbt_target_dir / _PARSED)
    return {path.name: file_sha256(path) for path in files if path.is_file()}


def run_dbt(
    settings: Settings,
    reference_date: str,
    selection: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
    warehouse: Path | None = None,
) -> list[Event]:
    """Build the selected part of the project: seeds, models, tests.

    Args:
        settings: Where project and warehouse are. Nothing else may have the warehouse open.
        reference_date: Day or moment as of which cases are shown, ISO 8601.
        selection: Arguments of `dbt build` that select nodes; none for the whole project.
        progress: Called with the nodes done and the nodes in all.
        warehouse: Another warehouse to build in, in a file of the same name; dbt then leaves its
            own files beside it.

    Returns:
        dbt's own event of every seed, model and test that ended, well or not, in order.

    Raises:
        BuildError: dbt could not start. A model or test that fails is an event, not an error:
            ask `failures`.
    """
    # Whoever assembled the definitions asked this too, but a web server may have done so yesterday;
    # to see that nothing changed takes a hundredth of a second.
    ensure_manifest(settings)
    events: list[Event] = []

    def collect(message: "EventMsg") -> None:
        if message.info.name in _RESULTS:
            from dbt_common.events.functions import msg_to_dict

            event = msg_to_dict(message)
            events.append(event)
            if progress is not None:
                data = event["data"]
                progress(len(events), int(data.get("total") or data.get("num_models") or 0))

    with dbt_variables(settings, reference_date):
        if warehouse is not None:
            os.environ["KWALITEITSMONITOR_WAREHOUSE"] = str(warehouse)
            os.environ["DBT_TARGET_PATH"] = str(warehouse.parent / "target")
        outcome = _invoke(
            ["build", "--no-write-json", *selection], manifest=_parsed(settings), collect=collect
        )
    if outcome.exception is not None:
        raise BuildError(f"dbt stopt: {outcome.exception}") from outcome.exception
    return events


def failures(events: Sequence[Event]) -> list[str]:
    """Names of the nodes that failed, of the events of one run."""
    return [
        str(event["data"]["node_info"]["node_name"])
        for event in events
        if str(event["data"]["node_info"]["node_status"]).lower() in _FAILED
    ]


def _invoke(
    arguments: list[str],
    *,
    manifest: "Manifest | None" = None,
    collect: "Callable[[EventMsg], None] | None" = None,
) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    # The file keeps what went wrong; who waits gets the monitor's own lines.
    quiet = ["--log-level", "none", "--log-level-file", "info"]
    try:
        return dbtRunner(manifest, callbacks=[collect] if collect else None).invoke(
            [*quiet, *arguments]
        )
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _parsed(settings: Settings) -> "Manifest | None":
    """What dbt parsed last; None lets it parse again."""
    from dbt.contracts.graph.manifest import Manifest

    path = settings.dbt_target_dir / _PARSED
    if not path.exists():
        return None
    manifest: Manifest = Manifest.from_msgpack(path.read_bytes())
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def _project_state(settings: Settings) -> dict[str, Any]:
    folders = [settings.dbt_project_dir, settings.seeds_dir, settings.contracts_dir]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        "chain": settings.chain_name,
        "home": str(settings.home),
        "files": sorted([str(path), path.stat().st_mtime_ns] for path in files),
    }
