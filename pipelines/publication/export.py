"""Rows of cases out of the researcher's file, for work outside the monitor.

Here: who may have them, and the file they are written to.
Not here: the forms (`downloads`), and questions to a file (`reading`).
"""

from pathlib import Path

from pipelines.publication.current import current_path
from pipelines.publication.downloads import file_name, query_of, write_download
from pipelines.publication.reading import read_table
from pipelines.settings import Settings

AUDIENCE = "researcher"


class ExportError(LookupError):
    """Nothing is exported; the message says why and what to do."""


def export_table(
    settings: Settings, table: str, form: str, *, audience: str = AUDIENCE, to: Path | None = None
) -> Path:
    """Write one table of the researcher's current publication to a file.

    Args:
        settings: Where published files live.
        table: Key of `downloads.TABLES`.
        form: Key of `downloads.FORMATS`.
        audience: For whom; anybody but the researcher is refused.
        to: The file, or a folder to put it in under its own name; here when None.

    Returns:
        The file.

    Raises:
        ExportError: The audience gets no rows of cases.
        LookupError: Nothing is published yet.
    """
    if audience != AUDIENCE:
        raise ExportError(
            f"doelgroep '{audience}' krijgt geen rijen van zaken, alleen cijfers; rijen zijn er "
            f"voor '{AUDIENCE}', cijfers met 'kwaliteitsmonitor query'"
        )
    rows = read_table(settings, AUDIENCE, query_of(table))
    published = current_path(settings, AUDIENCE)
    name = file_name(table, form, published.stem if published else "")
    target = to or Path()
    target = target / name if target.is_dir() else target
    # Under another name until it is whole: a broken-off file must not look like a result.
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as stream:
            write_download(rows, table, form, stream)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target
