"""Lead times per hand-off beside PM4Py, on one event log of a million cases.

Here: the log, the monitor on it as on any chain that delivers event logs, and the comparison.
Not here: PM4Py itself, which runs in an environment of its own (`make bench-env`) and is left out
with a message where that is absent.
"""

import csv
import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from pipelines.dbt import failures, run_dbt
from pipelines.settings import Settings
from pipelines.statistics.survival import GroupedSurvival, kaplan_meier_by_group
from tests.bench.measure import Cost, Measurement, Steps, StoppedError, run_process
from tests.warehouse.conftest import OTHER_TABLES

CASES = 1_000_000
TIMES_FASTER = 20
PEER = Path(__file__).resolve().parents[2] / ".venv-bench" / "bin" / "python"
CHAIN = Path(__file__).resolve().parents[1] / "chains" / "bpi2013"
REFERENCE_DATE = "2027-12-31"
ACTIVITIES = (
    "reported",
    "known",
    "weighed",
    "sent",
    "received",
    "judged",
    "judgment received",
    "dossier sent",
)
# Each activity to the next, and some that are not neighbours.
HANDOFFS = {f"H{at}": (at, at + 1) for at in range(len(ACTIVITIES) - 1)} | {
    "H7": (0, 3),
    "H8": (3, 5),
    "H9": (3, 7),
}
_SECONDS = 1e-3
_ROWS = "dbt: hand-offs out of the log"
# What PM4Py has: lead times of completed cases only.
_COMPLETED = "median of each hand-off's completed cases"
# What the monitor publishes, for which PM4Py has no counterpart.
_CENSORED = "median and interval of each hand-off, open cases counted"


def run(cases: int = CASES) -> Iterator[Measurement]:
    """Measure both sides; yields the figures of the comparison."""
    home = Path(tempfile.mkdtemp(prefix="kwaliteitsmonitor-bench-"))
    try:
        yield from _measure(home, cases)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(home: Path, cases: int) -> Iterator[Measurement]:
    log, pairs = home / "log.parquet", home / "pairs.json"
    settings = replace(Settings(), home=home, chain=_write_chain(home / "chain"))
    named = {key: (ACTIVITIES[a], ACTIVITIES[b]) for key, (a, b) in HANDOFFS.items()}
    pairs.write_text(json.dumps(named), encoding="utf-8")
    print("the log (not timed)", flush=True)
    events = _write_log(log, cases)
    _load(settings, log)
    print("the monitor", flush=True)
    note = home / "ours.json"
    run_process([sys.executable, "-m", "tests.bench.bench_pm4py", str(home), str(note)])
    ours = json.loads(note.read_text(encoding="utf-8"))
    costs = {name: Cost(**cost) for name, cost in ours["costs"].items()}
    yield Measurement(f"events of {cases} cases, {len(HANDOFFS)} hand-offs", events, "events")
    for name, cost in costs.items():
        yield Measurement(f"the monitor: {name}", cost.processor)
    if not PEER.exists():
        print("PM4Py is not there to compare with; 'make bench-env' installs it apart", flush=True)
        return
    print("PM4Py", flush=True)
    note = home / "pm4py.json"
    script = Path(__file__).with_name("pm4py_lead_times.py")
    run_process([str(PEER), str(script), str(log), str(pairs), str(note)])
    theirs = json.loads(note.read_text(encoding="utf-8"))
    for handoff, seconds in theirs["medians"].items():
        days = ours["medians"][handoff]
        if abs(days * 86400 - seconds) > _SECONDS:
            raise StoppedError(f"{handoff}: median {days} days here, {seconds / 86400} of PM4Py")
    for name, cost in theirs["costs"].items():
        for ours_too, against, limit in (
            (costs[_COMPLETED], _COMPLETED, TIMES_FASTER),
            (costs[_CENSORED], _CENSORED, None),
            (costs[_CENSORED] + costs[_ROWS], "the same, and making the hand-offs", None),
        ):
            times = cost["processor"] / ours_too.processor
            yield Measurement(f"{name} against {against}", times, "times", limit, is_least=True)


