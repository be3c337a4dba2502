"""`make bench`: times of the whole road, and ratios against plain DuckDB in the same run.

Here: what is timed and how it is printed.
Not here: any assertion. A time depends on the machine; only the printed figure counts.
"""

import importlib
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipelines.run import run_all
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate

# What the issue asks for, in seconds, on two cores.
WHOLE_LIMIT, ONE_DELIVERY_LIMIT = 120, 30
ONE_DELIVERY = "om_intake_2026-10-31_v1.csv"


@contextmanager
def timed(name: str, limit: float | None = None) -> Iterator[None]:
    """Time a block and print it beside its limit."""
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    beside = f"  (at most {limit:.0f} s asked)" if limit else ""
    print(f"{name:<58}{seconds:8.1f} s{beside}", flush=True)


def whole_pipeline(home: Path) -> None:
    """The demo chain: simulate, everything but one delivery, then that delivery, then nothing."""
    settings = replace(Settings(), home=home)
    with timed("simulate the demo chain"):
        simulate(SimulationConfig(), settings.contracts_dir, settings.inbox_dir, home / "ledger")
    held_back = home / ONE_DELIVERY
    shutil.move(settings.inbox_dir / ONE_DELIVERY, held_back)
    n_files = sum(1 for _ in settings.inbox_dir.iterdir())
    with timed(f"whole pipeline, {n_files} files in one run", WHOLE_LIMIT):
        run_all(settings)
    shutil.move(held_back, settings.inbox_dir / ONE_DELIVERY)
    with timed("one new monthly delivery", ONE_DELIVERY_LIMIT):
        run_all(settings)
    with timed("nothing new"):
        run_all(settings)


def main() -> int:
    """Run every benchmark; those of other files join when they are there."""
    home = Path(tempfile.mkdtemp(prefix="kwaliteitsmonitor-bench-"))
    try:
        whole_pipeline(home)
        for name in ("bench_intake", "bench_indicators"):
            try:
                run: Callable[[], object] = importlib.import_module(f"tests.bench.{name}").run
            except ModuleNotFoundError:
                continue
            print(f"\n{name}")
            for measurement in run():  # type: ignore[attr-defined]
                print(measurement)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
