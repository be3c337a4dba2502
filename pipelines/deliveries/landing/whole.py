"""Which files of the landing zone and the quarantine are not as they were written.

Here: every file of both held against the note of its delivery or refusal, and against its own seal.
Not here: going without a damaged delivery in a build (`zone`).

Of a file in quarantine the name is its sender's and may hold anything: only its folder is named.
"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.deliveries.landing.integrity import is_whole
from pipelines.deliveries.landing.landed import Landed, landed_of
from pipelines.deliveries.landing.layout import (
    ASIDE_FILE,
    CONFIRMED_FILE,
    DATA_FILE,
    NOTE_FILE,
    REFUSED,
    ROWS_FILE,
    delivery_folder,
    identity_of,
)
from pipelines.deliveries.landing.marks import KEY_FILE, mark_of
from pipelines.deliveries.landing.refused import damaged_refusals, read_refusals
from pipelines.sealed import DamagedError, file_sha256, unseal
from pipelines.settings import Settings

_CHANGED, _MISSING = "is niet meer wat er is weggeschreven", "ontbreekt"
_STRAY = ("hoort bij geen levering", "haal het weg als niemand het nodig heeft")
_OF_DELIVERY = frozenset({DATA_FILE, NOTE_FILE, CONFIRMED_FILE, ASIDE_FILE})

# Path, what is wrong, and the remedy where it is not to put a copy back.
Wrong = tuple[Path, str, str]


def damaged_files(settings: Settings) -> Iterator[Wrong]:
    """Name every file of the landing zone and the quarantine that is not as it was written.

    Yields:
        Its path, what is wrong, in Dutch, and the remedy; an empty one for a file that can only be
        put back from a copy.
    """
    landed: list[Landed] = []
    for folder in sorted(settings.landing_dir.glob("[!._]*/*/*")):
        delivery = _note_of(folder)
        if delivery is None:
            yield folder / NOTE_FILE, _what(folder / NOTE_FILE), _deliver_again(folder)
            continue
        landed.append(delivery)
        yield from _of_delivery(folder, delivery)
        yield from _set_aside(settings, delivery)
    if _is_other_key(settings, landed):
        key = settings.landing_dir / KEY_FILE
        yield key, _what(key), ""
    else:
        yield from _refused(settings)
    yield from _strays(settings, landed)


def _note_of(folder: Path) -> Landed | None:
    try:
        delivery = landed_of(unseal(_text(folder / NOTE_FILE)))
        return delivery if (delivery.identity, delivery.attempt) == identity_of(folder) else None
    except (OSError, DamagedError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _of_delivery(folder: Path, delivery: Landed) -> Iterator[Wrong]:
    for name, sha256 in ((DATA_FILE, delivery.data_sha256), (ASIDE_FILE, delivery.aside_sha256)):
        expected = name == DATA_FILE or bool(sha256)
        if expected and not is_whole(folder / name, sha256):
            yield folder / name, _what(folder / name), _deliver_again(folder)
    confirmed = folder / CONFIRMED_FILE
    if confirmed.exists():
        try:
            unseal(_text(confirmed))
        except DamagedError:
            yield confirmed, _CHANGED, ""
    for path in sorted(folder.glob("[!.]*")):
        if path.name not in _OF_DELIVERY:
            yield path, *_STRAY


def _set_aside(settings: Settings, delivery: Landed) -> Iterator[Wrong]:
    rows = delivery_folder(settings.quarantine_dir, delivery.identity, delivery.attempt) / ROWS_FILE
    # Once their term has passed they are gone, and should be.
    if rows.exists() and not is_whole(rows, delivery.rows_sha256):
        yield rows, _CHANGED, "haal het weg: deze rijen gaan nergens meer heen"


def _is_other_key(settings: Settings, landed: list[Landed]) -> bool:
    """Whether the key is gone, or not the one with which what landed was marked."""
    path = settings.landing_dir / KEY_FILE
    marked = [delivery for delivery in landed if delivery.mark]
    if not path.exists():
        return bool(marked or read_refusals(settings))
    text = _text(path)
    try:
        if text != bytes.fromhex(text).hex():
            return True
    except ValueError:
        return True
    return bool(marked) and all(
        delivery.mark != mark_of(settings, delivery.sha256) for delivery in marked
    )


def _refused(settings: Settings) -> Iterator[Wrong]:
    notes = settings.landing_dir / REFUSED
    for name in damaged_refusals(settings):
        yield notes / name, _CHANGED, ""
    known = {refused.mark for refused in read_refusals(settings)}
    for folder in sorted((settings.quarantine_dir / REFUSED).glob("[!.]*")):
        if folder.name not in known:
            if f"{folder.name}.json" not in damaged_refusals(settings):
                yield folder, *_STRAY
            continue
        for path in sorted(folder.iterdir()):
            if mark_of(settings, file_sha256(path)) != folder.name:
                yield (
                    folder,
                    "het bestand erin is niet meer wat er werd geweigerd",
                    ("haal de map weg, of vraag de partner om het bestand"),
                )


def _strays(settings: Settings, landed: list[Landed]) -> Iterator[Wrong]:
    known = {delivery.folder(settings) for delivery in landed}
    for path in sorted(settings.quarantine_dir.glob("[!._]*/*/*/*")):
        folder = settings.landing_dir / path.parent.relative_to(settings.quarantine_dir)
        if folder not in known and not (folder / NOTE_FILE).exists():
            yield path, *_STRAY
    for path in sorted(settings.landing_dir.glob("[!._]*")):
        if path.is_file():
            yield path, *_STRAY


def _what(path: Path) -> str:
    return _CHANGED if path.exists() else _MISSING


def _deliver_again(folder: Path) -> str:
    organisation, table = folder.parts[-3:-1]
    return (
        f"lees het bestand {organisation}_{table}_{folder.name} opnieuw in "
        "(kwaliteitsmonitor deliver), of zet het terug uit een back-up"
    )


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")
