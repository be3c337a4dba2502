"""How well the anonymity guard does on what it has never seen: `make guard-report`.

Here: a chain simulated for the occasion, and the seed. Not here: the measurement
(`pipelines.deliveries.guard_report`).

The seed is new each time and printed; `make guard-report SEED=7` repeats one. Exit code 1 when a
target is missed.
"""

import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.deliveries.guard_report import report
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate


def main(arguments: list[str]) -> int:
    """Measure with the seed that is named, or a new one."""
    seed = int(arguments[0]) if arguments else random.SystemRandom().randrange(10**6)
    with TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        contracts = Settings().contracts_dir
        simulate(SimulationConfig(seed=seed), contracts, inbox, Path(folder) / "ledger")
        return 0 if report(seed, sorted(inbox.iterdir())) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
