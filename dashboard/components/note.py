"""Notes: a short message that belongs to what stands beside it.

Here: the look of a note. Not here: what it says.
"""

import streamlit as st

from dashboard.components.markup import escape
from pipelines.wording.language import Words


def note(text: str, *, kind: str = "plain") -> str:
    """Return a note.

    Args:
        text: What it says; escaped.
        kind: `plain`, or `attention` for what the reader must know before the figures.
    """
    return f'<p class="km-note km-note-{kind}" role="note">{escape(text)}</p>'


def show_unknown(words: Words) -> None:
    """Say that what a link asked for is not in this publication; it is never quoted."""
    show_note(words.text("unknown.asked"), kind="attention")


def show_note(text: str, *, kind: str = "plain") -> None:
    """Put a note on the page."""
    st.html(note(text, kind=kind))
