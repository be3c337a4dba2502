"""Pages of HTML for a chain partner: one look for the specification and the feedback.

Here: the frame of a page, its style and its tables. A page needs nothing beside it, so it can be
sent as it is, printed, and opened without a network.
Not here: what a page says (`specification`, `feedback`).
"""

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = (
    "body{font:16px/1.5 system-ui,'Liberation Sans',sans-serif;max-width:64rem;margin:2rem auto;"
    "padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}h2{font-size:1.2rem;"
    "margin-top:2rem;border-top:2px solid #154273;padding-top:.5rem}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}"
    "th,td{border-bottom:1px solid #ccc;padding:.4rem .7rem .4rem 0;text-align:left;"
    "vertical-align:top}tbody th+td{overflow-wrap:anywhere}"
    "thead th{white-space:nowrap;color:#444;font-size:.9rem}tbody th{font-weight:normal;color:#444}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".status{border-left:.4rem solid #154273;background:#f3f6fa;padding:.6rem 1rem}"
    ".status.stop{border-left-style:double;border-left-width:.6rem;border-color:#a0420e;"
    "background:#fdf4ef}.soft{color:#444;font-size:.9rem}code{font-size:.95em}"
    "@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}"
)


def page(title: str, parts: Iterable[str]) -> str:
    """A page in Dutch.

    Args:
        title: Title and first heading, as text.
        parts: What follows, as HTML.

    Returns:
        The page.
    """
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[int] = ()
) -> str:
    """A table; a cell of several lines of text has a line break at each.

    Args:
        head: Names of the columns.
        rows: Cells, as text.
        numbers: Places of columns that are right-aligned.

    Returns:
        The table as HTML.
    """
    marks = [' class="n"' if at in numbers else "" for at in range(len(head))]
    top = "".join(
        f'<th scope="col"{mark}>{escape(heading)}</th>'
        for heading, mark in zip(head, marks, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{mark}>{_cell(cell)}</td>" for cell, mark in zip(row, marks, strict=True))
        + "</tr>"
        for row in rows
    )
    return _scrolling(f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody>")


def facts(rows: Iterable[tuple[str, object]]) -> str:
    """A list of names with their values."""
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_cell(value)}</td></tr>'
        for name, value in rows
    )
    return _scrolling(f"<tbody>{body}</tbody>")


def _scrolling(content: str) -> str:
    """A table that scrolls by itself where the page is narrow."""
    return f'<div class="scroll"><table>{content}</table></div>'


def _cell(value: object) -> str:
    return escape(str(value)).replace("\n", "<br>")
