"""The manifest a sender may lay beside a file: until the file is what it says, the file waits.

Here: where it lies, and the hash it gives.
Not here: hashing the file (`landing.integrity`), and the waiting (`intake.inbox`).

`om_casus_2026-10-31_v1.csv.sha256`, in the form of `sha256sum`: the hash, two spaces, the name.
"""

import re
from pathlib import Path

SUFFIX = ".sha256"
# What is told of a file that waits.
RULE = "controlegetal"
_LINE = re.compile(r"(?P<hash>[0-9a-fA-F]{64})(?:[ ]+[*]?(?P<name>.+))?")
_LONGEST = 2**16


def manifest_beside(path: Path) -> Path:
    """Where the manifest of a file lies, if its sender gives one."""
    return path.with_name(path.name + SUFFIX)


def is_manifest(path: Path) -> bool:
    """Whether something is a manifest, by its name."""
    return path.name.endswith(SUFFIX)


def file_of(manifest: Path) -> Path:
    """The file a manifest is of."""
    return manifest.with_name(manifest.name.removesuffix(SUFFIX))


def hash_in_manifest(path: Path) -> str | None:
    """What the manifest beside a file says its hash is.

    Returns:
        The hash; None without a manifest, and an empty text when it says nothing of this file.
    """
    manifest = manifest_beside(path)
    if not manifest.is_file():
        return None
    try:
        with manifest.open(encoding="utf-8", errors="replace") as stream:
            lines = stream.read(_LONGEST).splitlines()
    except OSError:
        return ""
    for line in lines:
        found = _LINE.fullmatch(line.strip())
        if found and found["name"] in {None, path.name}:
            return found["hash"].lower()
    return ""
