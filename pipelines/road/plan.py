"""What a build has to do: its dates, and which tables changed since the last build.

Here: the fingerprint of everything a build depends on, compared with what the last one left.
Not here: which models depend on a table (dbt knows), and the steps themselves (`steps`).
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipelines.build import BuildDates, BuildError, LastBuild, read_last_build
from pipelines.decisions.recorded import TABLE as RECORDED
from pipelines.decisions.recorded import fingerprint, known_revisions
from pipelines.deliveries.contract import Contract, load_contracts, timezone_of
from pipelines.deliveries.intake.inbox import look_into
from pipelines.deliveries.landing.landed import Landed, landed_on
from pipelines.deliveries.landing.zone import read_registry
from pipelines.deliveries.naming import parse_name
from pipelines.indicators.register_of_chain import own_register
from pipelines.memo import code_fingerprint, digest
from pipelines.pack.place import AUDIENCE as PACK_AUDIENCE
from pipelines.pack.place import is_made
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.current import DamagedPublicationError, current_path
from pipelines.road import dates as build_dates
from pipelines.settings import Settings
from pipelines.warehouse import is_usable

# Tables the monitor itself keeps, beside the delivered ones.
SET_ASIDE = "set_aside"
ABOUT_DELIVERIES = ("delivery", "finding", "linkage", "suspected_double")
EVENT_LOG = "event_log"


_OWN_SOURCE = "monitor"

log = logging.getLogger("kwaliteitsmonitor")


@dataclass(frozen=True)
class Plan:
    """What a build has to do.

    Attributes:
        dates: Its dates.
        code: Fingerprint of all but the deliveries: code, libraries, seeds, contracts, dates.
        inputs: Fingerprint of the deliveries that make up each table, and of the decisions known.
        changed: Tables whose deliveries (or decisions) changed.
        is_full: Something else changed, or there is no whole earlier build: do everything.
        sources: What dbt calls the tables that differ.
        damage: What of the last build is damaged, in Dutch, where that is why it is full.
    """

    dates: BuildDates
    code: str
    inputs: dict[str, str]
    changed: frozenset[str] = field(default_factory=frozenset)
    is_full: bool = False
    sources: tuple[str, ...] = ()
    damage: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing changed at all."""
        return not self.is_full and not self.changed

    @property
    def sentence(self) -> str:
        """What will be done, for whoever waits."""
        if self.is_empty:
            return "Er is niets veranderd sinds de vorige bouw; de publicatie blijft staan."
        if self.is_full:
            why = f"Beschadigd: {self.damage}. " if self.damage else ""
            return f"{why}Volledige bouw over {len(self.inputs)} tabellen."
        return f"Gewijzigd: {', '.join(sorted(self.changed))}; alleen wat daarvan afhangt."

    @property
    def selection(self) -> tuple[str, ...]:
        """Arguments of `dbt build` that select what has to be made; none for everything."""
        if self.is_full:
            return ()
        return selection_of(self.sources)


def make_plan(
    settings: Settings, *, reference_date: str | None = None, known_at: str | None = None
) -> Plan:
    """Decide the dates of a build, and compare with the last one.

    Args:
        settings: Where everything lives.
        reference_date: Day (or moment) as of which cases are shown, ISO 8601; the latest due when
            None.
        known_at: Moment, ISO 8601; deliveries known by then count. Now when None.

    Returns:
        The plan.

    Raises:
        BuildError: There is nothing to build from, a date cannot be used, or an entry of the
            register is refused.
    """
    require_own_home(settings)
    contracts = load_contracts(settings.contracts_dir)
    registry = read_registry(settings)
    last = read_last_build(settings)
    now = _now(registry, last)
    dates = build_dates.resolve_dates(
        [build_dates.Landed(delivery.reference_date, delivery.known_at) for delivery in registry],
        max(contract.due_day for contract in contracts.values()),
        timezone=timezone_of(contracts),
        reference_date=reference_date,
        known_at=known_at,
        now=now,
    )
    inputs = _inputs(registry, sorted(contracts), dates)
    inputs[RECORDED] = fingerprint(known_revisions(settings, dates.day, dates.known_at))
    code = _code_fingerprint(settings, dates)
    if last is not None and last.is_lost:
        lost = "de aantekening van de vorige bouw (last_build.json)"
        return Plan(dates, code, inputs, frozenset(inputs), is_full=True, damage=lost)
    if last is None or last.code != code or not _is_finished(last):
        return Plan(dates, code, inputs, frozenset(inputs), is_full=True)
    if damage := _damage(settings):
        return Plan(dates, code, inputs, frozenset(inputs), is_full=True, damage=damage)
    changed = frozenset(name for name, digest in inputs.items() if last.inputs.get(name) != digest)
    return Plan(
        dates, code, inputs, changed, sources=tuple(sorted({*sources_of(changed, contracts)}))
    )


