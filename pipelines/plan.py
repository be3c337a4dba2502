"""Which tables changed since the last build: a new delivery touches only what depends on it.

Here: the fingerprint of everything a build depends on, compared with that of the last one.
Not here: which assets depend on a table (Dagster knows), and running them (`pipelines.run`).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.build import BuildDates
from pipelines.decisions.recorded import TABLE as RECORDED
from pipelines.decisions.recorded import fingerprint, known_revisions
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.landing import landed_on, read_registry
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.publish import current_path
from pipelines.settings import Settings

_CODE = frozenset({".py", ".sql", ".yml", ".yaml", ".csv", ".typ", ".md"})


@dataclass(frozen=True)
class Plan:
    """What a build has to do.

    Attributes:
        code: Fingerprint of everything but the deliveries: code, seeds, contracts, dates.
        inputs: Fingerprint of the deliveries that make up each table, and of the decisions known.
        changed: Tables whose deliveries (or decisions) changed.
        is_full: Something else changed, or there is no earlier build: do everything.
    """

    code: str
    inputs: dict[str, str]
    changed: frozenset[str] = field(default_factory=frozenset)
    is_full: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing changed at all."""
        return not self.is_full and not self.changed

    @property
    def sentence(self) -> str:
        """What will be done, for whoever waits."""
        if self.is_full:
            return f"Volledige bouw over {len(self.inputs)} tabellen."
        return f"Gewijzigd: {', '.join(sorted(self.changed))}; alleen wat daarvan afhangt."


def plan_build(settings: Settings, dates: BuildDates) -> Plan:
    """Compare with the last build.

    Args:
        settings: Where everything lives.
        dates: Dates of the coming build.

    Returns:
        The plan.
    """
    contracts = load_contracts(settings.contracts_dir)
    inputs = _inputs(settings, sorted(contracts), dates)
    inputs[RECORDED] = fingerprint(known_revisions(settings, dates.day, dates.known_at))
    code = _code_fingerprint(settings, dates)
    path = _path(settings)
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    published = all(_is_published(settings, audience) for audience in AUDIENCES)
    if before.get("code") != code or not published or not settings.warehouse_path.exists():
        return Plan(code, inputs, frozenset(inputs), is_full=True)
    changed = {name for name, one in inputs.items() if before["inputs"].get(name) != one}
    return Plan(code, inputs, frozenset(changed))


def store_plan(settings: Settings, plan: Plan) -> None:
    """Remember what the warehouse now holds."""
    write_text(_path(settings), json.dumps({"code": plan.code, "inputs": plan.inputs}))


def _inputs(settings: Settings, tables: list[str], dates: BuildDates) -> dict[str, str]:
    """Fingerprint per table of the deliveries a build with these dates uses."""
    parts: dict[str, list[str]] = {table: [] for table in tables}
    for one in landed_on(read_registry(settings), dates.day, dates.known_at):
        if one.contract_id in parts:
            parts[one.contract_id].append(f"{one.delivery_id} {one.content_sha256}")
    return {
        table: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
        for table, lines in parts.items()
    }


def _is_published(settings: Settings, audience: str) -> bool:
    path = current_path(settings, audience)
    return path is not None and path.exists()


def _code_fingerprint(settings: Settings, dates: BuildDates) -> str:
    root = settings.project_root
    folders = [
        settings.dbt_project_dir,
        settings.seeds_dir,
        settings.contracts_dir,
        root / "pipelines",
        root / "expectations" / "published",
    ]
    digest = hashlib.sha256(dates.reference_date.encode())
    for path in sorted(set(_files(folders))):
        digest.update(str(path.relative_to(path.anchor)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file() and path.suffix in _CODE)


def _path(settings: Settings) -> Path:
    return settings.home / "last_plan.json"
