"""The whole road: the demo chain in one run, one new monthly delivery, and nothing new.

Here: what is timed. Not here: what the pipeline does.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from pipelines.road import walk
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate
from tests.bench.measure import Measurement

# What is asked, in seconds, on two cores.
WHOLE_LIMIT, ONE_DELIVERY_LIMIT = 120, 30
ONE_DELIVERY = "om_intake_2026-10-31_v1.csv"


def run() -> Iterator[Measurement]:
    """Measure the road, in a home of its own."""
    home = Path(tempfile.mkdtemp(prefix="kwaliteitsmonitor-bench-"))
    try:
        yield from _measure(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(home: Path) -> Iterator[Measurement]:
    settings = replace(Settings(), home=home)
    yield _timed(
        "simulate the demo chain",
        lambda: simulate(
            SimulationConfig(), settings.contracts_dir, settings.inbox_dir, home / "ledger"
        ),
    )
    held_back = home / ONE_DELIVERY
    shutil.move(settings.inbox_dir / ONE_DELIVERY, held_back)
    n_files = sum(1 for _ in settings.inbox_dir.iterdir())
    yield _timed(
        f"whole pipeline, {n_files} files in one run", lambda: walk.run(settings), WHOLE_LIMIT
    )
    shutil.move(held_back, settings.inbox_dir / ONE_DELIVERY)
    yield _timed("one new monthly delivery", lambda: walk.run(settings), ONE_DELIVERY_LIMIT)
    yield _timed("nothing new", lambda: walk.run(settings))


def _timed(name: str, work: Callable[[], object], limit: float | None = None) -> Measurement:
    start = time.monotonic()
    work()
    return Measurement(name, time.monotonic() - start, limit=limit)
