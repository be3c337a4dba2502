"""How a kind of chart is read, one click away, and what a chart shows, right under it.

Here: the look of both.
Not here: what a chart shows (`pipelines.charts.words`), and the texts.
"""

from dashboard.components.markup import escape
from pipelines.wording.language import Words


def said(sentence: str) -> str:
    """Return the sentence under a chart, as HTML; nothing where there is none."""
    return f'<p class="km-said">{escape(sentence)}</p>' if sentence else ""


def reading(*kinds: str, words: Words, marks: str = "") -> str:
    """Return how a chart is read, folded, as HTML.

    Args:
        kinds: What it is, of `series`, `limits`, `funnel`, `ranges`, `multiples`,
            `reconciliation`, `waterfall` and `answers`.
        words: The reader's language.
        marks: What the shapes in this very chart are.
    """
    texts = [words.text(f"reading.{kind}") for kind in kinds]
    texts[0] = f"{texts[0]} {marks}".strip()
    told = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return (
        f'<details class="km-reading"><summary>{escape(words.text("reading.title"))}</summary>'
        f"{told}</details>"
    )
