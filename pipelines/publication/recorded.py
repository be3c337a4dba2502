"""The hashes a publication was written with: a file beside it, in the form of `sha256sum`.

Here: writing them, and saying which file of a folder of publications is not as it was written.
Not here: the content hash, which is the same for two files that differ in bytes (`content`).

`<publication>.sha256` stands beside the publication and goes with it; `sha256sum -c` reads it too.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.sealed import file_sha256

SUFFIX = ".sha256"
POINTER = "CURRENT"
PUBLISHED = ".duckdb"
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\n]+)\n")


def record(published: Path, *beside: Path) -> None:
    """Keep the hashes a publication was written with, and those of files beside it.

    Args:
        published: The published file; what was kept of it stays as it was.
        beside: Files under its name, written just now.
    """
    note = published.with_suffix(SUFFIX)
    known = dict(hashes_in(note) or {})
    fresh = beside if published.name in known else (published, *beside)
    known.update({path.name: file_sha256(path) for path in fresh})
    write_text(note, "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(known.items())))


def changed(folder: Path) -> Iterator[tuple[str, str]]:
    """Say of every file in the folder of an audience that is not as it was written what is wrong.

    Args:
        folder: Published files of one audience.

    Yields:
        Name of the file, and what is wrong, in Dutch.
    """
    # Hidden is what a step that was cut short left; the next one replaces it.
    names = {path.name for path in folder.glob("[!.]*") if path.is_file()}
    yield from _wrong_pointer(folder, names)
    stems = sorted({Path(name).stem for name in names - {POINTER}})
    for stem in stems:
        own = {name for name in names if Path(name).stem == stem}
        if f"{stem}{SUFFIX}" in own:
            yield from _not_as_recorded(folder, f"{stem}{SUFFIX}", own)
        elif f"{stem}{PUBLISHED}" not in own:
            yield from ((name, "hoort bij geen publicatie") for name in sorted(own))
        # Else it never passed the door out: nobody reads it.


def _wrong_pointer(folder: Path, names: set[str]) -> Iterator[tuple[str, str]]:
    if POINTER not in names:
        return
    current = (folder / POINTER).read_bytes().decode(errors="replace")
    if current not in names or not current.endswith(PUBLISHED):
        yield POINTER, "wijst geen publicatie aan"
    elif (note := f"{Path(current).stem}{SUFFIX}") not in names:
        yield note, "ontbreekt"


def _not_as_recorded(folder: Path, note: str, own: set[str]) -> Iterator[tuple[str, str]]:
    known = hashes_in(folder / note)
    if known is None:
        yield note, "is niet meer te lezen"
        return
    for name, sha256 in known.items():
        if name not in own:
            yield name, f"ontbreekt, volgens {note}"
        elif file_sha256(folder / name) != sha256:
            yield name, f"is niet wat {note} zegt"
    yield from ((name, f"staat niet in {note}") for name in sorted(own - {note, *known}))


def hashes_in(note: Path) -> Mapping[str, str] | None:
    """Hash by name; None where the file is not what `record` wrote."""
    try:
        text = note.read_bytes().decode("ascii")
    except (OSError, ValueError):
        return None
    lines = [_LINE.fullmatch(line) for line in text.splitlines(keepends=True)]
    if not lines or None in lines:
        return None
    return {line[2]: line[1] for line in lines if line is not None}
