"""Parts of a whole: how the occurrences of a two-sided hand-off add up.

Here: one bar in named, patterned parts with a list beneath. Not here: which parts there are.
"""

from collections.abc import Sequence

from dashboard.components.markup import escape
from pipelines.wording import formats
from pipelines.wording.language import Words


def parts(each: Sequence[tuple[str, str, float]], words: Words) -> str:
    """Return a bar and its list.

    Args:
        each: Name for the style sheet, label and number of every part, in a fixed order.
        words: The reader's language.
    """
    total = sum(number for _, _, number in each)
    if total <= 0:
        return ""
    bar = "".join(
        f'<i class="km-part km-part-{escape(name)}" style="flex-grow:{number:g}"></i>'
        for name, _, number in each
        if number > 0
    )
    items = "".join(
        f'<li><i class="km-part km-part-{escape(name)}" aria-hidden="true"></i>'
        f"<b>{escape(formats.number(number, words))}</b> "
        f'<span class="km-soft">({escape(formats.quantity(number / total, "share", words))})</span>'
        f"<br>{escape(label)}</li>"
        for name, label, number in each
    )
    return (
        f'<div class="km-parts" aria-hidden="true">{bar}</div>'
        f'<ul class="km-parts-list">{items}</ul>'
    )
