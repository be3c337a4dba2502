"""The whole synthetic chain: play it, and write its deliveries and its truth ledger.

Here: the order of the parts, and writing that can be interrupted and repeated. Not here: the
parts themselves.
"""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.simulation.chronicle import Chronicle
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.deliveries import (
    ARRIVAL_REGISTER,
    Delivery,
    Writer,
    arrival_register,
    plan_deliveries,
)
from pipelines.simulation.evaluation import simulate_evaluation
from pipelines.simulation.faults import Fault, spoil
from pipelines.simulation.information import simulate_information
from pipelines.simulation.ledger import NOTICE, write_observable, write_true
from pipelines.simulation.local_domain import (
    record_basic_police_care,
    record_cases,
    simulate_local_domain,
    simulate_local_measures,
)
from pipelines.simulation.pauses import simulate_pauses
from pipelines.simulation.plain import follow_contracts
from pipelines.simulation.protection import simulate_protection
from pipelines.simulation.recorded import Pseudonyms, Recorded
from pipelines.simulation.triage import simulate_triage

MANIFEST = "manifest.json"
Progress = Callable[[str], None]
FILES_A_LINE = 250


@dataclass(frozen=True)
class SimulationSummary:
    """What a simulation made.

    Attributes:
        inbox_dir: Where the files are.
        n_files: Delivery files.
        n_rows: Rows in them.
        seconds: How long it took.
        is_reused: Whether everything was there already.
    """

    inbox_dir: Path
    n_files: int
    n_rows: int
    seconds: float
    is_reused: bool


@dataclass(frozen=True)
class Played:
    """A chain in memory: what happened, what is on record, what goes wrong, what is delivered."""

    chronicle: Chronicle
    keys: Pseudonyms
    recorded: dict[str, Recorded]
    faults: list[Fault]
    plan: dict[str, list[Delivery]]


def happen(config: SimulationConfig) -> Chronicle:
    """Let the chain run, without recording faults and without deliveries.

    Returns:
        Tables as they should be on record, and true hand-offs.
    """
    chronicle = Chronicle(config)
    local = simulate_local_domain(chronicle)
    triage = simulate_triage(chronicle, local)
    protection = simulate_protection(chronicle, triage)
    designated = np.full(len(chronicle.cases), np.nan)
    designated[protection.case] = protection.designated
    measures = simulate_local_measures(chronicle, local, triage.rejected, designated)
    accepted = np.full(len(chronicle.cases), np.nan)
    accepted[protection.accepted[0]] = protection.accepted[1]
    record_cases(chronicle, local, protection.transition, triage.rejected, accepted)
    record_basic_police_care(chronicle, local.referred, protection.returned)
    simulate_information(chronicle, local, triage, protection, measures)
    simulate_evaluation(chronicle, protection)
    simulate_pauses(chronicle)
    return chronicle


def play(config: SimulationConfig, contracts: Mapping[str, Contract]) -> Played:
    """Play the chain and plan its deliveries, all in memory.

    Args:
        config: What to simulate.
        contracts: Contracts by id; the simulation fills exactly their columns.
    """
    chronicle = happen(config)
    spoiled, faults = spoil(chronicle)
    tables = follow_contracts(chronicle, spoiled, contracts)
    keys = Pseudonyms.of(chronicle.cases, config.seed)
    recorded = {name: Recorded(contracts[name], table, keys) for name, table in tables.items()}
    plan: dict[str, list[Delivery]] = {name: [] for name in recorded}
    for delivery in plan_deliveries(config, recorded):
        plan[delivery.recorded.contract.id].append(delivery)
    delivered = [fault for fault in faults if fault.table in recorded]
    return Played(chronicle, keys, recorded, delivered, plan)


