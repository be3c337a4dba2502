"""A worked example on the page: its cells, and what they print.

Here: reading a file with `# %%` cells, running it on given rows, and showing both.
Not here: the examples themselves (`worked_example/`).
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.components.markup import escape

FOLDER = Path(__file__).resolve().parents[1] / "worked_example"
_CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell of an example.

    Attributes:
        kind: `text`, `code`, or `load` for the code that reads the downloads.
        language: Language of a text; empty for code.
        source: The text without comment signs, or the code.
    """

    kind: str
    language: str
    source: str


def cells(source: str) -> list[Cell]:
    """Cut a file into its cells; what stands before the first one is about running it by hand.

    Args:
        source: Python with cells that begin with `# %%`; `# %% [markdown] nl` is text in Dutch.
    """
    parts = _CELL.split(source)[1:]
    return [
        _cell(heading.split(), body) for heading, body in zip(parts[::2], parts[1::2], strict=True)
    ]


def _cell(heading: list[str], body: str) -> Cell:
    if "[markdown]" in heading:
        lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines()]
        return Cell("text", heading[-1], "\n".join(lines))
    return Cell("load" if "load" in heading else "code", "", body.strip())


def run(parts: list[Cell], given: Mapping[str, Any]) -> list[str]:
    """Run the code cells after one another and return what each prints; empty for text.

    Args:
        parts: The cells.
        given: The frames that the cell `load` would have read.
    """
    names: dict[str, Any] = dict(given)
    printed = []
    for part in parts:
        out = io.StringIO()
        # Not by redirecting standard output, which all readers of this process share.
        names["print"] = partial(print, file=out)
        if part.kind == "load":
            # Its imports, not its reading: the rows are here already.
            lines = [
                line for line in part.source.splitlines() if line.startswith(("import ", "from "))
            ]
            exec("\n".join(lines), names)
        elif part.kind == "code":
            # A file of ours; nothing a reader typed comes here.
            exec(part.source, names)
        printed.append(out.getvalue())
    return printed


def show_example(name: str, given: Mapping[str, Any], language: str, outcome: str) -> None:
    """Put an example on the page: text, code, and what the code prints.

    Args:
        name: Its file, without extension.
        given: The frames that its cell `load` would have read.
        language: The reader's language.
        outcome: Caption of what is printed.
    """
    parts = cells((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    for part, printed in zip(parts, run(parts, given), strict=True):
        if part.kind == "text":
            if part.language == language:
                st.markdown(part.source)
            continue
        st.code(part.source, language="python")
        if printed:
            st.html(
                f'<figure class="km-printed"><figcaption>{escape(outcome)}</figcaption>'
                f'<pre tabindex="0">{escape(printed.rstrip())}</pre></figure>'
            )
