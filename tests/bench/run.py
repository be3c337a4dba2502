"""`make bench`: times of the whole road, and ratios against a plain peer in the same run.

    make bench                      everything
    make bench BENCH="intake pm4py" only these

Here: the parts, and how their figures are printed.
Not here: any assertion. A time depends on the machine; only the printed figure counts. Processor
time is printed beside the clock, since it depends least on what else the machine does.
"""

import importlib
import sys
import time

from tests.bench.measure import StoppedError

# In the order they run; each is a module with `run`, which gives its figures one by one.
PARTS = {
    "pipeline": "the whole pipeline on the demo chain, and one new delivery",
    "intake": "a million rows through the door in, beside DuckDB without checks",
    "indicators": "ten million hand-offs, beside hand-written SQL",
    "pm4py": "lead times of a million cases, beside PM4Py",
}


def main() -> int:
    """Run the named parts, or all."""
    names = sys.argv[1:] or list(PARTS)
    if unknown := sorted(set(names) - set(PARTS)):
        print(f"no benchmark {', '.join(unknown)}; choose from {', '.join(PARTS)}", file=sys.stderr)
        return 2
    stopped = []
    for name in names:
        print(f"\n{name}: {PARTS[name]}", flush=True)
        start = time.monotonic()
        try:
            for measurement in importlib.import_module(f"tests.bench.bench_{name}").run():
                print(measurement, flush=True)
        except StoppedError as error:
            stopped.append(name)
            print(f"{name} stopped: {error}", flush=True)
        print(f"({name} took {(time.monotonic() - start) / 60:.1f} minutes)", flush=True)
    if stopped:
        print(f"\nnot measured to the end: {', '.join(stopped)}", flush=True)
    return 1 if stopped else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped; what was printed holds, nothing is left behind", flush=True)
        sys.exit(130)
