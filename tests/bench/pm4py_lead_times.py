"""Lead times as PM4Py computes them, run by the Python of its own environment.

    python pm4py_lead_times.py LOG.parquet PAIRS.json NOTE.json

Here: three ways PM4Py has. Filtering between two activities is its way to the lead times of one
hand-off; a temporal profile gives mean and spread of all pairs at once; a performance graph gives
times between neighbours only.
Not here: the monitor. PM4Py is under the AGPL, so nothing of the product imports this or it.
"""

import json
import resource
import statistics
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
import pm4py

warnings.filterwarnings("ignore")


def used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    log_path, pairs_path, note_path = map(Path, sys.argv[1:])
    pairs: dict[str, tuple[str, str]] = json.loads(pairs_path.read_text(encoding="utf-8"))
    log = pm4py.format_dataframe(pd.read_parquet(log_path), timestamp_key="time:timestamp")
    costs: dict[str, dict[str, float]] = {}
    medians: dict[str, float] = {}

    def measured(name, work):
        start, before = time.monotonic(), used()
        found = work()
        costs[name] = {"wall": time.monotonic() - start, "processor": used() - before}
        print(f"  {name:<44}{costs[name]['processor']:8.1f} s of processor", flush=True)
        return found

    def between():
        for handoff, (first, last) in pairs.items():
            durations = pm4py.get_all_case_durations(pm4py.filter_between(log, first, last))
            medians[handoff] = statistics.median(durations)

    measured("PM4Py: between two activities, each hand-off", between)
    measured(
        "PM4Py: temporal profile (mean of every pair)", lambda: pm4py.discover_temporal_profile(log)
    )
    measured(
        "PM4Py: performance graph (neighbours only)", lambda: pm4py.discover_performance_dfg(log)
    )
    note_path.write_text(json.dumps({"costs": costs, "medians": medians}), encoding="utf-8")


main()
