"""Tiles: one figure, large, with what it takes to read it.

Here: the look of a figure with its interval, its period and its status.
Not here: which figure.
"""

from collections.abc import Iterable

from dashboard.components.markup import escape
from pipelines.wording import formats
from pipelines.wording.figures import OK, Figure, change_of, interval_of, status_symbol, status_word
from pipelines.wording.language import Words


def tile(label: str, figure: Figure | None, words: Words,
         *, extra: str = "", rounded: str = "") -> str:  # fmt: skip
    """Return a tile.

    Args:
        label: What the figure is.
        figure: The figure; None when there is nothing to show at all.
        words: The reader's language.
        extra: One more line, as HTML.
        rounded: That the figure was rounded before it was published; empty where it was not.
    """
    if figure is None:
        figure_html = _missing(words.text("figure.none"))
        lines = [words.text("figure.none_published")]
    elif figure.status == OK and figure.value is not None:
        unit = formats.unit_name(figure.unit, words, figure.value)
        number = formats.quantity(figure.value, figure.unit, words)
        figure_html = (
            f'<span class="km-figure">{escape(number)}</span>'
            f'<span class="km-unit"> {escape(unit)}</span>'
        )
        lines = [
            rounded,
            _interval_line(figure, words),
            _base_line(figure, words),
            formats.sentence(change_of(figure, words)),
        ]
    else:
        symbol = status_symbol(figure.status, words)
        word = status_word(figure.status, words)
        figure_html = _missing(symbol)
        lines = ["" if word == symbol else word]
    body = "".join(f'<div class="km-tile-line">{escape(line)}</div>' for line in lines if line)
    period = formats.period(figure.period, words) if figure else ""
    return (
        f'<div class="km-tile"><div class="km-tile-label">{escape(label)}'
        f"<span>{escape(period)}</span></div>"
        f'<div class="km-tile-figure">{figure_html}</div>{body}'
        + (f'<div class="km-tile-line">{extra}</div>' if extra else "")
        + "</div>"
    )


def tiles(each: Iterable[str]) -> str:
    """Return tiles beside each other, below each other where there is no room."""
    return f'<div class="km-tiles">{"".join(each)}</div>'


def _missing(text: str) -> str:
    return f'<span class="km-figure km-figure-status">{escape(text)}</span>'


def _interval_line(figure: Figure, words: Words) -> str:
    text = interval_of(figure, words)
    return words.text("figure.interval", interval=text) if text else ""


def _base_line(figure: Figure, words: Words) -> str:
    # What a rate is divided by is time, no number of cases.
    if figure.denominator is None or figure.unit.startswith("per_"):
        return ""
    base = formats.number(figure.denominator, words)
    if figure.unit in formats.SHARES and figure.numerator is not None:
        part = formats.number(figure.numerator, words)
        return words.text("figure.of", part=part, base=base)
    return words.text("figure.n", n=base)
