"""`make bench-scale`: the whole road at 1, 10, 100 and 1,000 times the national volume.

    make bench-scale                        every size that an hour allows
    make bench-scale SCALE="1 10"           these sizes
    make bench-scale SCALE="100 --minutes 240 --folder /ruim"

Here: sizes and order, what is kept of a measurement, and the table in `pipelines/SCALE.md`.
Not here: the deliveries (`scale_chain`), and what a stage does (`scale_stages`).

The national volume is that of the demo chain: 4,000 reports of a threat and 400 persons put forward
a year (`Volumes` of the simulation), over 58 months. Every size delivers the last state of each
table, so that sizes can be compared; what 23 months of deliveries cost is measured by `make bench`.

May be interrupted and started again: a stage that was measured is not measured again, and a size
that is whole leaves nothing but its figures. (Cut short in *one delivery*, a size asks for
`--again`: that file comes once.) Processor time is what is compared: it hardly depends
on what else the machine does. The growth of a stage is the exponent of its processor time in the
size, from one size to the next: 1 is twice the work for twice the chain.
"""

import argparse
import json
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench import bench_indicators, scale_stages
from tests.bench.measure import Cost, StoppedError, run_process
from tests.bench.scale_chain import chain_folder, settings_of, write_deliveries, write_demo

SIZES = (1, 10, 100, 1000)
MINUTES = 60
# The monitor and its peer, on the bench's ten entries: the last, since the marts are left with few.
_PLAIN, _FEW = "plain: ten entries", "ten entries"
BESIDE = {
    "intake": "plain: intake",
    "current state": "plain: current state",
    _FEW: _PLAIN,
}
_ORDER = (
    "plain: intake", "intake", "current state", "plain: current state", "dbt", "estimators",
    "publications and doors", "dashboards", "one delivery", _PLAIN, _FEW,
)  # fmt: skip
_ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).with_suffix(".json")
PAGE = _ROOT / "pipelines" / "SCALE.md"
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->\n"

Figures = dict[str, Any]


class NoRoomError(Exception):
    """The time or the disk that was given is used, or would be by the next stage."""


def measure(folder: Path, copies: int, deadline: float) -> None:
    """Measure what was not measured yet of a size, and keep it as it comes.

    Raises:
        NoRoomError: The next stage would end after the deadline, or fill the disk; what was
            measured is kept.
    """
    settings = settings_of(folder, folder / f"{copies}x")
    if set(_ORDER) <= set(_kept(copies)["stages"]):
        print(f"{copies}×: measured before", flush=True)
        return
    needed, free = _room_for(copies), shutil.disk_usage(folder).free / 2**20
    if needed > free:
        raise NoRoomError(
            f"{copies}× takes some {needed / 1024:.0f} GiB of disk and {free / 1024:.0f} are left; "
            "name a folder with more by --folder"
        )
    if "intake" not in _kept(copies)["stages"]:
        # Cut short, it would find fewer files than there were.
        shutil.rmtree(settings.home, ignore_errors=True)
    settings.home.mkdir(exist_ok=True)
    ready = settings.home / "delivered"
    if not ready.exists():
        print(f"{copies}×: writing the deliveries (not timed)", flush=True)
        shutil.rmtree(settings.inbox_dir, ignore_errors=True)
        rows = write_deliveries(write_demo(folder / "demo"), settings, copies)
        # Measurements of deliveries that are gone are no measurements of these.
        _keep(copies, {"rows": rows, "stages": {}})
        ready.touch()
    for stage in _ORDER:
        if stage in _kept(copies)["stages"]:
            continue
        if time.monotonic() + _expected(copies, stage) > deadline:
            raise NoRoomError(f"{copies}×, before {stage}")
        print(f"{copies}×: {stage}", flush=True)
        before = _bytes_in(settings.home)
        cost = _cost(folder, settings.home, stage)
        print(f"  {cost}", flush=True)
        figures = _kept(copies)
        figures["stages"][stage] = {
            **asdict(cost),
            "disk_mib": max(0, _bytes_in(settings.home) - before) / 2**20,
        }
        _keep(copies, figures)
    shutil.rmtree(settings.home)


def _cost(folder: Path, home: Path, stage: str) -> Cost:
    if stage in {_FEW, _PLAIN}:
        settings = settings_of(folder, home)
        name = {_FEW: "few", _PLAIN: "plain"}[stage]
        return sum(bench_indicators.side(name, settings).values(), Cost())
    note = home / "cost.json"
    whole = run_process(
        [sys.executable, "-m", scale_stages.__name__, stage, str(folder), str(home), str(note)]
    )
    [told] = [Cost(**cost) for cost in json.loads(note.read_text(encoding="utf-8")).values()]
    if stage == "dashboards":
        return told
    return whole


def _expected(copies: int, stage: str) -> float:
    """Seconds that a stage takes at least: those of the processor, on."""
    return _continued(copies, stage, "processor")


