"""How a home stands, in ten lines of Dutch for a person and one record for a machine.

Here: the sentences, and which step comes next.
Not here: the facts (`standing`).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pipelines.deliveries.holding.waiting import why_held
from pipelines.operation.standing import BACKUP, Standing
from pipelines.progress import name_of
from pipelines.publication.audiences import AUDIENCES
from pipelines.settings import Settings
from pipelines.wording import formats
from pipelines.wording.language import words_in

_DAYS_BETWEEN_BACKUPS = 31
_MEGA, _GIGA = 1e6, 1e9
# A disk that lasts longer than anybody looks ahead.
_LONG_YEARS = 10


def lines_of(standing: Standing, settings: Settings) -> Iterator[str]:
    """Ten lines, and one more for each delivery that waits and each thing that is damaged."""
    last = standing.last
    yield f"Map: {settings.home} (keten {settings.chain_name})"
    yield (
        f"Leveringen: {standing.n_landed} geland, nieuwste peildatum {standing.newest or 'geen'}; "
        f"inbox: {standing.n_inbox} bestanden, {standing.n_new} nog niet ingelezen"
        + (f", en {standing.n_other} andere dingen" if standing.n_other else "")
    )
    late = (f"{each.table} ({_due(each.reference_date, each.due_on)})" for each in standing.late)
    yield f"Te laat: {'; '.join(late) or 'niemand'}"
    for held in standing.held:
        yield f"Aangehouden: {held.landed.delivery_id}: {why_held(held.landed)}"
    if not standing.held:
        yield "Aangehouden: niets"
    for sentence in standing.damaged:
        yield f"Beschadigd: {sentence}"
    known = f", stand van {last.known_at.astimezone():%Y-%m-%d %H:%M}" if last else ""
    yield (
        f"Laatste bouw: peildatum {last.reference_date if last else 'geen'}"
        + ("" if standing.is_whole or last is None else " (niet afgemaakt)")
        + known
    )
    yield "Gepubliceerd: " + ", ".join(_published(standing))
    yield f"Mislukt: {'; '.join(_failed(standing)) or 'niets'}"
    yield f"Schijf: {_disk(standing)}"
    yield f"Reservekopie: {_backup(standing)}"
    yield f"Volgende stap: {next_step(standing)}"


def next_step(standing: Standing) -> str:
    """The one thing to do now; the most urgent where there is more than one."""
    steps = (
        (standing.is_at_work, "wachten: er is een opdracht aan het werk"),
        (
            standing.damaged,
            "herstel wat beschadigd is: 'kwaliteitsmonitor verify' noemt elk bestand",
        ),
        (standing.disk.is_short, "maak ruimte op de schijf: de volgende bouw past er niet op"),
        (standing.n_landed == 0 and standing.n_new == 0, "zet leveringen in de inbox"),
        (standing.n_new, "'kwaliteitsmonitor run' leest in, bouwt en publiceert"),
        (
            standing.failed == (BACKUP,),
            "'kwaliteitsmonitor backup' opnieuw, naar een map waar deze gebruiker mag schrijven",
        ),
        (
            standing.failed or standing.is_cut_short or standing.broken or not standing.is_whole,
            "'kwaliteitsmonitor build' maakt af wat ontbreekt; blijft het mislukken, zie het log",
        ),
        (
            standing.held,
            "vraag na of de aangehouden levering klopt; dan "
            "'kwaliteitsmonitor deliver --confirm BESTAND --reason \"…\"'",
        ),
        (
            standing.n_refused,
            "geef de leverancier zijn verslag uit feedback/; wat hij herstelt, krijgt het volgende "
            "versienummer",
        ),
        (standing.late, "vraag de leverancier om wat te laat is; daarna 'kwaliteitsmonitor run'"),
        (_is_backup_due(standing), "'kwaliteitsmonitor backup' maakt een reservekopie"),
    )
    due = f"; de volgende leveringen uiterlijk {standing.next_due}" if standing.next_due else ""
    return next((step for applies, step in steps if applies), f"geen{due}")


def as_record(standing: Standing) -> dict[str, Any]:
    """The same for a machine: no sentences, no figures."""
    last = standing.last
    return {
        "state": standing.state,
        "deliveries": standing.n_landed,
        "newest_reference_date": _iso(standing.newest),
        "inbox_new": standing.n_new,
        "inbox_other": standing.n_other,
        "late": [
            {"table": each.table, "reference_date": _iso(each.reference_date),
             "due_on": _iso(each.due_on)}
            for each in standing.late
        ],
        "held": [each.landed.delivery_id for each in standing.held],
        "damaged": len(standing.damaged),
        "refused": standing.n_refused,
        "last_build": {
            "reference_date": last.reference_date,
            "known_at": last.known_at.isoformat(),
            "whole": standing.is_whole,
        } if last else None,
        "published": dict(standing.published),
        "broken": list(standing.broken),
        "failed": list(standing.failed),
        "at_work": standing.is_at_work,
        "cut_short": standing.is_cut_short,
        "disk": {
            "free_bytes": standing.disk.free_bytes,
            "used_bytes": standing.disk.used_bytes,
            "grows_bytes_a_year": standing.disk.grows_bytes_a_year,
        },
        "backed_up_at": standing.backed_up_at.isoformat() if standing.backed_up_at else None,
        "next_due": _iso(standing.next_due),
    }  # fmt: skip


def _published(standing: Standing) -> Iterator[str]:
    for audience in AUDIENCES:
        name = standing.published.get(audience)
        broken = "beschadigd of weg" if audience in standing.broken else "nog niets"
        yield f"{audience} {name or broken}"


def _failed(standing: Standing) -> Iterator[str]:
    for code in standing.failed:
        step, _, audience = code.partition(" ")
        yield name_of(step, audience).lower()
    if standing.is_cut_short:
        yield "de laatste opdracht is afgebroken"
    if standing.n_refused:
        yield f"{standing.n_refused} bestanden geweigerd"
    if standing.damaged:
        yield f"{len(standing.damaged)} beschadigd"


def _disk(standing: Standing) -> str:
    disk, words = standing.disk, words_in("nl")
    lasts = "groeit niet"
    if disk.years_left is not None:
        years = formats.number(disk.years_left, words, 1)
        left = f"meer dan {_LONG_YEARS} jaar" if disk.years_left > _LONG_YEARS else f"{years} jaar"
        grows = formats.number(disk.grows_bytes_a_year / _MEGA, words)
        lasts = f"groeit {grows} MB per jaar: nog {left}"
    free, used = (
        f"{formats.number(size / _GIGA, words, 1)} GB"
        for size in (disk.free_bytes, disk.used_bytes)
    )
    return f"{free} vrij; de map is {used} en {lasts}"


def _backup(standing: Standing) -> str:
    if standing.backed_up_at is None:
        return "geen bekend"
    age = (standing.now - standing.backed_up_at).days
    return f"van {standing.backed_up_at.astimezone():%Y-%m-%d %H:%M} ({age} dagen oud)"


def _is_backup_due(standing: Standing) -> bool:
    made = standing.backed_up_at
    return made is None or (standing.now - made).days > _DAYS_BETWEEN_BACKUPS


def _due(day: date, due: date) -> str:
    return f"peildatum {day}, uiterlijk {due}"


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
