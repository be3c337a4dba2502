"""Known vulnerabilities of the pinned packages, from a file: no database is asked.

Here: reading advisories in the OSV format and holding the pins of a lock against them.
Not here: where the file comes from. Two are handed out: the archive of all advisories of one
ecosystem (one archive of JSON entries) and that of the Python advisory database (YAML entries); a
single entry or a list of them will do too.

`python -m pipelines.supply.advisories FILE LOCK…` prints what was found. 0: none; 1: some; 2: the
file cannot be judged by, which is no good news.
"""

import json
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pipelines.supply.pins import LockError, Pin, read_pins

_ECOSYSTEM = "PyPI"
# An entry of git commits says nothing about versions that are installed.
_RANGES = ("ECOSYSTEM", "SEMVER")
_READERS: Mapping[str, Callable[[str], Any]] = {
    ".json": json.loads,
    ".yaml": yaml.safe_load,
    ".yml": yaml.safe_load,
}
_LARGEST_ENTRY_BYTES = 64 * 2**20

Entry = Mapping[str, Any]


class AdvisoryError(ValueError):
    """A file of advisories cannot be read or holds none; the message says which and why."""


@dataclass(frozen=True)
class Found:
    """An advisory that concerns a pin.

    Attributes:
        pin: The package.
        entry: The advisory, as it came.
        fixed: Versions that it says are mended.
        is_certain: False where the entry cannot be compared with a version: then it may concern.
    """

    pin: Pin
    entry: Entry
    fixed: tuple[str, ...]
    is_certain: bool

    @property
    def sentence(self) -> str:
        """All somebody needs to act on it, in one line."""
        aliases = self.entry.get("aliases") or ()
        names = ", ".join(map(str, (self.entry["id"], *aliases)))
        remedy = f"fixed in {', '.join(self.fixed)}" if self.fixed else "no fixed version named"
        doubt = "" if self.is_certain else " (its versions cannot be compared: look yourself)"
        what = " ".join(str(self.entry.get("summary") or "").split())
        return f"{self.pin.name} {self.pin.version}: {names}{doubt}; {remedy}. {what}".strip()


def read_entries(path: Path) -> list[Entry]:
    """Read every advisory of a file.

    Args:
        path: A zip of entries, or one file with an entry or a list of entries; JSON or YAML.

    Raises:
        AdvisoryError: It cannot be read, or nothing in it is about Python packages.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                files = list(_members(archive))
        else:
            files = [(path.name, path.read_text(encoding="utf-8"))]
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise AdvisoryError(f"{path}: cannot be read: {error}") from error
    entries = [entry for name, text in files for entry in _parse(name, text)]
    if not any(_of_pypi(affected) for entry in entries for affected in _affected(entry)):
        raise AdvisoryError(f"{path}: no advisory about Python packages; is it the right file?")
    return entries


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for member in archive.infolist():
        if PurePosixPath(member.filename).suffix not in _READERS:
            continue
        if member.file_size > _LARGEST_ENTRY_BYTES:
            raise AdvisoryError(f"{member.filename}: too large for an advisory")
        yield member.filename, archive.read(member).decode("utf-8")


def _parse(name: str, text: str) -> list[Entry]:
    read = _READERS.get(PurePosixPath(name).suffix)
    if read is None:
        raise AdvisoryError(f"{name}: neither zip, json nor yaml")
    try:
        found = read(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise AdvisoryError(f"{name}: {' '.join(str(error).split())}") from error
    entries = found if isinstance(found, list) else [found]
    if not all(isinstance(entry, dict) for entry in entries):
        raise AdvisoryError(f"{name}: no advisory in the OSV format")
    # Other files lie beside the entries in the archive of a repository.
    return [entry for entry in entries if "id" in entry and isinstance(entry.get("affected"), list)]


def _affected(entry: Entry) -> list[Entry]:
    return _mappings(entry["affected"])


def _mappings(value: Any) -> list[Entry]:
    """The objects of a list, where it is one."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _of_pypi(affected: Entry) -> bool:
    package = affected.get("package")
    return (
        isinstance(package, dict)
        and isinstance(package.get("name"), str)
        and str(package.get("ecosystem")).partition(":")[0] == _ECOSYSTEM
    )


def concerning(pins: Sequence[Pin], entries: Sequence[Entry]) -> list[Found]:
    """Return every advisory that concerns a pin, by package; withdrawn ones concern nobody."""
    by_name = {pin.name: pin for pin in pins}
    found = []
    for entry in entries:
        if entry.get("withdrawn"):
            continue
        for affected in filter(_of_pypi, _affected(entry)):
            pin = by_name.get(canonicalize_name(affected["package"]["name"]))
            if pin is not None and (judged := _judge(pin, entry, affected)) is not None:
                found.append(judged)
    return sorted(found, key=lambda each: (each.pin.name, str(each.entry.get("id"))))


def _judge(pin: Pin, entry: Entry, affected: Entry) -> Found | None:
    ranges = [each for each in _mappings(affected.get("ranges")) if each.get("type") in _RANGES]
    switches = [_mappings(each.get("events")) for each in ranges]
    versions = affected.get("versions")
    named = versions if isinstance(versions, list) else []
    fixed = tuple(str(event["fixed"]) for each in switches for event in each if "fixed" in event)
    try:
        concerns = any(_is_same(str(version), pin.version) for version in named) or any(
            _is_within(pin.version, events) for events in switches
        )
    except (InvalidVersion, TypeError):
        return Found(pin, entry, fixed, is_certain=False)
    if concerns:
        return Found(pin, entry, fixed, is_certain=True)
    return None if ranges or named else Found(pin, entry, fixed, is_certain=False)


def _is_same(named: str, pinned: Version) -> bool:
    try:
        return Version(named) == pinned
    except InvalidVersion:
        # From before versions had one form; none of those is pinned.
        return False


def _is_within(version: Version, events: Sequence[Entry]) -> bool:
    """Whether a version lies in a range, as the OSV format defines it.

    Source: OSV schema, "Evaluation": events in order of their version, each switching.
    """
    steps: list[tuple[Version, str]] = []
    for event in events:
        for kind, at in event.items():
            # Before all versions there are.
            steps.append((Version("0.dev0") if at == "0" else Version(at), kind))
    is_affected = False
    # Of one version the end comes first: who is introduced again there, is affected.
    for switch, kind in sorted(steps, key=lambda step: (step[0], step[1] == "introduced")):
        if kind == "introduced" and version >= switch:
            is_affected = True
        elif (kind in {"fixed", "limit"} and version >= switch) or (
            kind == "last_affected" and version > switch
        ):
            is_affected = False
    return is_affected


def main(arguments: Sequence[str]) -> int:
    """Hold locks against a file of advisories and print what concerns them."""
    path, *locks = map(Path, arguments)
    try:
        entries = read_entries(path)
        pins = [pin for lock in locks for pin in read_pins(lock)]
    except (AdvisoryError, LockError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    found = concerning(pins, entries)
    for each in found:
        print(each.sentence)
    newest = max(str(entry.get("modified", ""))[:10] for entry in entries)
    concerned = {each.pin.name for each in found}
    print(f"Concerned: {len(concerned)} of {len({pin.name for pin in pins})} packages.")
    print(f"Advisories read: {len(entries)}, the newest of {newest or 'an unknown day'}.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
