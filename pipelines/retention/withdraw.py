"""Taking a case, or a person, out of all that was ever delivered, on an order of the controller.

Here: rewriting the deliveries that hold it, and what is beside them.
Not here: what was made of them (`destroy.begin`, `traces`); a partner that withdraws a case in a
delivery needs no order for that.

The pseudonym is in no record and on no screen: the record holds its keyed hash (`landing.marks`),
by which who repeats the order goes on where it was cut short, and by which the intake leaves out
whatever of it is delivered again (`deliveries.intake.withdrawn`), until somebody lets it in. A
delivery keeps the hash of the file it came in, so that the same file is known and does not land
again.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.atomic import write_text
from pipelines.build import BuildError
from pipelines.deliveries.landing.landed import Landed, landed_of
from pipelines.deliveries.landing.layout import (
    ASIDE_FILE,
    DATA_FILE,
    NOTE_FILE,
    REFUSED,
    ROWS_FILE,
    delivery_folder,
    identity_of,
)
from pipelines.deliveries.landing.marks import mark_of
from pipelines.deliveries.landing.zone import read_landing
from pipelines.deliveries.manifest import manifest_beside
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.pseudonyms import WITHIN_TEXT
from pipelines.deliveries.readers import open_bytes
from pipelines.retention.destroy import destroy_what_is_made_again
from pipelines.retention.record import Record
from pipelines.sealed import file_sha256, seal, unseal
from pipelines.settings import Settings

_NEW = ".new"
DATA = "data_sha256"


def withdraw(settings: Settings, pseudonym: str, reason: str) -> dict[str, Any]:
    """Take a pseudonym out of landing zone, quarantine and inbox; hold the writer's lock.

    Args:
        settings: Whose home.
        pseudonym: Of a case or a person.
        reason: Why, in a sentence without persons; kept in the record.

    Returns:
        The act, to be finished once a build without it is published.

    Raises:
        BuildError: It is no pseudonym, the reason is missing or holds one, a list kept by hand
            names it, or a delivery is damaged and nobody can tell what is in it.
    """
    _refuse_order(pseudonym, reason)
    _refuse_listed(settings, pseudonym)
    record, mark = Record(settings), mark_of(settings, pseudonym)
    folders = sorted(settings.landing_dir.glob("[!._]*/*/*"))
    for folder in folders:
        _end_of_rewriting(settings, folder)
    if damaged := read_landing(settings).damaged:
        raise BuildError("\n".join(delivery.sentence for delivery in damaged))
    known = [act for act in record.open_acts() if act.get("withdrawn") == mark]
    act = known[0] if known else record.intend(withdrawn=mark, reason=reason)
    for folder in folders:
        _take_out(settings, folder, pseudonym)
    _take_out_of_files(settings, pseudonym)
    destroy_what_is_made_again(settings)
    for path in (settings.home / "merge_lists").glob("*.json"):
        if pseudonym in path.read_text("utf-8"):
            path.unlink()
    return act


def let_in(settings: Settings, pseudonym: str, reason: str) -> None:
    """Let a withdrawn case or person come in with the deliveries from now on; hold the lock.

    What was destroyed stays so: a partner delivers it again, under a higher version.

    Raises:
        BuildError: The order cannot be carried out as given, or it was not withdrawn.
    """
    _refuse_order(pseudonym, reason)
    record, mark = Record(settings), mark_of(settings, pseudonym)
    if mark not in record.withdrawn():
        raise BuildError("dit pseudoniem is niet ingetrokken; er verandert niets")
    record.let_in(mark, reason)


def _refuse_order(pseudonym: str, reason: str) -> None:
    if WITHIN_TEXT.fullmatch(pseudonym) is None:
        raise BuildError(
            "dat is geen pseudoniem van een zaak of persoon; verwacht z1_ of p1_ en 26 tekens"
        )
    if not reason.strip() or WITHIN_TEXT.search(reason):
        raise BuildError("zeg met --reason waarom, zonder pseudoniem of persoon")


def _refuse_listed(settings: Settings, pseudonym: str) -> None:
    """Lists are people's own: no command rewrites them, and a merge names a second pseudonym."""
    named = [
        f"{path.name} regel {line}"
        for path in sorted(settings.seeds_dir.glob("*.csv"))
        for line, text in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if pseudonym in text
    ]
    if named:
        raise BuildError(
            f"dit pseudoniem staat in {', '.join(named)}: haal die regel weg en geef de opdracht "
            "opnieuw; noemt de regel nog een pseudoniem van dezelfde zaak of persoon, trek dan ook "
            "dat in. Er is niets veranderd"
        )


