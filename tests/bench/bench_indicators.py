"""Ten million hand-offs: the monitor beside the same aggregations in hand-written SQL.

Here: both sides on one warehouse, each in processes of its own, and whether their figures are the
same.
Not here: the peer's SQL (`plain_handoffs`, `plain_lead_times`, `plain_counts`) and the warehouse
(`large_chain`).

The monitor's side is whole: every model of a build and every figure and chart, also what the peer
leaves out; each part of the peer says what that is. Only what checks is aside: dbt's tests, and the
second Kaplan-Meier that the estimator is compared with.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from pipelines.build import BuildDates
from pipelines.dbt import Event, failures, run_dbt
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from tests.bench.large_chain import KNOWN_AT, REFERENCE_DATE, write_large_warehouse
from tests.bench.measure import Cost, Measurement, Steps, run_process

ROWS = 10_000_000
TIMES_ALLOWED = 1.5
GIB_ALLOWED = 8
_NO_CHECKS = (
    *("--exclude-resource-type", "test", "--exclude-resource-type", "seed"),
    *("--exclude", "km_crosscheck"),
)
_DATES = BuildDates(REFERENCE_DATE, KNOWN_AT)


def run(rows: int = ROWS) -> Iterator[Measurement]:
    """Measure both sides; yields the figures of the comparison."""
    home = Path(tempfile.mkdtemp(prefix="kwaliteitsmonitor-bench-"))
    try:
        yield from _measure(home, rows)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(home: Path, rows: int) -> Iterator[Measurement]:
    settings = replace(Settings(), home=home)
    print("the warehouse (not timed)", flush=True)
    write_large_warehouse(home, settings, settings.warehouse_path, rows)
    run_dbt(settings, REFERENCE_DATE, ["--resource-type", "seed"])
    print("the monitor", flush=True)
    ours = Steps(_side("models", settings) | _side("figures", settings))
    print("hand-written SQL", flush=True)
    plain = Steps(_side("plain", settings))
    print("whether both say the same (not timed)", flush=True)
    _side("same", settings)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        [(made,)] = connection.execute("select count(*) from marts.fct_handoff").fetchall()
    yield Measurement("hand-off rows", made, "rows")
    yield Measurement("the monitor: processor time", ours.total.processor)
    yield Measurement("hand-written SQL: processor time", plain.total.processor)
    yield Measurement(
        "the monitor beside hand-written SQL, processor time",
        ours.total.processor / plain.total.processor,
        "times",
        TIMES_ALLOWED,
    )
    yield Measurement(
        "the same on the clock", ours.total.wall / plain.total.wall, "times", TIMES_ALLOWED
    )
    yield Measurement(
        "the monitor: most memory of any step", ours.total.peak_gib, "GiB", GIB_ALLOWED
    )
    yield Measurement("hand-written SQL: most memory", plain.total.peak_gib, "GiB")


def _side(name: str, settings: Settings) -> dict[str, Cost]:
    """Run one side in a process of its own; its steps, each with the peak of that process."""
    note = settings.home / f"{name}.json"
    whole = run_process(
        [sys.executable, "-m", "tests.bench.bench_indicators", name, str(settings.home), str(note)]
    )
    costs = {step: Cost(**cost) for step, cost in json.loads(note.read_text()).items()}
    starting = Cost(
        whole.wall - sum(one.wall for one in costs.values()),
        whole.processor - sum(one.processor for one in costs.values()),
    )
    return {
        **{step: replace(one, peak_gib=whole.peak_gib) for step, one in costs.items()},
        f"{name}: starting and ending": starting,
    }


def _models(settings: Settings, steps: Steps) -> None:
    """Every model, as a build runs them but for what only checks."""
    with steps.step("dbt: every model"):
        events = run_dbt(settings, REFERENCE_DATE, list(_NO_CHECKS))
    if failed := failures(events):
        raise RuntimeError(f"dbt: {', '.join(failed)} failed")
    for event in sorted(events, key=_seconds, reverse=True)[:5]:
        name = event["data"]["node_info"]["node_name"]
        print(f"    of which {name:<34}{_seconds(event):8.1f} s on the clock", flush=True)


def _seconds(event: Event) -> float:
    return float(event["data"]["execution_time"])


def _figures(settings: Settings, steps: Steps) -> None:
    """Every figure and chart, as a build makes them."""
    from pipelines.indicators import results

    parts = Steps()
    with ExitStack() as stack, open_warehouse(settings) as connection:
        for name, function in (("lead times", "lead_time_figures"), ("charts", "signals_of")):
            stack.enter_context(_stepped(parts, f"of which {name}", results, function))
        with steps.step("figures and charts of all indicators"):
            results.compute_results(connection, settings, _DATES)


def _stepped(steps: Steps, step: str, owner: Any, attribute: str) -> Any:
    """Measure every call of a function of a module."""
    original: Callable[..., Any] = getattr(owner, attribute)

    def measured(*arguments: Any, **named: Any) -> Any:
        with steps.step(step):
            return original(*arguments, **named)

    return patch.object(owner, attribute, measured)


def _plain(settings: Settings, steps: Steps) -> None:
    """The peer."""
    from tests.bench import plain_counts, plain_lead_times
    from tests.bench.plain_handoffs import Plain

    with open_warehouse(settings) as connection:
        # As dbt's profile has it: neither side compresses what it writes.
        connection.execute("set force_compression = 'uncompressed'")
        plain = Plain(connection, REFERENCE_DATE)
        for name, write in (
            ("hand-offs", plain.handoffs),
            ("reconciliation", plain.reconciliation),
            ("lead times", partial(plain_lead_times.lead_times, plain)),
            ("counted indicators", partial(plain_counts.counts, plain)),
            ("incidence", partial(plain_counts.incidence.write, plain)),
            ("charts", partial(plain_lead_times.charts.write, plain)),
        ):
            with steps.step(name):
                write()


def _same(settings: Settings, steps: Steps) -> None:
    """Whether both sides say the same; no part of either."""
    from tests.bench.same_counts import check_counts
    from tests.bench.same_figures import check_same

    with steps.step("comparison"), open_warehouse(settings) as connection:
        for line in chain(check_same(connection), check_counts(connection)):
            print(f"  {line}", flush=True)


_SIDES = {
    "models": _models,
    "figures": _figures,
    "plain": _plain,
    "same": _same,
}


def main() -> None:
    """One side, as asked by `_side`; without arguments both, of a size that may be named."""
    if len(sys.argv) <= 2:
        for measurement in run(int(sys.argv[1]) if sys.argv[1:] else ROWS):
            print(measurement, flush=True)
        return
    name, home, note = sys.argv[1:]
    steps = Steps()
    _SIDES[name](replace(Settings(), home=Path(home)), steps)
    costs = {step: asdict(cost) for step, cost in steps.costs.items()}
    Path(note).write_text(json.dumps(costs), encoding="utf-8")


if __name__ == "__main__":
    main()
