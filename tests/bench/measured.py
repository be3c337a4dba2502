"""Writing down what a bench command measured, for the methods page.

Here: the one form of such a file. Not here: reading it (`dashboard.measured`), and measuring.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import yaml

from dashboard.measured import FOLDER


def store(name: str, command: str, runs: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the file of a command, in place of what it measured before.

    Args:
        name: Name of the file, without extension.
        command: The command that measures it again.
        runs: Random draws each figure rests on.
        rows: The figures, as plain numbers and texts.
    """
    content = {
        "command": command,
        "measured_on": date.today(),
        "runs": runs,
        "rows": [dict(row) for row in rows],
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    (FOLDER / f"{name}.yaml").write_text(text, encoding="utf-8")
