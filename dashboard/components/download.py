"""The one button that gives a file: whoever takes something away is in the access log first.

Here: the button, and telling the log before the file is made.
Not here: what is in the file.
"""

from collections.abc import Callable

import streamlit as st

from dashboard.access.visitor import Visitor, present
from dashboard.components.page import current_page
from pipelines.access.entry import Act


def download(
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    media_type: str,
    *,
    key: str | None = None,
    act: Act = Act.download,
) -> None:
    """Put a button on the page that gives a file.

    Args:
        label: What stands on it.
        make: Makes the file, when it is asked for: most who come only look.
        file_name: Name of the file, which the log gets; nothing a reader typed may be in it.
        media_type: Its media type.
        key: Unique on the page.
        act: `Act.rows` where the file holds rows.
    """
    reader, page = present(), current_page().address

    st.download_button(
        label,
        lambda: _made(reader, act, page, file_name, make),
        file_name=file_name,
        mime=media_type,
        on_click="ignore",
        key=key,
    )


def _made(reader: Visitor, act: Act, page: str, file_name: str, make: Callable[[], bytes]) -> bytes:
    reader.tell(act, page, file_name)
    return make()