def _take_out(settings: Settings, folder: Path, pseudonym: str) -> None:
    """Rewrite one delivery without the rows of a pseudonym."""
    paths = _files_of(settings, folder)
    rest = {name: _without(path, pseudonym) for name, path in paths.items()}
    changed = {name: table for name, table in rest.items() if table is not None}
    if not changed:
        return
    hashes: dict[str, Any] = {}
    for name, table in changed.items():
        pq.write_table(table, _new(paths[name]))
        hashes[name] = file_sha256(_new(paths[name]))
    written = replace(landed_of(unseal((folder / NOTE_FILE).read_text("utf-8"))), **hashes)
    # Also of rows that were set aside: the file they came in may not lie in the inbox again.
    gone = max(pq.read_metadata(paths[name]).num_rows - changed[name].num_rows for name in changed)
    written = replace(written, rows_withdrawn=written.rows_withdrawn + gone)
    if DATA in changed:
        written = replace(written, rows=changed[DATA].num_rows)
    # Before it is there whole, nothing has changed; from then on all of it will.
    write_text(_new(folder / NOTE_FILE), seal(written.as_dict()))
    _end_of_rewriting(settings, folder)
    _remove_from_inbox(settings, written)


def _end_of_rewriting(settings: Settings, folder: Path) -> None:
    """Put what was written in its place, by the new note, or take it away where there is none."""
    if identity_of(folder) is None:
        return
    note, paths = _new(folder / NOTE_FILE), _files_of(settings, folder)
    told = unseal(note.read_text("utf-8")) if note.exists() else {}
    for name, path in paths.items():
        new = _new(path)
        if new.exists() and told and file_sha256(new) == told[name]:
            new.replace(path)
        new.unlink(missing_ok=True)
    if told:
        note.replace(folder / NOTE_FILE)


def _files_of(settings: Settings, folder: Path) -> dict[str, Path]:
    """What of a delivery holds rows, by the name of its hash in the note."""
    found = identity_of(folder)
    aside = delivery_folder(settings.quarantine_dir, *found) if found else folder
    return {DATA: folder / DATA_FILE, "aside_sha256": folder / ASIDE_FILE,
            "rows_sha256": aside / ROWS_FILE}  # fmt: skip


def _without(path: Path, pseudonym: str) -> pa.Table | None:
    """The rows without those that hold a pseudonym; None where none does."""
    if not path.is_file():
        return None
    table = pq.read_table(path)
    held = pa.array([False] * table.num_rows, pa.bool_())
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            found = pc.fill_null(pc.match_substring(column.combine_chunks(), pseudonym), False)
            held = pc.or_(held, found)
    return table.filter(pc.invert(held)) if pc.any(held).as_py() else None


def _remove_from_inbox(settings: Settings, landed: Landed) -> None:
    """The file it came in has landed, and holds the rows as well."""
    for path in settings.inbox_dir.iterdir() if settings.inbox_dir.is_dir() else ():
        name = parse_name(path.name)
        if name is not None and name.delivery_id == landed.delivery_id.partition("_vervolg")[0]:
            manifest_beside(path).unlink(missing_ok=True)
            path.unlink()


def _take_out_of_files(settings: Settings, pseudonym: str) -> None:
    """Remove refused files, and files that did not land, with the pseudonym in them."""
    places = [settings.quarantine_dir / REFUSED, settings.inbox_dir]
    for path in (path for place in places for path in _files(place)):
        if pseudonym.encode() in _content(path):
            manifest_beside(path).unlink(missing_ok=True)
            path.unlink()


def _files(place: Path) -> Iterator[Path]:
    yield from (path for path in sorted(place.rglob("*")) if path.is_file())


def _content(path: Path) -> bytes:
    """What is in a file, unpacked, as text; as it lies where it cannot be."""
    name = parse_name(path.name)
    try:
        if name is not None and name.compression:
            with open_bytes(path, name.compression) as content:
                return _values(content.read())
        return _values(path.read_bytes())
    except Exception:
        # Whatever is wrong with it: then the bytes as they lie.
        return path.read_bytes()


def _values(content: bytes) -> bytes:
    """The values of Parquet and the parts of a workbook, which lie packed; else the content."""
    if content.startswith(b"PAR1"):
        table = pq.read_table(pa.BufferReader(content))
        return json.dumps(table.to_pylist(), default=str).encode()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            return b"\n".join(workbook.read(part) for part in workbook.namelist())
    return content


def _new(path: Path) -> Path:
    return path.with_name(f".{path.name}{_NEW}")
