"""Answers on a five-point scale: one bar a group, from disagree to agree, with words and numbers.

Here: how a distribution is drawn. Not here: which questions there are, and merging of categories
(published as it may be seen).

The side of the scale shows in place, colour, pattern and word: disagree left and orange with
stripes, agree right and blue, the middle grey. A merged category is drawn in the colours of the
first and last it holds, one above the other, and named in words beside the bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.components.markup import escape
from pipelines.wording import formats
from pipelines.wording.language import Words

# Below this share of the bar its number does not fit inside.
_LEAST_LABEL = 0.07


@dataclass(frozen=True)
class Part:
    """One category, or several merged, with the share of answers in it."""

    low: int
    high: int
    share: float
    count: float

    @property
    def is_merged(self) -> bool:
        """Whether it holds more than one category."""
        return self.low != self.high


def name_of(low: int, high: int, words: Words) -> str:
    """Name a category, or the first and last of a range."""
    first = words.text(f"answer.{low}")
    if low == high:
        return first
    return words.text("answer.range", first=first, last=words.text(f"answer.{high}"))


def bar(parts: Sequence[Part], words: Words) -> str:
    """Return a bar of 100% with the share in each part; decoration beside its words."""
    items = "".join(
        f'<i class="km-answer km-answer-{part.low}" style="flex-grow:{part.share:g}" '
        f'title="{escape(name_of(part.low, part.high, words))}">'
        + (f'<u class="km-answer-{part.high}"></u>' if part.is_merged else "")
        + (
            f"<b>{escape(formats.quantity(part.share, 'share', words))}</b>"
            if part.share >= _LEAST_LABEL
            else ""
        )
        + "</i>"
        for part in parts
        if part.share > 0
    )
    return f'<div class="km-answers" aria-hidden="true">{items}</div>'


def legend(words: Words) -> str:
    """Return what each category looks like."""
    items = "".join(
        f'<li><i class="km-answer km-answer-{category}" aria-hidden="true"></i>'
        f"{escape(words.text(f'answer.{category}'))}</li>"
        for category in range(1, 6)
    )
    return f'<ul class="km-answer-key">{items}</ul>'
