"""One figure in a cell of a table: its value with interval, or the symbol of its status.

Here: the cell. Not here: which figures stand in which rows.
"""

from dashboard.components.markup import escape
from pipelines.wording.figures import OK, Figure, cell_of, change_of, interval_of, status_word
from pipelines.wording.language import Words


def cell(figure: Figure | None, words: Words) -> str:
    """Return a figure as HTML; None is a period that was not published."""
    if figure is None:
        return f'<span class="km-status">{escape(words.text("status.no_row"))}</span>'
    text = escape(cell_of(figure, words))
    if figure.status != OK:
        title = escape(status_word(figure.status, words))
        return f'<span class="km-status" title="{title}">{text}</span>'
    beneath = (interval_of(figure, words), change_of(figure, words))
    return text + "".join(
        f'<span class="km-cell-interval">{escape(line)}</span>' for line in beneath if line
    )