def _now(registry: list[Landed], last: LastBuild | None) -> datetime:
    """The clock; where it was set back, the latest moment at which something became known here.

    A build by a clock that is behind would leave out what landed, and publish figures of before.
    """
    clock = datetime.now(UTC)
    known = max([*(delivery.known_at for delivery in registry), last.known_at if last else clock])
    if clock < known:
        log.warning(
            "De klok staat op %s (UTC), vóór wat hier al bekend was (%s): zet haar goed. "
            "Gebouwd wordt met alles wat bekend is.",
            f"{clock:%Y-%m-%d %H:%M}",
            f"{known.astimezone(UTC):%Y-%m-%d %H:%M}",
        )
    return max(clock, known)


def selection_of(sources: Iterable[str]) -> tuple[str, ...]:
    """Arguments of dbt that select what rests on some tables, as `sources_of` calls them."""
    return ("--select", *(f"source:{source}+" for source in sources))


def sources_of(changed: Iterable[str], contracts: Mapping[str, Contract]) -> Iterator[str]:
    """What dbt calls the tables that differ when these changed."""
    # What is known of deliveries changes with every one of them.
    yield from (f"{_OWN_SOURCE}.{table}" for table in ABOUT_DELIVERIES)
    for name in changed:
        contract = contracts.get(name)
        if contract is not None:
            yield f"{_OWN_SOURCE}.{SET_ASIDE}"
        if contract is None:
            # Decisions recorded here: nobody delivered them.
            yield f"{_OWN_SOURCE}.{name}"
        elif contract.mode == "event_log":
            # Whoever delivers one, all event logs are one table.
            yield f"{_OWN_SOURCE}.{EVENT_LOG}"
        else:
            yield f"{contract.supplier}.{contract.table}"


def require_own_home(settings: Settings) -> None:
    """Refuse to work with one chain in the home of another, before anything is done in it.

    Whoever forgets `--chain` would see every file of the inbox refused, and build another chain's
    figures from none of its tables.

    Raises:
        BuildError: Deliveries landed here, and none of them has a contract in this chain; or an
            entry of the register of the chain is refused.
    """
    # Before dbt so much as reads its project.
    own_register(settings)
    contracts = load_contracts(settings.contracts_dir)
    registry = read_registry(settings)
    if not registry or any(delivery.contract_id in contracts for delivery in registry):
        return
    last = read_last_build(settings)
    named = last.chain if last and last.chain else "MAP"
    raise BuildError(
        f"in {settings.home} ligt geen levering van de keten {settings.chain_name}, wel van een "
        f"andere; noem die met --chain {named}, of kies een andere map met KWALITEITSMONITOR_HOME"
    )


def require_own_inbox(settings: Settings, inbox: Path) -> None:
    """Refuse to take in the first files of a home, when all of them are another chain's.

    In a home that holds nothing yet it is the files that tell that `--chain` was forgotten. Each
    would be refused and brought to quarantine.

    Raises:
        BuildError: None of the files that are called as a delivery has a contract in this chain.
    """
    if read_registry(settings):
        return
    contracts = load_contracts(settings.contracts_dir)
    names = [parse_name(path.name) for path in look_into([inbox], contracts).files]
    tables = [name.contract_id for name in names if name is not None]
    if not tables or not contracts.keys().isdisjoint(tables):
        return
    raise BuildError(
        f"van wat er te lezen is ({len(tables)}) hoort niets bij de keten {settings.chain_name}; "
        "noem met --chain MAP de keten waar het bij hoort, of noem de bestanden naar leverancier "
        "en tabel uit de specificatie; alles bleef liggen"
    )


def _is_finished(last: LastBuild) -> bool:
    """Whether the last build got to its end."""
    return set(last.published) >= set(AUDIENCES)


def _damage(settings: Settings) -> str:
    """What of all that the last build made is not there as it was made, in Dutch; empty for none.

    Raises:
        WarehouseError: Another process has the warehouse open.
    """
    for audience in AUDIENCES:
        try:
            path = current_path(settings, audience)
        except DamagedPublicationError as error:
            return error.what
        if path is None:
            return f"voor {audience} is er geen publicatie"
        if audience == PACK_AUDIENCE and not is_made(path):
            return f"het vergaderstuk van {path.stem} is niet heel"
    if not is_usable(settings):
        return f"{settings.warehouse_path.name} is er niet, of niet heel"
    return ""


def _inputs(registry: list[Landed], tables: list[str], dates: BuildDates) -> dict[str, str]:
    """Fingerprint per table of the deliveries a build with these dates uses."""
    parts: dict[str, list[str]] = {table: [] for table in tables}
    for delivery in landed_on(registry, dates.day, dates.known_at):
        if delivery.contract_id in parts:
            parts[delivery.contract_id].append(f"{delivery.delivery_id} {delivery.content_sha256}")
    return {
        table: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
        for table, lines in parts.items()
    }


def _code_fingerprint(settings: Settings, dates: BuildDates) -> str:
    return digest(dates.reference_date, code_fingerprint(settings))
