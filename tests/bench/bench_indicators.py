"""Ten million hand-offs: the monitor whole, and some of its figures beside hand-written SQL.

Here: both sides on one warehouse, each in processes of its own, and whether their figures are the
same.
Not here: which figures and the peer's SQL (`plain`), and the warehouse (`large_chain`).

The monitor is run twice. Whole: every model of a build, every figure and chart, beside no peer.
Then for the peer's figures alone, from the delivered tables on: the marts under them, with the
peer's hand-offs only, and what counts and estimates them. Only dbt's tests are aside.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from pipelines.build import BuildDates
from pipelines.dbt import Event, failures, run_dbt
from pipelines.settings import Settings
from pipelines.warehouse import manifest_path, open_warehouse
from tests.bench.large_chain import KNOWN_AT, REFERENCE_DATE, write_large_warehouse
from tests.bench.measure import Cost, Measurement, Steps, StoppedError, run_process
from tests.bench.plain import (
    COUNTED,
    HANDOFFS,
    MARTS,
    Plain,
    counts,
    handoffs,
    lead_times,
)

ROWS = 10_000_000
TIMES_ALLOWED = 1.5
GIB_ALLOWED = 8
_NO_CHECKS = ("--exclude-resource-type", "test", "--exclude-resource-type", "seed")
_REGISTER = "model.kwaliteitsmonitor.dim_indicator"
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
    print("the monitor, whole", flush=True)
    whole = Steps(costs=side("models", settings) | side("figures", settings))
    print("hand-written SQL, some figures", flush=True)
    plain = Steps(costs=side("plain", settings))
    print("whether both say the same (not timed)", flush=True)
    side("same", settings)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        [(made,)] = connection.execute("select count(*) from marts.fct_handoff").fetchall()
    # Last: it leaves the marts with a few hand-offs.
    print("the monitor, the same figures", flush=True)
    ours = Steps(costs=side("few", settings))
    yield Measurement("hand-off rows", made, "rows")
    yield Measurement("the monitor, whole: processor time", whole.total.processor)
    yield Measurement("the monitor, whole: on the clock", whole.total.wall)
    yield Measurement(
        "the monitor, whole: most memory of any step", whole.total.peak_gib, "GiB", GIB_ALLOWED
    )
    yield Measurement("the monitor, some figures: processor time", ours.total.processor)
    yield Measurement("hand-written SQL, some figures: processor time", plain.total.processor)
    yield Measurement(
        "the monitor beside hand-written SQL, processor time",
        ours.total.processor / plain.total.processor,
        "times",
        TIMES_ALLOWED,
    )
    yield Measurement(
        "the same on the clock", ours.total.wall / plain.total.wall, "times", TIMES_ALLOWED
    )
    yield Measurement("hand-written SQL: most memory", plain.total.peak_gib, "GiB")


def side(name: str, settings: Settings) -> dict[str, Cost]:
    """Run one side in a process of its own; its steps, each with the peak of that process."""
    note = settings.home / f"{name}.json"
    whole = run_process(
        [sys.executable, "-m", "tests.bench.bench_indicators", name, str(settings.home), str(note)]
    )
    costs = {step: Cost(**cost) for step, cost in json.loads(note.read_text()).items()}
    starting = Cost(
        whole.wall - sum(cost.wall for cost in costs.values()),
        whole.processor - sum(cost.processor for cost in costs.values()),
    )
    return {
        **{step: replace(cost, peak_gib=whole.peak_gib) for step, cost in costs.items()},
        f"{name}: starting and ending": starting,
    }


def _models(settings: Settings, steps: Steps) -> None:
    """Every model, as a build runs them but for what only checks."""
    with steps.step("dbt: every model"):
        events = run_dbt(settings, REFERENCE_DATE, list(_NO_CHECKS))
    if failed := failures(events):
        raise StoppedError(f"dbt: {', '.join(failed)} failed")
    for event in sorted(events, key=_seconds, reverse=True)[:5]:
        name = event["data"]["node_info"]["node_name"]
        print(f"    of which {name:<34}{_seconds(event):8.1f} s on the clock", flush=True)


def _seconds(event: Event) -> float:
    return float(event["data"]["execution_time"])


def _figures(settings: Settings, steps: Steps) -> None:
    """Every figure and chart, as a build makes them."""
    from pipelines.indicators import results
    from pipelines.signals import charted

    parts = Steps()
    with ExitStack() as stack, open_warehouse(settings) as connection:
        for name, owner, function in (
            ("lead times", results, "lead_time_figures"),
            ("charts", charted, "signals_of"),
        ):
            stack.enter_context(_stepped(parts, f"of which {name}", owner, function))
        with steps.step("figures and charts of all indicators"):
            register, figures = results.compute_results(connection, settings, _DATES)
            charted.chart_results(connection, register, figures, _DATES.day)


def _stepped(steps: Steps, step: str, owner: Any, attribute: str) -> Any:
    """Measure every call of a function of a module."""
    original: Callable[..., Any] = getattr(owner, attribute)

    def measured(*arguments: Any, **named: Any) -> Any:
        with steps.step(step):
            return original(*arguments, **named)

    return patch.object(owner, attribute, measured)


def _few(settings: Settings, steps: Steps) -> None:
    """The peer's figures as a build makes them: their marts, their counts, their estimates.

    The themes of evaluations, which are few, come along.
    """
    from pipelines import dbt
    from pipelines.indicators import results
    from pipelines.indicators.followed import read_followed
    from pipelines.indicators.inputs import feeding_tables

    dbt.ensure_manifest(settings)
    register = dbt._parsed(settings)
    of_register = register.nodes[_REGISTER].config.meta["indicators"]
    of_register[:] = [entry for entry in of_register if entry["id"] in COUNTED]
    register.build_flat_graph()
    with open_warehouse(settings) as connection:
        connection.execute(f"delete from marts.dim_handoff where handoff_id not in {HANDOFFS}")
    selection = ["--select", *(f"+{mart}" for mart in MARTS), "indicator_counts"]
    selection += ["--exclude", "dim_handoff", "dim_indicator", *_NO_CHECKS]
    with steps.step("dbt: their models"), patch.object(dbt, "_parsed", lambda _: register):
        events = dbt.run_dbt(settings, REFERENCE_DATE, selection)
    if failed := failures(events):
        raise StoppedError(f"dbt: {', '.join(failed)} failed")
    with open_warehouse(settings) as connection, steps.step("their figures"):
        entries = results.read_register(connection, settings, _DATES)
        feeding = feeding_tables(connection, entries, manifest_path(settings))
        followed = read_followed(connection, entries, feeding, _DATES.day)
        results.all_figures(connection, entries, followed, _DATES)


def _plain(settings: Settings, steps: Steps) -> None:
    """The peer."""
    with open_warehouse(settings) as connection:
        # As dbt's profile has it: neither side compresses what it writes.
        connection.execute("set force_compression = 'uncompressed'")
        plain = Plain(connection, REFERENCE_DATE)
        for name, chapter in (
            ("hand-offs", handoffs),
            ("lead times", lead_times),
            ("counts", counts),
        ):
            with steps.step(name):
                chapter.write(plain)


def _same(settings: Settings, steps: Steps) -> None:
    """Whether both sides say the same; no part of either."""
    from tests.bench.plain.same import check_same

    with steps.step("comparison"), open_warehouse(settings) as connection:
        for line in check_same(connection):
            print(f"  {line}", flush=True)


_SIDES = {
    "models": _models,
    "figures": _figures,
    "plain": _plain,
    "same": _same,
    "few": _few,
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
