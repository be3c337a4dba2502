"""What was measured of the methods themselves: the figures on the methods page, one file a command.

Here: reading the files beside this module, which a bench command writes (`tests/bench/measured.py`)
and which are checked in, so that no figure is copied into a text.
Not here: measuring, and the words around the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Measured:
    """The figures of one command.

    Attributes:
        name: Name of their file, without extension.
        command: The command that measures them again.
        measured_on: Day on which it did.
        runs: Random draws each figure rests on.
        rows: The figures.
    """

    name: str
    command: str
    measured_on: date
    runs: int
    rows: tuple[Mapping[str, Any], ...]


@cache
def measured(name: str) -> Measured | None:
    """Return what a command measured; None as long as it has not been run.

    Args:
        name: Name of its file, without extension.
    """
    path = FOLDER / f"{name}.yaml"
    if not path.exists():
        return None
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Measured(
        name, content["command"], content["measured_on"], content["runs"], tuple(content["rows"])
    )
