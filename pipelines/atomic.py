"""Writing a small file so that a reader sees the old text or the new one, never half.

Here: that one act.
Not here: what is written, or large data (which is written beside its place and renamed by whoever
makes it).
"""

import os
from pathlib import Path


def write_text(path: Path, text: str, *, is_durable: bool = True) -> None:
    """Replace the text of a file in one step.

    Args:
        path: File to write; its folder is made when missing.
        text: New content.
        is_durable: Wait until it is on disk. Not worth the wait for a text that can be made again,
            such as one of a thousand reports.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as handle:
        handle.write(text)
        if is_durable:
            handle.flush()
            os.fsync(handle.fileno())
    temporary.replace(path)
