"""Ranges: the members of a dimension with their intervals, in their fixed order.

Here: a table whose cells are drawn to one scale, with the national figure as a line.
Not here: any order by value. It is a comparison with oneself, not a ranking.
"""

from collections.abc import Sequence

from dashboard import formats
from dashboard.components.markup import escape, link
from dashboard.components.table import Column, table
from dashboard.figures import OK, Figure, interval_of, status_symbol, status_word
from dashboard.language import Words


def ranges(
    caption: str,
    members: Sequence[tuple[str, Figure]],
    national: Figure | None,
    words: Words,
    threshold: int | None = None,
    links: Sequence[str] = (),
) -> str:
    """Return the members of a dimension.

    Args:
        caption: What is shown, with the period.
        members: Label and figure of each member, in the fixed order of the dimension.
        national: The national figure of the same period, drawn as a line.
        words: The reader's language.
        threshold: Least number of cases of a shown figure.
        links: Address of each member's own series; empty where it has none.
    """
    reference = national.value if national is not None and national.status == OK else None
    values = [one.value for _, one in members if one.status == OK and one.value is not None]
    values += [] if reference is None else [reference]
    uppers = [one.upper for _, one in members if one.status == OK and one.upper is not None]
    highest = max(values, default=1.0) or 1.0
    top = 1.06 * max(highest, min(max(uppers, default=0.0), 2.2 * highest))
    unit = members[0][1].unit if members else ""
    unit_name = formats.unit_name(unit, words)
    columns = [
        Column(words.text("column.member")),
        Column(words.text("column.spread")),
        Column(f"{words.text('column.value')}{f' ({unit_name})' if unit_name else ''}", True),
        Column(words.text("column.interval"), is_number=True),
        Column(words.text("column.denominator"), is_number=True),
    ]
    rows = [
        [
            link(to, label) if to else escape(label),
            _drawing(one, reference, top),
            _cell(one, words, threshold),
            escape(interval_of(one, words)),
            escape(formats.number(one.denominator, words) if one.denominator is not None else ""),
        ]
        for (label, one), to in zip(members, links or [""] * len(members), strict=True)
    ]
    return table(caption, columns, rows, class_="km-ranges")


def _drawing(one: Figure, reference: float | None, top: float) -> str:
    def at(value: float) -> str:
        return f"{min(max(value / top, 0.0), 1.0) * 100:.1f}%"

    line = "" if reference is None else f'<i class="km-range-ref" style="left:{at(reference)}"></i>'
    if one.status != OK or one.value is None:
        return f'<div class="km-range km-range-none" aria-hidden="true">{line}</div>'
    band = ""
    if one.has_interval:
        low = one.lower if one.lower is not None else 0.0
        high = one.upper if one.upper is not None else top
        # The right edge as a distance, so that both ends keep their place at any width.
        right = f"{100 - float(at(high)[:-1]):.1f}%"
        cut = " km-range-cut" if one.upper is None or one.upper > top else ""
        band = f'<i class="km-range-band{cut}" style="left:{at(low)};right:{right}"></i>'
    return (
        f'<div class="km-range" aria-hidden="true">{line}{band}'
        f'<i class="km-range-dot" style="left:{at(one.value)}"></i></div>'
    )


def _cell(one: Figure, words: Words, threshold: int | None) -> str:
    if one.status == OK and one.value is not None:
        return escape(formats.quantity(one.value, one.unit, words))
    symbol = status_symbol(one.status, words, threshold)
    word = status_word(one.status, words, threshold)
    return f'<span class="km-status" title="{escape(word)}">{escape(symbol)}</span>'
