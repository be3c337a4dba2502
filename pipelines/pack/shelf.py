"""The meeting packs of the publications that are kept: one beside each, and one to take away.

Here: which publication a quarter's pack is made of, and where its files are.
Not here: what stands in them (`document`, `data_annex`), and what is kept how long (`publication`).
"""

from pathlib import Path

from pipelines.pack.data_annex import write_data_annex
from pipelines.pack.document import write_pack
from pipelines.pack.paper import opened
from pipelines.pack.place import AUDIENCE, DATA, DOCUMENT, file_name
from pipelines.pack.quarters import QuarterError, last_full_quarter, quarter_asked
from pipelines.publication.current import current_path, is_intact, published_in
from pipelines.publication.recorded import record
from pipelines.settings import Settings
from pipelines.wording import formats
from pipelines.wording.language import DEFAULT_LANGUAGE, words_in


def write_beside(published: Path) -> Path:
    """Write pack and data annex beside their publication.

    Args:
        published: Published file of the platform.

    Returns:
        The document.
    """
    data = write_data_annex(published, published.with_suffix(DATA))
    document = write_pack(published, published.with_suffix(DOCUMENT))
    record(published, data, document)
    return document


def export_pack(settings: Settings, asked: str | None, to: Path | None) -> list[Path]:
    """Write the pack of a quarter and its data annex to take away.

    Args:
        settings: Where published files live.
        asked: The quarter as typed; that of the current publication when None.
        to: Folder; the current one when None.

    Returns:
        Both files.

    Raises:
        QuarterError: That is no quarter, or there is no publication of it.
        LookupError: Nothing is published yet.
    """
    quarter, published = publication_of(settings, quarter_asked(asked) if asked else None)
    folder = to or Path.cwd()
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write_pack(published, folder / file_name(quarter, DOCUMENT)),
        write_data_annex(published, folder / file_name(quarter, DATA)),
    ]


def publication_of(settings: Settings, quarter: str | None) -> tuple[str, Path]:
    """Return the publication that was current when a quarter was the last full one.

    Of several the last: it is what the meeting had on the table.

    Args:
        settings: Where published files live.
        quarter: Its code; that of the current publication when None.

    Returns:
        The quarter and the published file.

    Raises:
        QuarterError: There is none of it.
        LookupError: Nothing is published yet.
    """
    current = current_path(settings, AUDIENCE)
    if current is None:
        raise LookupError(
            "voor het platform is nog niets gepubliceerd; draai eerst 'kwaliteitsmonitor run'"
        )
    newest = _quarter_of(current)
    if quarter is None or quarter == newest:
        return newest, current
    # Names begin with the reference date, then the moment of which it is.
    kept = {
        _quarter_of(path): path
        for path in sorted(published_in(current.parent))
        if path.name < current.name and is_intact(path)
    }
    if quarter not in kept:
        raise QuarterError(_why_not(quarter, newest, sorted({*kept, newest})))
    return quarter, kept[quarter]


def _quarter_of(published: Path) -> str:
    with opened(published) as paper:
        return last_full_quarter(paper.day)


def _why_not(quarter: str, newest: str, kept: list[str]) -> str:
    words = words_in(DEFAULT_LANGUAGE)
    asked, have = formats.period(quarter, words), [formats.period(code, words) for code in kept]
    if quarter > newest:
        return (
            f"over {asked} is nog geen vergaderstuk te maken: het nieuwste volle kwartaal van de "
            f"publicatie is {have[-1]}"
        )
    return f"de publicatie van {asked} wordt niet (meer) bewaard; bewaard zijn {', '.join(have)}"
