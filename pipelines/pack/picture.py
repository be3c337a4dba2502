"""The picture of the chain in the meeting pack: the drawing of the screen, on paper.

Here: what it is drawn of, and its text alternative.
Not here: the drawing (`pipelines.charts.chain`) and what is said of a hand-off
(`pipelines.wording.handoff_lines`).
"""

from pipelines.charts.chain import as_svg, draw_chain
from pipelines.dimensions import NATIONAL
from pipelines.pack.paper import Paper
from pipelines.pack.register import Register
from pipelines.wording import formats
from pipelines.wording.handoff_lines import STATISTICS, HandoffLine, handoff_lines, sentence
from pipelines.wording.questions import HANDOFFS

# Pixels over the width of the page, 762 points: letters of 11 pixels come out at 8 points. Where a
# chain is too long for that, it is drawn wider; under each other its phases are for a telephone.
_WIDTHS = tuple(float(width) for width in range(1045, 2000, 120))


def chain_picture(register: Register, paper: Paper) -> dict[str, str] | None:
    """Return the drawing of the whole chain.

    Args:
        register: What is known of indicators.
        paper: Published file of the platform.

    Returns:
        For the layout `title`, `svg` and `alt`; None for a chain without hand-offs.
    """
    lines = _lines(register, paper)
    if not lines:
        return None
    words = paper.words
    members = paper.table("dimension_member", "dimension, sort_order")
    organisations = paper.table("organisation", "sort_order")
    for width in _WIDTHS:
        drawing = draw_chain(lines, organisations, members, words, width=width)
        if drawing.height <= drawing.width:
            break
    alternative = _alternative(lines, paper)
    return {
        "title": words.text("page.chain"),
        "svg": as_svg(drawing, alternative),
        "alt": alternative,
    }


def _lines(register: Register, paper: Paper) -> list[HandoffLine]:
    results = paper.table("result")
    national = results[(results["dimension"] == NATIONAL) & results["statistic"].isin(STATISTICS)]
    return handoff_lines(
        handoffs=paper.frame(HANDOFFS),
        indicators=register.frame,
        results=national.sort_values("period"),
        found=paper.table("signal", "discussion_rank, rowid"),
        qualities=paper.table("quality"),
    )


def _alternative(lines: list[HandoffLine], paper: Paper) -> str:
    """Say how many hand-offs are drawn, and of each that stands out what stands out."""
    words = paper.words
    outstanding = [line for line in lines if line.variation or line.is_backlog or not line.is_fit]
    said = [
        words.text(
            "pack.chain",
            n=formats.number(len(lines), words),
            marked=formats.number(len(outstanding), words),
        ),
        *(sentence(line, words) for line in outstanding),
    ]
    return " ".join(said)
