"""Ranges: the members of a dimension with their intervals and limits, in their fixed order.

Here: a table whose cells are drawn to one scale, with the national figure as a line and around it
the limits of each member: a funnel, laid out in the order of the members.
Not here: any order by value or by size. It is a comparison with oneself, not a ranking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.components.badge import marked
from dashboard.components.markup import escape, link
from dashboard.components.table import Column, table
from pipelines.charts.style import SLATE
from pipelines.wording import formats
from pipelines.wording.figures import OK, Figure, change_of, interval_of, status_symbol, status_word
from pipelines.wording.language import Words


@dataclass(frozen=True)
class MemberLimits:
    """Where the figure of a member with its number of cases may lie.

    Attributes:
        lower: Lower limit.
        upper: Upper limit.
        outer_lower: Outer lower limit.
        outer_upper: Outer upper limit.
        place: `within` the outer limits, `above` or `below` them.
    """

    lower: float
    upper: float
    outer_lower: float
    outer_upper: float
    place: str


@dataclass(frozen=True)
class Member:
    """One member of a dimension.

    Attributes:
        label: Its name.
        figure: Its figure.
        address: Of its own series; empty where it has none.
        limits: Its limits; None where it has none.
    """

    label: str
    figure: Figure
    address: str = ""
    limits: MemberLimits | None = None


def ranges(
    caption: str,
    members: Sequence[Member],
    national: Figure | None,
    words: Words,
) -> str:
    """Return the members of a dimension.

    Args:
        caption: What is shown, with the period.
        members: The members in the fixed order of the dimension.
        national: The national figure of the same period, drawn as a line.
        words: The reader's language.
    """
    reference = national.value if national is not None and national.status == OK else None
    top = _top([member.figure for member in members], reference)
    unit = members[0].figure.unit if members else ""
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
            link(member.address, member.label) if member.address else escape(member.label),
            _drawing(member, reference, top) + place_mark(member.limits, words),
            _cell(member.figure, words),
            escape(interval_of(member.figure, words)),
            escape(
                ""
                if member.figure.denominator is None
                else formats.number(member.figure.denominator, words)
            ),
        ]
        for member in members
    ]
    return table(caption, columns, rows, class_="km-ranges")


def place_mark(limits: MemberLimits | None, words: Words) -> str:
    """Return the mark of a member outside its limits; which way is no judgment: it is grey."""
    if limits is None or limits.place == "within":
        return ""
    return marked("block", SLATE, words.text(f"funnel.place.{limits.place}"))


def _top(each: Sequence[Figure], reference: float | None) -> float:
    """Return where the scale ends: at the highest value, and a good deal of the intervals."""
    values = [figure.value for figure in each if figure.status == OK and figure.value is not None]
    values += [] if reference is None else [reference]
    uppers = [figure.upper for figure in each if figure.status == OK and figure.upper is not None]
    highest = max(values, default=1.0) or 1.0
    return 1.06 * max(highest, min(max(uppers, default=0.0), 2.2 * highest))


def _drawing(member: Member, reference: float | None, top: float) -> str:
    figure, limits = member.figure, member.limits

    def at(value: float) -> float:
        return min(max(value / top, 0.0), 1.0) * 100

    def between(name: str, low: float, high: float) -> str:
        # The right edge as a distance, so that both ends keep their place at any width.
        return f'<i class="{name}" style="left:{at(low):.1f}%;right:{100 - at(high):.1f}%"></i>'

    line = ""
    if reference is not None:
        line = f'<i class="km-range-ref" style="left:{at(reference):.1f}%"></i>'
    if figure.status != OK or figure.value is None:
        return f'<div class="km-range" aria-hidden="true">{line}</div>'
    funnel = ""
    if limits is not None:
        funnel = between("km-range-outer", limits.outer_lower, limits.outer_upper)
        funnel += between("km-range-inner", limits.lower, limits.upper)
    band = ""
    if figure.has_interval:
        low = figure.lower if figure.lower is not None else 0.0
        high = figure.upper if figure.upper is not None else top
        cut = " km-range-cut" if figure.upper is None or figure.upper > top else ""
        band = between(f"km-range-band{cut}", low, high)
    is_out = limits is not None and limits.place != "within"
    dot = f"km-range-dot{' km-range-out' if is_out else ''}"
    return (
        f'<div class="km-range" aria-hidden="true">{funnel}{line}{band}'
        f'<i class="{dot}" style="left:{at(figure.value):.1f}%"></i></div>'
    )


def _cell(figure: Figure, words: Words) -> str:
    if figure.status == OK and figure.value is not None:
        value = escape(formats.quantity(figure.value, figure.unit, words))
        change = change_of(figure, words)
        return f'{value}<span class="km-sub">{escape(change)}</span>' if change else value
    symbol = status_symbol(figure.status, words)
    word = status_word(figure.status, words)
    return f'<span class="km-status" title="{escape(word)}">{escape(symbol)}</span>'
