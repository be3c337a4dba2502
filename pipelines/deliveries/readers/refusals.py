"""What a library raises over a file, as the refusal of that file in a partner's words.

Here: the one place where an error over a file becomes a refusal, whatever it is, so that no file
ever stops another.
Not here: refusals that a reader or a rule itself decides on.

The words of an error can hold what was in a cell, so they are never shown and never kept: of an
error that nobody foresaw its kind alone is logged.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers.packed import DAMAGED

_log = logging.getLogger("kwaliteitsmonitor")
# These ask the process to end, or a generator to close; they say nothing of a file.
_NOT_OF_A_FILE = (KeyboardInterrupt, SystemExit, GeneratorExit)


@contextmanager
def as_refusals(name: DeliveryName, contract: Contract) -> Iterator[None]:
    """Refuse a file over anything that is raised while it is read.

    Raises:
        Refusal: Instead of any other error.
    """
    try:
        yield
    except (Refusal, *_NOT_OF_A_FILE):
        raise
    # A panic of a library in Rust is no `Exception`.
    except BaseException as error:
        raise _over_reading(error, name, contract) from error


@contextmanager
def judging(name: DeliveryName) -> Iterator[None]:
    """Refuse a file over anything that is raised while its rows are judged.

    Raises:
        Refusal: Instead of any other error but one of the disk, which is no fault of the file:
            what is read is a refusal by `as_refusals`, so what is left is writing.
    """
    try:
        yield
    except (Refusal, OSError, *_NOT_OF_A_FILE):
        raise
    except BaseException as error:
        _log.warning("%s: niet te beoordelen (%s)", name.delivery_id, type(error).__name__)
        raise Refusal(
            "niet_te_beoordelen",
            "de rijen van het bestand konden niet worden beoordeeld",
            "vraag de beheerder van de monitor naar de oorzaak en lever daarna opnieuw",
        ) from error


def _over_reading(error: BaseException, name: DeliveryName, contract: Contract) -> Refusal:
    if isinstance(error, DAMAGED):
        return Refusal(
            "beschadigd_bestand",
            f"het ingepakte bestand (.{name.compression or name.extension}) is beschadigd "
            "of afgebroken",
            "pak het opnieuw in en lever opnieuw",
        )
    if isinstance(error, UnicodeError):
        return Refusal(
            "tekenset",
            f"het bestand bevat tekens die in {contract.encoding} niet bestaan",
            f"bewaar het bestand als {contract.encoding} en lever opnieuw",
        )
    if isinstance(error, RecursionError):
        return Refusal(
            "bestandsformaat",
            "het bestand bevat waarden die duizenden malen in elkaar genest zijn",
            "lever per cel één tekst, getal of datum",
        )
    if isinstance(error, MemoryError):
        return Refusal(
            "te_groot",
            "het bestand past uitgepakt niet in het geheugen",
            "lever het bestand zonder lege of herhaalde rijen en kolommen",
        )
    if not isinstance(error, pa.ArrowException | OSError):
        _log.warning("%s: niet te lezen (%s)", name.delivery_id, type(error).__name__)
    return Refusal(
        "beschadigd_bestand",
        f"het bestand is geen leesbaar {contract.file_format}-bestand; "
        "het is beschadigd of afgebroken",
        "maak het bestand opnieuw en lever opnieuw",
    )
