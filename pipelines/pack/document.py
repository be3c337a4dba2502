"""The document: a published file as a PDF.

Here: the order of the sections, and setting them.
Not here: what stands in a section (its neighbours), how it is written (`wording`) and layout
(`pack.typ`).

The same file gives the same bytes: its type comes with it, its only date is that of the data.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from pipelines.charts.style import FONTS, PALETTE
from pipelines.pack.changes import changes
from pipelines.pack.decisions import last_meeting, older_open
from pipelines.pack.definitions import definitions
from pipelines.pack.handoffs import handoffs
from pipelines.pack.items import listed, pages
from pipelines.pack.paper import Paper, opened
from pipelines.pack.picture import chain_picture
from pipelines.pack.quarters import last_full_quarter
from pipelines.pack.register import register_of
from pipelines.pack.summary import cover, summary
from pipelines.pack.themes import themes

TEMPLATE = Path(__file__).with_name("pack.typ")
# What the type of the layout has signs for. An accessible PDF cannot hold a text that it cannot
# show, and the pack is made whatever somebody typed.
_SHOWN = (
    "\t\n\u0020-\u007e\u00a0-\u0377\u0384-\u038a\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1f15\u2000-\u2027"
    "\u2030-\u2040\u2044-\u2052\u2070\u2071\u2074-\u208e\u20a0-\u20c0\u2190-\u23ff\u25a0-\u2606"
)
_NOT_SHOWN = re.compile(f"[^{_SHOWN}]")


def write_pack(published: Path, target: Path) -> Path:
    """Write the pack of a published file.

    Args:
        published: Published file of the platform.
        target: PDF to write; replaced in one step.

    Returns:
        The target.
    """
    with opened(published) as paper:
        data = _in_signs(contents(paper))
        day = datetime(paper.day.year, paper.day.month, paper.day.day, tzinfo=UTC)
    pdf = typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=int(day.timestamp()),
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(pdf)
    temporary.replace(target)
    return target


def contents(paper: Paper) -> dict[str, Any]:
    """Return all that stands in the pack, in its order.

    Args:
        paper: Published file of the platform.
    """
    words, register = paper.words, register_of(paper)
    quarter, items = last_full_quarter(paper.day), listed(paper)
    return {
        "language": words.language,
        "colours": {name: colours["light"] for name, colours in PALETTE.items()},
        "footer": words.text("pack.footer", id=paper.publication["publication_id"]),
        "cover": cover(paper, quarter),
        "summary": summary(items, register, paper),
        "chain": chain_picture(register, paper),
        "decisions": last_meeting(paper),
        "items": pages(items, register, paper),
        "of_item": {
            name: words.text(f"pack.item.{name}") for name in ("decision", "what", "owner", "due")
        },
        "older": older_open(paper),
        "handoffs": handoffs(paper, quarter),
        "themes": themes(paper, quarter),
        "changes": changes(paper),
        "definitions": definitions(paper, register, quarter),
    }


def _in_signs(told: Any) -> Any:
    """The same with the replacement sign for what the fonts have no sign for."""
    if isinstance(told, str):
        return _NOT_SHOWN.sub("\ufffd", told)
    if isinstance(told, dict):
        return {name: _in_signs(value) for name, value in told.items()}
    return [_in_signs(value) for value in told] if isinstance(told, list | tuple) else told
