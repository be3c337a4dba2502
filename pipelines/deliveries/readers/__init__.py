"""Files as tables of text: CSV, Parquet, XLSX, JSON lines and XES, bare or in gzip or zip.

Here: from the bytes of a delivered file to its column names and its cells as text, in parts, with
the row numbers a partner can find them by; a module for each format. What could bring down the
process that reads it is read in one of its own (`apart`).
Not here: what a cell means (`conversion`), whether it may come in (`guard`), and the XML of event
logs (`xes`).

Every cell becomes text first, whatever the format, so that one guard and one conversion serve all.
An empty cell is null. Row 1 is the first row after the header.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.apart import is_read_apart, open_apart
from pipelines.deliveries.readers.csv import open_csv
from pipelines.deliveries.readers.event_log import open_xes
from pipelines.deliveries.readers.json_lines import open_json_lines
from pipelines.deliveries.readers.packed import open_bytes, too_slow
from pipelines.deliveries.readers.parquet import open_parquet
from pipelines.deliveries.readers.refusals import as_refusals, judging
from pipelines.deliveries.readers.source import Part, Source
from pipelines.deliveries.readers.xlsx import open_xlsx

# Whoever reads a delivery needs these and nothing else of the package.
__all__ = [
    "Part",
    "Source",
    "as_refusals",
    "check_extension",
    "judging",
    "open_bytes",
    "open_here",
    "open_source",
]

_EXTENSIONS = {
    "csv": ("csv",),
    "parquet": ("parquet",),
    "xlsx": ("xlsx",),
    "jsonl": ("jsonl", "ndjson"),
    "xes": ("xes", "csv"),
}


def check_extension(name: DeliveryName, contract: Contract) -> None:
    """Refuse a file whose format is not the agreed one.

    Raises:
        Refusal: The extension does not belong to the format of the contract.
    """
    allowed = _EXTENSIONS[contract.file_format]
    if name.extension not in allowed:
        raise Refusal(
            "bestandsformaat",
            f"het bestand is {f'.{name.extension}' if name.extension else 'van een ander soort'}, "
            f"afgesproken is .{' of .'.join(allowed)}",
            f"lever {contract.id} als {contract.file_format}",
        )


@contextmanager
def open_source(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a delivered file.

    Yields:
        The source; its parts can be read as long as the context lasts.

    Raises:
        Refusal: The file is damaged, empty, or not in the agreed format, character encoding or
            form; also while its parts are read.
    """
    if path.stat().st_size == 0:
        raise Refusal(
            "leeg_bestand", "het bestand is leeg", "lever het bestand opnieuw, met kopregel"
        )
    if not is_read_apart(name):
        with open_here(path, name, contract) as source:
            yield source
        return
    with _lawful(open_apart(path, name, contract), name, contract) as source:
        yield source


@contextmanager
def open_here(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a file in this process, whatever it does to it; like `open_source`."""
    readers = {
        "csv": open_csv,
        "parquet": open_parquet,
        "xlsx": open_xlsx,
        "jsonl": open_json_lines,
        "xes": open_xes,
    }
    is_table_of_events = contract.file_format == "xes" and name.extension == "csv"
    reader = open_csv if is_table_of_events else readers[contract.file_format]
    with _lawful(reader(path, name, contract), name, contract) as source:
        yield source


@contextmanager
def _lawful(
    opened: AbstractContextManager[Source], name: DeliveryName, contract: Contract
) -> Iterator[Source]:
    """A source under what holds for all: any error refuses the file, and no record is lost."""
    with ExitStack() as stack:
        # Only what reading itself raises is the file's fault; an error of the caller stays one.
        with as_refusals(name, contract):
            source = stack.enter_context(opened)
            # A name that is no text in any encoding cannot be told or kept either.
            "".join(source.columns).encode()
            if len(source.columns) > limits.COLUMNS:
                raise Refusal(
                    "te_groot",
                    f"het bestand heeft {len(source.columns)} kolommen, meer dan een levering "
                    "kan hebben",
                    "lever alleen de kolommen van de specificatie",
                )
        source.parts = _read(source, source.parts, name, contract)
        yield source


def _read(
    source: Source, parts: Iterator[Part], name: DeliveryName, contract: Contract
) -> Iterator[Part]:
    """The parts of a source, with the law of all readers at their end: no record is lost.

    Raises:
        Refusal: A part cannot be read, or the file holds more or fewer records than were made.
    """
    made = 0
    until = time.monotonic() + limits.SECONDS_PER_FILE
    while True:
        with as_refusals(name, contract):
            part = next(parts, None)
        if part is None:
            break
        if time.monotonic() > until:
            raise too_slow(limits.SECONDS_PER_FILE)
        made += part.cells.num_rows
        yield part
    made += len(source.malformed)
    if made != source.held():
        raise Refusal(
            "telling",
            f"het bestand bevat {source.held()} regels of rijen, waarvan er {made} zijn te lezen",
            "controleer aanhalingstekens en regeleinden, en lever opnieuw",
        )
