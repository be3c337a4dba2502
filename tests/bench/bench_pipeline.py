"""The whole road from the shell: the demo chain in one run, one new delivery, and nothing new.

Here: what is timed, imports and start-up included. Not here: what the pipeline does.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipelines.settings import Settings
from tests.bench.measure import Measurement, run_process

# What is asked, in seconds, on two cores.
WHOLE_LIMIT = 120
# One new monthly delivery, as a part of the whole pipeline in the same run: of a table that feeds
# one hand-off, and of one that feeds six and most marts.
DELIVERIES = {
    "kmar_signaal_2026-10-31_v1.csv": ("one delivery that feeds one hand-off", 0.15),
    "om_intake_2026-10-31_v1.csv": ("one delivery of the widest table", 0.25),
}
_COMMAND = Path(sys.executable).with_name("kwaliteitsmonitor")


def run() -> Iterator[Measurement]:
    """Measure the road, in a home of its own."""
    home = Path(tempfile.mkdtemp(prefix="kwaliteitsmonitor-bench-"))
    try:
        yield from _measure(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(home: Path) -> Iterator[Measurement]:
    settings = replace(Settings(), home=home)
    yield from _timed("simulate the demo chain", home, "simulate")
    held_back = home / "held_back"
    held_back.mkdir()
    for name in DELIVERIES:
        shutil.move(settings.inbox_dir / name, held_back / name)
    n_files = sum(1 for _ in settings.inbox_dir.iterdir())
    whole, processor = _timed(
        f"whole pipeline, {n_files} files in one run", home, "run", limit=WHOLE_LIMIT
    )
    yield from (whole, processor)
    for name, (what, limit) in DELIVERIES.items():
        shutil.move(held_back / name, settings.inbox_dir / name)
        for cost, of_whole in zip(_timed(what, home, "run"), (whole, processor), strict=True):
            yield cost
            yield Measurement(f"{cost.name}, of the whole", cost.value / of_whole.value, "", limit)
    yield from _timed("nothing new", home, "run")


def _timed(
    what: str, home: Path, command: str, limit: float | None = None
) -> tuple[Measurement, Measurement]:
    """Time on the clock, and of the processor, of a command."""
    environment = {**os.environ, "KWALITEITSMONITOR_HOME": str(home)}
    cost = run_process([str(_COMMAND), command], environment)
    return (
        Measurement(what, cost.wall, limit=limit),
        Measurement(f"{what}, processor", cost.processor),
    )
