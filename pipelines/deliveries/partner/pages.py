"""Pages of HTML, filled in by Jinja: one look for specification, feedback and papers.

Here: the templates, every value of which is escaped. A page needs nothing beside it, so it can be
sent as it is, printed, and opened without a network.
Not here: what a page says (`specification`, `report_page`, `pipelines.papers`).
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(template: str, folder: Path | None = None, **content: object) -> str:
    """Fill in a template.

    Args:
        template: Name of a file in `templates`, or in the folder.
        folder: Templates of another package, which extend those here.
        content: What stands in it, as text and not as HTML.
    """
    return _templates(folder).get_template(template).render(content)


@cache
def _templates(folder: Path | None) -> Environment:
    own = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader([own] if folder is None else [folder, own]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
