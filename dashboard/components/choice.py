"""Choices of the reader, kept in the address so that a link shows the same page.

Here: pickers whose code, not whose label, stands in the address: it is the same in both languages.
Not here: what there is to choose from.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.components.note import show_note, show_unknown
from dashboard.components.page import current_page, reader_words

# More options than this do not fit beside each other.
_MOST_BESIDE = 5


def choose(
    key: str,
    label: str,
    options: Sequence[str],
    name: Callable[[str], str],
    *,
    default: str | None = None,
    in_list: bool = False,
    is_identity: bool = False,
) -> str:
    """Let the reader choose one of some options.

    Args:
        key: Name in the address; unique on the page.
        label: What is chosen.
        options: Codes, at least one.
        name: Label of a code.
        default: What is chosen at first; the first option when None. It stays out of the address.
        in_list: Show a list to search in, also when the options fit beside each other.
        is_identity: What the page is about: always in the address, so that a link keeps its meaning
            when another option comes first one day, and an unknown one is said to be so.

    Returns:
        The chosen code.
    """
    if is_identity and st.query_params.get(key, options[0]) not in options:
        # Whoever follows a citation gets that figure or none, never another in its place.
        if current_page().shown is not None:
            show_note(reader_words().text("release.unknown_subject"), kind="attention")
            st.stop()
        show_unknown(reader_words())
    first = default if default is not None and default in options else options[0]
    state, seen = f"choice_{key}", f"asked_{key}"
    asked = st.query_params.get(key)
    # The address wins when it changed, the widget otherwise.
    if asked in options and asked != st.session_state.get(seen):
        st.session_state[state] = asked
    if st.session_state.get(state) not in options:
        st.session_state[state] = first
    chosen: str | None
    if in_list or len(options) > _MOST_BESIDE:
        chosen = st.selectbox(label, options, format_func=name, key=state)
    else:
        chosen = st.segmented_control(
            label, options, format_func=name, key=state, required=True, width="content"
        )
    picked = chosen or first
    if is_identity or picked != first:
        st.query_params[key] = picked
    elif key in st.query_params:
        del st.query_params[key]
    st.session_state[seen] = st.query_params.get(key)
    return picked