def simulate(
    config: SimulationConfig,
    contracts_dir: Path,
    inbox_dir: Path,
    ledger_dir: Path,
    progress: Progress | None = None,
) -> SimulationSummary:
    """Write the deliveries of a synthetic chain into an inbox and its truth into a ledger.

    Everything is made beside the inbox and moved in at the end; the manifest in the ledger comes
    last. An interrupted run leaves no manifest and is simply done again; a run with the manifest of
    the same configuration, contracts and code does nothing.

    Args:
        config: What to simulate.
        contracts_dir: Folder with the contracts.
        inbox_dir: Where deliveries go; other files in it stay.
        ledger_dir: Where the truth goes; replaced.
        progress: Called with a line for the reader, in Dutch, now and then.
    """
    began = time.monotonic()
    fingerprint = _fingerprint(config, contracts_dir)
    manifest = _read_manifest(ledger_dir)
    if manifest.get("fingerprint") == fingerprint and inbox_dir.is_dir():
        return _summary(manifest, inbox_dir, began, is_reused=True)

    tell = progress or (lambda line: None)
    tell(f"Synthetische keten van {config.start} tot en met {config.end}: gebeurtenissen")
    played = play(config, load_contracts(contracts_dir))
    staging = inbox_dir.parent / f".simulating-{fingerprint[:12]}"
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "inbox").mkdir(parents=True)
    deliveries = [each for plan in played.plan.values() for each in plan]
    writer = Writer(staging / "inbox")
    for index, delivery in enumerate(deliveries):
        if index % FILES_A_LINE == 0:
            tell(f"Leveringen schrijven: {index} van {len(deliveries)}")
        writer.write(delivery)
    tell(f"Leveringen schrijven: {len(deliveries)} van {len(deliveries)}; daarna het grootboek")
    register = staging / "inbox" / ARRIVAL_REGISTER
    register.write_text(arrival_register(deliveries), encoding="utf-8")
    write_observable(staging / "ledger", played.plan)
    write_true(
        staging / "ledger",
        played.chronicle,
        played.keys,
        played.recorded,
        played.faults,
        played.plan,
    )
    manifest = {
        "notice": NOTICE,
        "seed": config.seed,
        "fingerprint": fingerprint,
        "config": asdict(config),
        "files": sorted(each.file_name for each in deliveries),
        "n_rows": sum(len(each.rows) + len(each.withdrawn_rows) for each in deliveries),
        "n_faults": sum(len(fault.rows) for fault in played.faults)
        + sum(each.kind not in ("regular", "correction") for each in deliveries),
    }
    _move_into_place(staging, inbox_dir, ledger_dir, manifest)
    return _summary(manifest, inbox_dir, began, is_reused=False)


def _fingerprint(config: SimulationConfig, contracts_dir: Path) -> str:
    """Changes with the configuration, the contracts and this package's code."""
    made = sha256(json.dumps(asdict(config), sort_keys=True, default=str).encode())
    for path in (
        *sorted(contracts_dir.rglob("*.yaml")),
        *sorted(Path(__file__).parent.glob("*.py")),
    ):
        made.update(path.name.encode())
        made.update(path.read_bytes())
    return made.hexdigest()


def _read_manifest(ledger_dir: Path) -> dict[str, object]:
    try:
        manifest = json.loads((ledger_dir / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _move_into_place(
    staging: Path, inbox_dir: Path, ledger_dir: Path, manifest: dict[str, object]
) -> None:
    inbox_dir.mkdir(parents=True, exist_ok=True)
    # Files of an earlier simulation would be redeliveries of another chain's cases.
    earlier = _read_manifest(ledger_dir).get("files", [])
    (ledger_dir / MANIFEST).unlink(missing_ok=True)
    if isinstance(earlier, list):
        for name in earlier:
            (inbox_dir / str(name)).unlink(missing_ok=True)
    for path in sorted((staging / "inbox").iterdir()):
        path.replace(inbox_dir / path.name)
    shutil.rmtree(ledger_dir, ignore_errors=True)
    ledger_dir.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(staging / "ledger", ledger_dir)
    text = json.dumps(manifest, indent=2, default=str, ensure_ascii=False)
    partial = ledger_dir / f"{MANIFEST}.partial"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(ledger_dir / MANIFEST)
    shutil.rmtree(staging)


def _summary(
    manifest: dict[str, object],
    inbox_dir: Path,
    began: float,
    *,
    is_reused: bool,
) -> SimulationSummary:
    files = manifest["files"]
    assert isinstance(files, list)
    return SimulationSummary(
        inbox_dir=inbox_dir,
        n_files=len(files),
        n_rows=int(str(manifest["n_rows"])),
        seconds=time.monotonic() - began,
        is_reused=is_reused,
    )


__all__ = ["Played", "SimulationSummary", "happen", "play", "simulate"]
