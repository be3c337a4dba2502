"""Safe HTML: text from a file or a publication never becomes markup.

Here: escaping, and drawings carried in the page as images with a text alternative.
Not here: the drawings themselves.
"""

import html
from urllib.parse import quote

from pipelines.charts.style import with_both_themes


def escape(text: object) -> str:
    """Return a text as it may stand in HTML, in an attribute too."""
    return html.escape(str(text), quote=True)


def link(href: str, text: str, class_: str = "") -> str:
    """Return a link; text and address are escaped."""
    kind = f' class="{class_}"' if class_ else ""
    return f'<a{kind} href="{escape(href)}">{escape(text)}</a>'


def hidden(text: str) -> str:
    """Return text that is read aloud and not shown."""
    return f'<span class="km-hidden">{escape(text)}</span>'


def folded(summary: str, body: str, *, is_open: bool = False) -> str:
    """Return what opens and closes beneath its summary; both are HTML."""
    return (
        f"<details{' open' if is_open else ''}><summary>{summary}</summary>"
        f'<div class="km-details">{body}</div></details>'
    )


def picture(svg: str, alternative: str, class_: str, width: int, height: int) -> str:
    """Return an SVG drawing as an image; an empty alternative marks it as decoration."""
    return (
        f'<img class="{class_}" alt="{escape(alternative)}" width="{width}" height="{height}" '
        f'src="data:image/svg+xml,{quote(with_both_themes(svg))}">'
    )
