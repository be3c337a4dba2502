"""Whether the data under figures are fit to show them, and why: the same words on every page.

Here: the quality of the data under an indicator, and the note where they are not fit or end early.
Not here: which data are not fit (published), and the badge's look (`components.badge`).
"""

from collections.abc import Mapping
from typing import Any

from dashboard import queries
from dashboard.components import badge
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page
from dashboard.sections.followed import show_followed
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import text_of

# Entries of the register that speak for all themes, answers and recommendations.
THEMES, ANSWERS, RECOMMENDATIONS = (
    "theme_prevalence",
    "experience_answers",
    "recommendations_issued",
)


def quality_of(page: Page, indicator: str) -> dict[str, Any]:
    """Return the quality of the data under an indicator; empty when it is not known."""
    return queries.quality(page.publication, indicator)


def quality_line(page: Page, quality: Mapping[str, Any]) -> str:
    """Return the badge with the sentence why."""
    mark = badge.quality(text_of(quality, "badge") or None, "", page.words)
    return f"{mark} {escape(quality_sentence(quality, page.words))}"


def show_fitness(page: Page, quality: Mapping[str, Any], *, many: bool = False) -> bool:
    """Say, where data end early or are not fit, what that means for the reader, and why.

    Args:
        page: The page.
        quality: Row of `quality`.
        many: The note stands above more than one figure.

    Returns:
        Whether the figures are shown. A researcher sees what others do not, marked as unfit.
    """
    show_followed(page, text_of(quality, "indicator"))
    if quality.get("badge") != "not_fit":
        return True
    is_shown = page.publication.audience == "researcher"
    kind = ("marked" if is_shown else "text") + (".many" if many else "")
    why = page.words.text(f"quality.not_fit.{kind}")
    show_note(f"{why} {quality_sentence(quality, page.words)}", kind="attention")
    return is_shown
