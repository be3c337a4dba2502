"""Choices of the reader, kept in the address so that a link shows the same page.

Here: pickers whose code, not whose label, stands in the address: it is the same in both languages.
Not here: what there is to choose from.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.access.visitor import look
from dashboard.components.note import show_note, show_unknown
from dashboard.components.page import current_page, is_same_page, reader_words
from pipelines.access.entry import Act

# What was chosen of these holds on the next page too, for as long as it is there. By the menu the
# session carries it along; by a link, which begins a new one, `static/place.js` does.
KEPT = ("periode", "bereik")
_KEPT = "kept_"
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
    asked, before = st.query_params.get(key), st.session_state.get(seen)
    # The address wins when it changed, the widget otherwise.
    if asked in options and asked != before:
        st.session_state[state] = asked
    elif asked is None and before is not None and is_same_page():
        # The reader went back to where it was not chosen yet.
        st.session_state[state] = first
    is_kept = key in KEPT
    kept = st.session_state.get(f"{_KEPT}{key}") or asked if is_kept else None
    if st.session_state.get(state) not in options:
        st.session_state[state] = kept if kept in options else first
    chosen: str | None
    if in_list or len(options) > _MOST_BESIDE:
        chosen = st.selectbox(label, options, format_func=name, key=state)
    else:
        chosen = st.segmented_control(
            label, options, format_func=name, key=state, required=True, width="content", wrap=True
        )
    picked = chosen or first
    if is_identity:
        look(Act.figure, current_page().address, picked)
    if is_identity or picked != first:
        st.query_params[key] = picked
    elif key in st.query_params:
        del st.query_params[key]
    st.session_state[seen] = st.query_params.get(key)
    if is_kept:
        # What is not there on this page is still what the reader wants on the next.
        is_there = kept is None or kept in options or picked != first
        st.session_state[f"{_KEPT}{key}"] = st.query_params.get(key) if is_there else kept
    return picked
