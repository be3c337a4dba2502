"""Taking in deliveries: from a list of files to what landed, what was set aside, what was refused.

Here: whose each file is, whether it is there as a whole, and which go in together.
Not here: taking them in (`batches`).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.deliveries import manifest
from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.contract import Contract, load_contracts, timezone_of
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.intake.accepting import note_known
from pipelines.deliveries.intake.arrivals import check_day, read_arrivals
from pipelines.deliveries.intake.batches import Batches
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.intake.inbox import Inbox, look_into
from pipelines.deliveries.intake.outcome import DeliveryReport
from pipelines.deliveries.intake.rejecting import reject
from pipelines.deliveries.intake.resubmission import came_before, is_same, version_exists
from pipelines.deliveries.intake.run import Run
from pipelines.deliveries.intake.standing import Standing
from pipelines.deliveries.intake.telling import Progress, Telling
from pipelines.deliveries.landing.quarantine import empty_quarantine, sweep
from pipelines.deliveries.landing.refused import read_refusals
from pipelines.deliveries.landing.zone import read_landing
from pipelines.deliveries.naming import agreed_name, parse_name
from pipelines.deliveries.readers import check_extension
from pipelines.settings import Settings


def deliver(
    paths: Iterable[Path],
    settings: Settings,
    *,
    now: datetime | None = None,
    progress: Progress | None = None,
    withdrawn: frozenset[str] = frozenset(),
) -> DeliveryReport:
    """Take in files.

    May be interrupted at any moment and repeated: each delivery exists wholly or not at all, and
    one that exists is recognised. A refused file goes to quarantine, out of the product's own inbox
    alone: anybody else's folder keeps what is in it. Hold the writer's lock.

    Args:
        paths: Files, or folders of which everything is looked at.
        settings: Where landing zone, quarantine and contracts are.
        now: The clock; for tests.
        progress: Called with files done, files in all, and the name of the file.
        withdrawn: Marks of cases and persons of which no row may come in again.

    Returns:
        What everything that lay there came to.

    Raises:
        ContractError: A contract is not right.
        ArrivalError: A register of arrivals cannot be read.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    contracts = load_contracts(settings.contracts_dir)
    sweep(settings)
    empty_quarantine(settings, moment)
    standing = Standing.at_start(read_landing(settings), read_refusals(settings))
    accepted = read_accepted(settings.contracts_dir)
    inbox = look_into(paths, contracts)
    folder, total = settings.feedback_dir, len(inbox.files)
    telling = Telling(folder, contracts, standing, accepted, total, progress)
    run = Run(settings, contracts, moment, accepted, standing, telling, withdrawn)
    batches = Batches(run)
    for group in _new_files(run, inbox):
        batches.take_in(group)
    outcomes = (*telling.settled(), *inbox.others)
    return DeliveryReport(tuple(sorted(outcomes, key=lambda outcome: outcome.file_name)))


def _new_files(run: Run, inbox: Inbox) -> Iterable[list[DeliveredFile]]:
    """Files that may land, under one version of one contract each; all others are dealt with."""
    arrivals = read_arrivals((path.parent for path in inbox.files), timezone_of(run.contracts))
    groups: dict[tuple[str, str], list[DeliveredFile]] = {}
    for path, called in inbox.files.items():
        file = DeliveredFile(
            run.settings,
            path,
            called,
            arrivals.get(path, run.now),
            manifest.hash_in_manifest(path),
            withdrawn=run.withdrawn,
        )
        file.name = agreed_name(path.name, run.contracts)
        if not file.is_as_manifest_says:
            run.telling.incomplete(file)
            continue
        try:
            if _is_new(run, file):
                _, contract = file.agreed
                groups.setdefault((contract.id, contract.version), []).append(file)
        except Refusal as refusal:
            reject(run, file, refusal)
    return groups.values()


def _is_new(run: Run, file: DeliveredFile) -> bool:
    """Whether a file has not landed before; one that has is reported.

    Raises:
        Refusal: Nobody knows whose it is, or another file has landed in its place.
    """
    _find_contract(file, run.contracts)
    if came_before(file, run.standing.known.get(file.identity)):
        note_known(run, file)
        return False
    damaged = run.standing.damaged.get(file.identity)
    if damaged is not None and file.follows is None:
        # Only what landed there may take its place, and it counts from when that did.
        file.lost, file.attempt = damaged.landed, damaged.attempt
        if file.lost is not None and not is_same(file.readable, file.sha256, file.lost):
            raise version_exists(file.lost)
    return True


def _find_contract(file: DeliveredFile, contracts: Mapping[str, Contract]) -> None:
    """Find out whose file it is, by its name alone.

    Raises:
        Refusal: The name says nothing, or says something that cannot be.
    """
    name = file.name
    if name is None and parse_name(file.path.name) is None:
        raise Refusal(
            "bestandsnaam",
            "de bestandsnaam heeft niet de afgesproken vorm",
            "noem het bestand <leverancier>_<tabel>_<jjjj-mm-dd>_v<versie>.<formaat>",
        )
    if name is None:
        raise Refusal(
            "bestandsnaam",
            "er is geen contract voor de leverancier en de tabel in de bestandsnaam",
            "gebruik de leverancier en de tabel uit de specificatie, of noem met --chain de keten "
            "waar het bij hoort",
        )
    file.contract = contracts[name.contract_id].for_reference_date(name.reference_date)
    arrived_on = file.received_at.astimezone(ZoneInfo(file.contract.timezone)).date()
    check_day(name.reference_date, arrived_on)
    check_extension(name, file.contract)
