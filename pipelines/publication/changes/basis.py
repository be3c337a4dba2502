"""What a publication was made from, and reading it back at the next one.

Here: the inputs of the coming publication and of an earlier one, the fingerprint of what defines a
figure, and the lists of merges and deliveries that publications refer to by their hash.
Not here: comparing inputs (`factors`).

A published file names its two dates, and the hashes of its definitions, merge list and deliveries.
The lists themselves hold pseudonyms, and names and hashes of delivered files, which only
researchers may see; they stay in the home folder, under their hash.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.atomic import write_text
from pipelines.build import BuildDates
from pipelines.deliveries.contract import SUFFIX
from pipelines.deliveries.landing.integrity import is_whole
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.zone import read_registry
from pipelines.deliveries.linkage.merges import MERGES_NAME, read_merges
from pipelines.publication.changes.factors import BuildInputs, Delivery
from pipelines.settings import Settings

Merges = frozenset[tuple[str, str]]

_DEFINING = {".py", ".sql", ".yml", ".yaml", ".csv"}


class UnexplainableError(LookupError):
    """An earlier publication cannot be made again; the message says why, in Dutch."""


def current_inputs(settings: Settings, dates: BuildDates) -> BuildInputs:
    """Inputs of a build with these dates."""
    return BuildInputs(
        definition_hash(settings),
        _counted(settings, read_registry(settings), dates.day, dates.known_at),
        _merges_on(settings, dates.day),
        dates.reference_date,
        dates.known_at,
    )


def published_inputs(settings: Settings, published: Path) -> BuildInputs:
    """Inputs of an earlier publication.

    Args:
        settings: Where the landing zone and the merge lists are.
        published: Its file.

    Returns:
        The inputs.

    Raises:
        UnexplainableError: What it was made from is no longer there.
    """
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        row = connection.execute(
            "select coalesce((select max(reference_date) from result), reference_date::varchar), "
            "known_at::varchar, definition_hash, merge_hash, input_hash from publication"
        ).fetchone()
    if row is None:
        raise UnexplainableError(f"{published.name} zegt niet waaruit het is gemaakt")
    reference_date, known_at, definition, merge_hash, input_hash = row
    moment = datetime.fromisoformat(known_at)
    day = date.fromisoformat(reference_date[:10])
    deliveries = _counted(settings, read_registry(settings), day, moment)
    tables = _contract_ids(settings)
    lost = {
        delivery
        for delivery in _remembered_deliveries(settings, input_hash)
        if f"{delivery.organisation}_{delivery.table}" in tables
    } - deliveries
    if lost:
        raise UnexplainableError(
            f"levering {min(lost).name} van de vorige publicatie ligt niet meer heel in de "
            "landingszone"
        )
    merges = _remembered_merges(settings, merge_hash)
    return BuildInputs(definition, deliveries, merges, reference_date, moment)


def definition_hash(settings: Settings) -> str:
    """Fingerprint of all that defines a figure: register, norms, calendar, contracts and code.

    The merge list is an input of its own. Names of files count relative to their folder, so that
    two checkouts of one version agree.
    """
    code = settings.project_root / "pipelines"
    folders = [
        settings.dbt_project_dir / "models",
        settings.dbt_project_dir / "macros",
        settings.seeds_dir,
        settings.contracts_dir,
        code / "deliveries",
        code / "indicators",
        code / "statistics",
    ]
    digest = hashlib.sha256()
    for folder in folders:
        for path in _files(folder):
            digest.update(f"{folder.name}/{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    # In which period a figure falls; and libraries, of which another version may count otherwise.
    for path in (code / "periods.py", settings.project_root / "requirements.lock"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def remember_merges(settings: Settings, day: date) -> str:
    """Keep the merge list of a build, for the publication after it.

    Args:
        settings: Where merge lists are kept.
        day: Reference date of the build.

    Returns:
        Its hash, which the published file names.
    """
    return _remember(settings.home / "merge_lists", sorted(_merges_on(settings, day)))


def remember_deliveries(settings: Settings, used: Iterable[Delivery]) -> str:
    """Keep which deliveries a publication rests on, for the one after it; returns their hash."""
    listed = [
        [delivery.organisation, delivery.table, delivery.reference_date.isoformat(),
         delivery.version, delivery.sha256]
        for delivery in sorted(used)
    ]  # fmt: skip
    return _remember(settings.home / "delivery_lists", listed)


def _remembered_merges(settings: Settings, name: str) -> Merges:
    pairs = _remembered(settings.home / "merge_lists", name, "samenvoegingslijst")
    return frozenset((from_key, to_key) for from_key, to_key in pairs)


def _remembered_deliveries(settings: Settings, name: str) -> Iterator[Delivery]:
    listed = _remembered(settings.home / "delivery_lists", name, "lijst van leveringen")
    for organisation, table, day, version, sha256 in listed:
        yield Delivery(organisation, table, date.fromisoformat(day), version, sha256)


def _remember(folder: Path, listed: Sequence[object]) -> str:
    """Write a list under its hash, unless it is there already."""
    text = json.dumps(listed)
    name = hashlib.sha256(text.encode()).hexdigest()
    path = folder / f"{name}.json"
    if not is_whole(path, name):
        folder.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    return name


def _remembered(folder: Path, name: str, what: str) -> Any:
    path = folder / f"{name}.json"
    if not is_whole(path, name):
        raise UnexplainableError(f"de {what} van de vorige publicatie is er niet (heel) meer")
    return json.loads(path.read_text(encoding="utf-8"))


def _merges_on(settings: Settings, day: date) -> Merges:
    return frozenset(
        (merge.from_key, merge.to_key) for merge in read_merges(settings.seeds_dir, day)
    )


def _counted(
    settings: Settings, registry: Iterable[Landed], day: date, known_at: datetime
) -> frozenset[Delivery]:
    """Deliveries that count on a day as known at a moment, all versions."""
    tables = _contract_ids(settings)
    return frozenset(
        Delivery.of(landed)
        for landed in registry
        if landed.reference_date <= day
        and landed.known_at <= known_at
        and landed.contract_id in tables
    )


def _contract_ids(settings: Settings) -> set[str]:
    return {path.name.removesuffix(SUFFIX) for path in settings.contracts_dir.glob(f"*{SUFFIX}")}


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in _DEFINING and path.name != MERGES_NAME
    )