def _write_log(path: Path, cases: int) -> int:
    """Cases that go through the activities in order; at each some do not come further."""
    generator = np.random.default_rng(1)
    steps = len(ACTIVITIES)
    waits = generator.lognormal(0.2 * np.arange(steps), 1.0, (cases, steps)) * 86400
    moments = waits.cumsum(axis=1) + generator.integers(0, 4 * 365 * 86400, (cases, 1))
    reached = (generator.random((cases, steps)) < 0.93).cumprod(axis=1)
    reached[:, 0] = 1
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create table log (activity varchar, second double, case_number bigint)")
        for at, activity in enumerate(ACTIVITIES):
            here = np.flatnonzero(reached[:, at])
            part = pd.DataFrame({"second": moments[here, at], "case_number": here})
            connection.register("part", part)
            connection.execute(
                f"insert into log select '{activity}', second, case_number from part"
            )
            connection.unregister("part")
        connection.execute(
            f"""
            copy (
                select 'z1_' || lpad(case_number::varchar, 26, 'a') as "case:concept:name",
                    activity as "concept:name",
                    timestamptz '2022-01-01 00:00:00+00' + to_microseconds((second * 1e6)::bigint)
                        as "time:timestamp"
                from log order by case_number, second
            ) to '{path}' (format parquet)
            """
        )
        [(events,)] = connection.execute("select count(*) from log").fetchall()
    return int(events)


def _write_chain(folder: Path) -> Path:
    """The event-log chain of the tests, with these milestones and hand-offs instead."""
    shutil.copytree(CHAIN, folder)
    seeds = folder / "seeds"
    milestones, handoffs = (_rows(seeds / f"{name}.csv") for name in ("milestones", "handoffs"))
    _write(
        seeds / "milestones.csv",
        [
            {**milestones[0], "milestone": activity.replace(" ", "_"), "column_name": activity}
            for activity in ACTIVITIES
        ],
    )
    plain = next(handoff for handoff in handoffs if not handoff["competing_milestone"])
    _write(
        seeds / "handoffs.csv",
        [
            {
                **plain,
                "handoff_id": handoff,
                "label_nl": handoff,
                "label_en": handoff,
                "start_milestone": ACTIVITIES[start].replace(" ", "_"),
                "stop_milestone": ACTIVITIES[stop].replace(" ", "_"),
            }
            for handoff, (start, stop) in HANDOFFS.items()
        ],
    )
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _load(settings: Settings, log: Path) -> None:
    """The log in `raw`, as a delivery would leave it there."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw")
        for statement in OTHER_TABLES:
            connection.execute(statement)
        connection.execute(
            f"create table raw.build as select '{REFERENCE_DATE}' as reference_date, "
            "'Europe/Amsterdam' as timezone"
        )
        connection.execute(
            f"""
            insert into raw.event_log by name
            select 'volvo_it' as organisation, 'incidents' as table_name,
                "case:concept:name" as case_key, "concept:name" as activity,
                replace("concept:name", ' ', '_') as milestone, "time:timestamp" as happened_at,
                happened_at as happened_at_latest
            from '{log}'
            """
        )
    # Of a library, about seeds that are empty in this chain.
    warnings.filterwarnings("ignore", module="agate")
    if failed := failures(run_dbt(settings, REFERENCE_DATE, ["--resource-type", "seed"])):
        raise StoppedError(f"dbt: {', '.join(failed)} failed")


def _ours(settings: Settings, note: Path) -> None:
    steps = Steps()
    selection = ["--exclude-resource-type", "test", "--exclude-resource-type", "seed"]
    with steps.step(_ROWS):
        events = run_dbt(settings, REFERENCE_DATE, [*selection, "--select", "+fct_handoff"])
    if failed := failures(events):
        raise StoppedError(f"dbt: {', '.join(failed)} failed")
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        with steps.step(_CENSORED):
            _medians(connection)
        # Also shows whether both speak of the same.
        with steps.step(_COMPLETED):
            medians = dict(
                connection.execute(
                    "select handoff_id, median(duration) from marts.fct_handoff "
                    "where status = 'completed' group by all"
                ).fetchall()
            )
    costs = {name: asdict(cost) for name, cost in steps.costs.items()}
    note.write_text(json.dumps({"costs": costs, "medians": medians}), encoding="utf-8")


def _medians(connection: duckdb.DuckDBPyConnection) -> GroupedSurvival:
    """Median of each hand-off over the whole log, open cases counted, with its interval."""
    names = ", ".join(f"'{handoff}'" for handoff in sorted(HANDOFFS))
    rows = connection.execute(
        f"""
        select enum_code(handoff_id::enum({names})) as handoff, duration,
            status = 'completed' as is_completed
        from marts.fct_handoff where status in ('completed', 'open') order by 1, 2
        """
    ).fetchnumpy()
    return kaplan_meier_by_group(
        rows["duration"], rows["is_completed"], rows["handoff"], len(HANDOFFS)
    )


def main() -> None:
    """One side, as asked by `_measure`; with at most a number of cases, both."""
    if len(sys.argv) <= 2:
        for measurement in run(int(sys.argv[1]) if sys.argv[1:] else CASES):
            print(measurement, flush=True)
        return
    home, note = map(Path, sys.argv[1:])
    _ours(replace(Settings(), home=home, chain=home / "chain"), note)


if __name__ == "__main__":
    main()
