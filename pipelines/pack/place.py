"""Where the pack of a publication lies: beside its file, under its name.

Here: the names, and whether its files are as they were made.
Not here: what is in them.
"""

from pathlib import Path

from pipelines.publication.current import is_intact

AUDIENCE = "platform"
"""Whose meeting has a pack."""
DOCUMENT, DATA = ".pdf", ".ods"


def is_made(published: Path) -> bool:
    """Return whether a publication has its pack, as it was made with it.

    Args:
        published: Published file of the platform.
    """
    return all(is_intact(published.with_suffix(form)) for form in (DOCUMENT, DATA))


def file_name(quarter: str, form: str) -> str:
    """Name a file of the pack for who takes it away: `vergaderstuk_2026K3.pdf`.

    Args:
        quarter: Code of its quarter.
        form: `DOCUMENT` or `DATA`.
    """
    return f"vergaderstuk_{quarter.replace('-Q', 'K')}{form}"
