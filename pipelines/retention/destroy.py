"""Destroying deliveries wherever the monitor has their rows.

Here: the places, in an order in which a killed process leaves nothing that is not taken up again.
Not here: which deliveries (`terms`), the record (`record`) and building what is left
(`pipelines.road`).

First is recorded what is going to be destroyed. Then the delivery leaves landing zone, quarantine
and inbox, and all that was made of it and is made again goes whole: warehouse and memory. A file of
DuckDB keeps the bytes of what was deleted from it, so such a file is never emptied, only removed.
Researchers keep reading what they have until the build of what is left is theirs; then every older
file with rows goes, and the backups are brought up to date (`pipelines.safekeeping.refresh`).

Figures that were published or released stay: they hold no rows.
"""

import shutil
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.deliveries.landing.layout import DATA_FILE, NOTE_FILE, REFUSED, delivery_folder
from pipelines.deliveries.landing.refused import read_refusals
from pipelines.deliveries.manifest import manifest_beside
from pipelines.deliveries.naming import parse_name
from pipelines.memo import forget
from pipelines.publication.audiences import home_of
from pipelines.publication.current import current_path
from pipelines.retention.record import Record
from pipelines.retention.terms import Expired
from pipelines.retention.traces import WITH_ROWS
from pipelines.sealed import file_sha256
from pipelines.settings import Settings
from pipelines.warehouse import throw_away


def begin(settings: Settings, deliveries: Sequence[Expired]) -> list[dict[str, Any]]:
    """Record what is going to be destroyed, and destroy it where its rows came in.

    Args:
        settings: Whose home; hold the writer's lock.
        deliveries: What is past its term.

    Returns:
        Every act that is not finished yet, also of who was stopped before.
    """
    record = Record(settings)
    known = {_key(act) for act in record.open_acts() if "withdrawn" not in act}
    for delivery in deliveries:
        said = _said(settings, delivery)
        if _key(said) not in known:
            record.intend(**said)
    # What was withdrawn is taken out by who repeats the order: no record knows whose it was.
    acts = [act for act in record.open_acts() if "withdrawn" not in act]
    for act in acts:
        _destroy_delivery(settings, act)
    if acts:
        destroy_what_is_made_again(settings)
    return acts


def finish(settings: Settings, acts: Iterable[dict[str, Any]]) -> None:
    """Destroy what was made of the deliveries, once a build of what is left is published.

    Args:
        settings: Whose home; hold the writer's lock.
        acts: What `begin` gave.
    """
    _destroy_publications(settings)
    record = Record(settings)
    for act in acts:
        record.finish(act, places=_PLACES)


_PLACES = ["landing", "quarantine", "inbox", "warehouse", "memo", "published/researcher"]


def _said(settings: Settings, delivery: Expired) -> dict[str, Any]:
    """What the record says of a delivery: which it is, by its hashes, and why it goes."""
    organisation, table, day, version = delivery.identity
    folder = delivery_folder(settings.landing_dir, delivery.identity, delivery.attempt)
    return {
        "organisation": organisation,
        "table": table,
        "reference_date": day.isoformat(),
        "version": version,
        "attempt": delivery.attempt,
        "sha256": {
            name: file_sha256(folder / name)
            for name in (NOTE_FILE, DATA_FILE)
            if (folder / name).is_file()
        },
        "term_months": delivery.months,
        "ground": delivery.ground,
        "ended_on": delivery.ended_on.isoformat(),
    }


def _key(said: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        said[name] for name in ("organisation", "table", "reference_date", "version", "attempt")
    )


def _destroy_delivery(settings: Settings, act: dict[str, Any]) -> None:
    organisation, table, written, version, attempt = _key(act)
    identity = (organisation, table, date.fromisoformat(written), version)
    for path in settings.inbox_dir.iterdir() if settings.inbox_dir.is_dir() else ():
        name = parse_name(path.name)
        if name and (name.organisation, name.table, name.reference_date) == identity[:3]:
            manifest_beside(path).unlink(missing_ok=True)
            path.unlink()
    for refused in read_refusals(settings):
        if (refused.organisation, refused.table, refused.reference_date) == identity[:3]:
            _remove(settings.quarantine_dir / REFUSED / refused.mark)
    for root in (settings.quarantine_dir, settings.landing_dir):
        _remove(delivery_folder(root, identity, attempt))


def destroy_what_is_made_again(settings: Settings) -> None:
    """Remove what the next build makes again of what is left, whole: nothing stays in it."""
    forget(settings)
    throw_away(settings)
    _remove(settings.home / "scratch")


def _destroy_publications(settings: Settings) -> None:
    """Remove every file with rows but the current one, also where it was handed to readers."""
    for audience in WITH_ROWS:
        current = current_path(settings, audience)
        folders = [
            settings.published_dir / audience,
            home_of(settings, audience) / "published" / audience,
        ]
        for folder in folders:
            for path in folder.glob("*.*") if folder.is_dir() else ():
                if current is None or path.stem != current.stem:
                    path.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
