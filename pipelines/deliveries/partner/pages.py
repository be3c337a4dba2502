"""Pages of HTML for a chain partner, filled in by Jinja: one look for specification and feedback.

Here: the templates, every value of which is escaped. A page needs nothing beside it, so it can be
sent as it is, printed, and opened without a network.
Not here: what a page says (`specification`, `report_page`).
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(template: str, **content: object) -> str:
    """Fill in a template.

    Args:
        template: Name of a file in `templates`.
        content: What stands in it, as text and not as HTML.

    Returns:
        The page.
    """
    return _templates().get_template(template).render(content)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
