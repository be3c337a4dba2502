"""`make mutate`: small mistakes made on purpose in three packages; how many do the tests see?

    make mutate                                  a sample of each package
    make mutate MUTATE="disclosure --sample 0"   every mutant of one

Here: which tests are asked about which package, a seeded sample, and what survived.
Not here: making mutants and running tests on them (mutmut), and any assertion.

A copy of the checkout is mutated, never the checkout. What is left after a run is printed with its
change: a survivor is a test that is missing, or a change that changes nothing.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What mutmut notes of a mutant: the tests passed, or there was none that reaches it.
SURVIVED = frozenset({0, 5, 33})
_COPIED = ("dashboard", "dbt_project", "expectations", "Makefile", "README.md")


@dataclass(frozen=True)
class Part:
    """Where mistakes are made, and the tests that should see them."""

    mutated: tuple[str, ...]
    tests: tuple[str, ...]


PARTS = {
    "statistics": Part(("pipelines/statistics/*",), ("tests/statistics",)),
    "disclosure": Part(("pipelines/disclosure/*",), ("tests/disclosure",)),
    "guard": Part(
        ("pipelines/deliveries/guard/*", "pipelines/deliveries/identifying/*"),
        tuple(
            f"tests/deliveries/test_{name}.py"
            for name in ("guard", "edges_of_the_guard", "names", "corpora")
        ),
    ),
}


def main() -> None:
    """Mutate the named parts, or all."""
    asked = argparse.ArgumentParser(prog="make mutate")
    asked.add_argument("parts", nargs="*", help=", ".join(PARTS))
    asked.add_argument("--sample", type=int, default=300, help="mutants of a part; 0 for all")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--processes", type=int, default=2)
    options = asked.parse_args()
    if unknown := sorted({*options.parts} - {*PARTS}):
        asked.error(f"no part {', '.join(unknown)}; choose from {', '.join(PARTS)}")
    for name in options.parts or PARTS:
        folder = Path(tempfile.mkdtemp(prefix="kwaliteitsmonitor-mutate-"))
        try:
            measure(name, folder, options.sample, options.seed, options.processes)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def measure(name: str, folder: Path, sample: int, seed: int, processes: int) -> None:
    """Run the tests on a sample of the mutants of a part, and print what was found.

    Args:
        name: The part.
        folder: Empty folder for the copy.
        sample: How many mutants; 0 for all.
        seed: Of the draw.
        processes: How many at a time.
    """
    copy_checkout(PARTS[name], folder)
    # A name that is nobody's: the mutants are made, and none is run.
    mutmut(folder, "run", "--max-children", str(processes), "none")
    every = sorted(mutants(folder))
    if not every:
        raise SystemExit(f"{name}: mutmut made no mutants; look at the output above")
    chosen = random.Random(seed).sample(every, min(sample or len(every), len(every)))
    mutmut(folder, "run", "--max-children", str(processes), *chosen)
    found = {mutant: code for mutant, code in mutants(folder).items() if mutant in {*chosen}}
    left = sorted(mutant for mutant, code in found.items() if code in SURVIVED)
    n_run = sum(code is not None for code in found.values())
    print(f"\n{name}: {len(every)} mutants, {n_run} run (seed {seed})")
    print(f"  killed {n_run - len(left)}, survived {len(left)}", end="")
    print(f": {1 - len(left) / n_run:.1%} killed" if n_run else "")
    print(f"  by exit code: {dict(Counter(found.values()))}", flush=True)
    for mutant in left:
        mutmut(folder, "show", mutant)


def copy_checkout(part: Part, folder: Path) -> None:
    """Copy what is tracked, beside the settings of mutmut for this part."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    for path in filter(None, tracked):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, folder / path)
    settings = {
        "source_paths": ("pipelines",),
        "only_mutate": part.mutated,
        "also_copy": _COPIED,
        "pytest_add_cli_args": ("-q", "-m", "not long and not browser"),
        "pytest_add_cli_args_test_selection": part.tests,
    }
    lines = ["[mutmut]"]
    for name, values in settings.items():
        lines += [f"{name} =", *(f"    {value}" for value in values)]
    (folder / "setup.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")


def mutmut(folder: Path, *arguments: str) -> None:
    """Run mutmut in the copy; what it prints is printed."""
    subprocess.run([sys.executable, "-m", "mutmut", *arguments], cwd=folder, check=False)


def mutants(folder: Path) -> dict[str, int | None]:
    """Exit code of the tests by mutant; none where they were not run."""
    found: dict[str, int | None] = {}
    for path in (folder / "mutants").rglob("*.meta"):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


if __name__ == "__main__":
    main()
