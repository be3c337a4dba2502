"""The pins of a lock: which version of which package, with the hashes of its files.

Here: reading a lock that pip installs from.
Not here: making one (`make lock`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class LockError(ValueError):
    """A lock holds a line that is no pin; the message names it."""


@dataclass(frozen=True)
class Pin:
    """One package of a lock.

    Attributes:
        name: As an index spells it.
        version: The one version that is installed.
        sha256: Of every file that may be installed.
        marker: Where it is installed; None for everywhere.
    """

    name: NormalizedName
    version: Version
    sha256: tuple[str, ...]
    marker: Marker | None

    @property
    def is_for_here(self) -> bool:
        """Whether it is installed on this platform and by this Python."""
        return self.marker is None or self.marker.evaluate()


def read_pins(lock: Path) -> Sequence[Pin]:
    """Read a lock.

    Args:
        lock: A requirements file with one version of each package, as `make lock` writes it.

    Raises:
        LockError: A line is no pin.
    """
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [_pin(line, lock.name) for line in lines if line and not line.startswith("#")]


def _pin(line: str, lock: str) -> Pin:
    requirement = Requirement(line.partition(" --hash")[0])
    pinned = [part for part in requirement.specifier if part.operator == "=="]
    if len(pinned) != 1:
        raise LockError(f"{lock}: {requirement.name} is not pinned to one version; run `make lock`")
    return Pin(
        canonicalize_name(requirement.name),
        Version(pinned[0].version),
        tuple(_HASH.findall(line)),
        requirement.marker,
    )
