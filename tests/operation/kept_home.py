"""A home with something of every kind that is kept, made without a build: seconds, not minutes.

Here: making it.
Not here: what is claimed of it.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from pipelines.access.entry import Act, Event
from pipelines.access.log import AccessLog
from pipelines.build import LastBuild, write_last_build
from pipelines.decisions.register import Register
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.holding.confirmation import confirm
from pipelines.disclosure.key import rounding_key
from pipelines.publication.changes.basis import remember_deliveries, remember_merges
from pipelines.publication.changes.factors import Delivery
from pipelines.publication.content import table_hash
from pipelines.publication.publish import promote
from pipelines.publication.recorded import record
from pipelines.settings import Settings
from tests.decisions.conftest import LONG_AGO, REFERENCE_DATE, decision
from tests.deliveries.conftest import DAY, NOW, Door, set_cell
from tests.releases.conftest import Days, a_build

PUBLICATION = "2026-10-31_20261120T120000Z_0123456789ab"
OLD_PUBLICATION = "2026-09-30_20261020T120000Z_0123456789ab"


def make_home(folder: Path) -> Settings:
    """A home in a folder: landed, refused, set aside, held, decided, published and released."""
    settings = replace(Settings(), home=folder / "home")
    door = Door(settings, load_contracts(settings.contracts_dir))
    _deliver(door)
    register = Register(settings.register_path)
    for text in ("Werkafspraak maken.", "Nog een afspraak."):
        register.record(decision(text=text), REFERENCE_DATE, known_from=LONG_AGO)
    for audience in ("researcher", "platform", "advisory"):
        _publish(settings, audience)
    remember_merges(settings, DAY)
    remember_deliveries(settings, [Delivery("om", "dossier", DAY, 1, "0" * 64)])
    rounding_key(settings.home, is_synthetic=False)
    write_last_build(settings, LastBuild(known_at=datetime(2026, 11, 20, 12, tzinfo=UTC)))
    Days(settings).published(a_build(folder))
    for page in ("doorlooptijden", "kwaliteit"):
        AccessLog(settings.access_dir).add(Event(Act.page, "analist", "platform", page))
    return settings


def _deliver(door: Door) -> None:
    dossiers = door.cells("om_dossier", 100)
    days = [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]
    for day, rows in zip(days, (60, 70, 80), strict=True):
        door.put("om_dossier", dossiers.slice(0, rows), day=day)
    cases = door.cells("om_casus", 20)
    door.put("om_casus", set_cell(cases, "parket", 3, "atlantis"))
    door.put_bytes("Een naam van niemand.csv", b"geen afspraak\n")
    door.take()
    door.take_one(door.put("om_dossier", dossiers.slice(0, 10)))
    name = f"om_dossier_{DAY.isoformat()}_v1"
    confirm(
        door.settings, door.contracts, name, "Volgens afspraak.", "analist",
        now=NOW + timedelta(days=1),
    )  # fmt: skip


def _publish(settings: Settings, audience: str) -> None:
    """Two publications, each with its record; the newer one has a pack."""
    folder = settings.published_dir / audience
    folder.mkdir(parents=True)
    for name in (OLD_PUBLICATION, PUBLICATION):
        path = folder / f"{name}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "create table result as select i as numerator, 'ok' as status from range(500) t(i)"
            )
            connection.execute(f"create table publication as select '{audience}' as audience")
            n_rows, sha256 = table_hash(connection, "result")
            connection.execute(
                "create table table_hash as select 'result' as table_name, "
                f"{n_rows}::bigint as n_rows, '{sha256}' as sha256"
            )
        record(path)
    beside = [folder / f"{PUBLICATION}{form}" for form in (".pdf", ".ods")]
    for path in beside if audience == "platform" else ():
        path.write_bytes(b"vergaderstuk" * 40)
    record(folder / f"{PUBLICATION}.duckdb", *(path for path in beside if path.exists()))
    promote(settings, audience, PUBLICATION)
