"""Writing the papers: pages of HTML that need nothing beside them.

Here: which paper is made of what, and writing them.
Not here: what stands in them (`processing_register`, `annex`, `statements`).

HTML, because every ministry reads and prints it, a screen reader knows its headings and tables, a
word processor opens it, and two versions can be compared line by line.
"""

from collections.abc import Mapping
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.deliveries.partner.pages import render
from pipelines.papers import annex, processing_register, statements
from pipelines.papers.facts import ACCESSIBILITY, ANNEX, MEASURES, REGISTER, read_facts
from pipelines.settings import Settings

_TEMPLATES = Path(__file__).parent / "templates"
_MADE_BY = {
    REGISTER: ("register.html", processing_register.content),
    ANNEX: ("annex.html", annex.content),
    MEASURES: ("measures.html", statements.measures),
    ACCESSIBILITY: ("accessibility.html", statements.accessibility),
}


def write_papers(settings: Settings, folder: Path) -> tuple[list[Path], Mapping[str, str]]:
    """Write all papers.

    Args:
        settings: Settings of the installation.
        folder: Where they come; made when missing.

    Returns:
        The files, and what a person has to fill in: what is asked, by its name in the settings.

    Raises:
        ChainError: The chain is not whole.
        SettingsError: What is filled in carries a name that nobody asks for.
    """
    facts = read_facts(settings)
    # All are made before one is written: one that cannot be made leaves the others as they were.
    pages = {
        name: render(template, _TEMPLATES, **content(facts))
        for name, (template, content) in _MADE_BY.items()
    }
    for name, page in pages.items():
        write_text(folder / name, page)
    return [folder / name for name in pages], facts.said.missing
