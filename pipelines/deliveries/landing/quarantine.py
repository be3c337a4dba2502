"""The quarantine: refused files and rows set aside, for as long as was agreed and no longer.

Here: bringing a refused file there, sweeping up after a killed process, and emptying it in time.
Not here: why a file is refused (`pipelines.deliveries.intake`), and writing rows set aside
(`writer`).
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.deliveries.landing.copied import Copied
from pipelines.deliveries.landing.layout import (
    INCOMING,
    NOTE_FILE,
    REFUSED,
    ROWS_FILE,
    delivery_folder,
)
from pipelines.deliveries.landing.refused import Refused, read_refusals
from pipelines.deliveries.landing.zone import read_landing
from pipelines.sealed import seal
from pipelines.settings import Settings


def refuse(settings: Settings, copied: Copied, note: Refused, *, keep: bool = True) -> Path | None:
    """Record a refusal and bring the file to quarantine.

    The note comes first: a file in quarantine always has one.

    Args:
        settings: Where the quarantine is.
        copied: The file.
        note: Why.
        keep: Whether the file may be kept; otherwise its note is all that is left.

    Returns:
        The folder of the file in quarantine; None where it is not kept.
    """
    folder = settings.landing_dir / REFUSED
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{note.mark}.json", seal(note.as_dict()))
    quarantine = settings.quarantine_dir / REFUSED / note.mark
    if not keep:
        copied.remove()
        return None
    quarantine.mkdir(parents=True, exist_ok=True)
    copied.path.replace(quarantine / copied.path.name)
    copied.remove()
    return quarantine


def sweep(settings: Settings) -> None:
    """Remove what a killed process left: half-written deliveries, and rows set aside without one.

    Call only while no other intake runs.
    """
    shutil.rmtree(settings.landing_dir / INCOMING, ignore_errors=True)
    for rows in settings.quarantine_dir.glob(f"[!._]*/*/*/{ROWS_FILE}"):
        folder = settings.landing_dir / rows.parent.relative_to(settings.quarantine_dir)
        if not (folder / NOTE_FILE).exists():
            shutil.rmtree(rows.parent, ignore_errors=True)
    for leftover in (settings.landing_dir / REFUSED).glob(".*.tmp"):
        leftover.unlink(missing_ok=True)


def empty_quarantine(settings: Settings, now: datetime) -> list[str]:
    """Remove refused files and rows set aside whose term has passed, and log it.

    Returns:
        What was removed, without any of its content; also appended to `quarantine/emptied.log`.
    """
    if not settings.quarantine_dir.exists():
        return []
    kept = [
        (
            settings.quarantine_dir / REFUSED / refused.mark,
            refused.quarantine_until,
            refused.file_name,
        )
        for refused in read_refusals(settings)
    ] + [
        (
            delivery_folder(settings.quarantine_dir, landed.identity, landed.attempt),
            landed.quarantine_until,
            f"{landed.file_name}: {landed.rows_quarantined} rijen",
        )
        for landed in read_landing(settings).known
        if landed.rows_quarantined
    ]
    removed = []
    for folder, until, what in kept:
        if until is not None and until <= now.date() and folder.exists():
            shutil.rmtree(folder)
            removed.append(what)
    if removed:
        with (settings.quarantine_dir / "emptied.log").open("a", encoding="utf-8") as log:
            log.writelines(f"{now.astimezone(UTC).isoformat()} {line}\n" for line in removed)
    return removed