def _room_for(copies: int) -> float:
    """MiB of disk that all stages take together, if they go on growing as they did."""
    return sum(_continued(copies, stage, "disk_mib") for stage in _ORDER)


def _continued(copies: int, stage: str, name: str) -> float:
    """What a stage takes at a size, on the line through the two sizes that were measured before."""
    known = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    sizes = [
        size
        for size in sorted(map(int, known))
        if size < copies and stage in known[str(size)]["stages"]
    ]
    if not sizes:
        return 0.0
    spent = {size: float(known[str(size)]["stages"][stage][name]) for size in sizes}
    last, before = sizes[-1], sizes[-2] if len(sizes) > 1 else 0
    slope = (spent[last] - spent.get(before, 0.0)) / (last - before)
    return spent[last] + max(0.0, slope) * (copies - last)


def _kept(copies: int) -> Figures:
    """What is kept of a size."""
    known = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return dict(known.get(str(copies), {"stages": {}}))


def _keep(copies: int, figures: Figures) -> None:
    known = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    known[str(copies)] = figures
    ordered = {size: known[size] for size in sorted(known, key=int)}
    KEPT.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def growth(known: Mapping[int, Figures], stage: str) -> dict[int, float]:
    """Exponent of the processor time of a stage, by the size it grew to."""
    sizes = [size for size in sorted(known) if stage in known[size]["stages"]]
    spent = {size: known[size]["stages"][stage]["processor"] for size in sizes}
    return {
        large: math.log(spent[large] / spent[small]) / math.log(large / small)
        for small, large in pairwise(sizes)
    }


def table(known: Mapping[int, Figures]) -> Iterator[str]:
    """The lines of the table, in Markdown."""
    yield "| stage | size | processor (s) | clock (s) | memory (GiB) | disk (MiB) | growth |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for stage in _ORDER:
        grew = growth(known, stage)
        for size in sorted(known):
            cost = known[size]["stages"].get(stage)
            if cost:
                exponent = f"{grew[size]:.2f}" if size in grew else ""
                yield (
                    f"| {stage} | {size:,}× | {cost['processor']:.1f} | {cost['wall']:.1f} "
                    f"| {cost['peak_gib']:.1f} | {cost['disk_mib']:.0f} | {exponent} |"
                )
    yield ""
    yield from _beside(known)


def _beside(known: Mapping[int, Figures]) -> Iterator[str]:
    """Each stage beside plain DuckDB: the ratio as it is, and without what it takes at 1×."""
    yield "| beside plain DuckDB | size | ratio | ratio of what is more than at 1× |"
    yield "|---|---:|---:|---:|"
    for stage, peer in BESIDE.items():
        for size in sorted(known):
            found = known[size]["stages"]
            if stage not in found or peer not in found:
                continue
            ours, theirs = found[stage]["processor"], found[peer]["processor"]
            more = ""
            if size > 1 and {stage, peer} <= set(known.get(1, {"stages": {}})["stages"]):
                least = known[1]["stages"]
                rest = theirs - least[peer]["processor"]
                more = f"{(ours - least[stage]['processor']) / rest:.1f}" if rest > 0 else ""
            yield f"| {stage} | {size:,}× | {ours / theirs:.1f} | {more} |"


def write_page() -> None:
    """Put the table in the page, in place of the one that was there."""
    known = {
        int(size): figures for size, figures in json.loads(KEPT.read_text(encoding="utf-8")).items()
    }
    rows = ", ".join(f"{size:,}× is {figures['rows']:,} rows" for size, figures in known.items())
    largest = max(known)
    reached = "" if largest == SIZES[-1] else f" The largest size reached is {largest:,}×."
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    lines = "\n".join([f"Delivered: {rows}.{reached}", "", *table(known)])
    PAGE.write_text(f"{before}{_BEGIN}\n{lines}\n\n{_END}{after}", encoding="utf-8")


def main() -> int:
    """Measure the sizes that are asked, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--again", action="store_true", help="forget what was measured before")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "kwaliteitsmonitor-scale"
    )
    asked = parser.parse_args()
    deadline = time.monotonic() + 60 * asked.minutes
    asked.folder.mkdir(parents=True, exist_ok=True)
    chain_folder(asked.folder)
    if asked.again:
        for size in asked.sizes:
            shutil.rmtree(asked.folder / f"{size}x", ignore_errors=True)
            _keep(size, {"rows": 0, "stages": {}})
    try:
        for size in sorted(asked.sizes):
            measure(asked.folder, size, deadline)
            write_page()
    except NoRoomError as stopped:
        print(f"no room: {stopped}; the same command goes on where this one stopped")
        write_page()
    except StoppedError as stopped:
        print(f"stopped: {stopped}; the same command begins with that stage", flush=True)
        write_page()
        return 1
    print(PAGE.read_text(encoding="utf-8").split(_BEGIN)[1].split(_END)[0])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on where this one stopped", flush=True)
        sys.exit(130)
