"""What a library says of a file it cannot read, in a partner's words.

Here: the one place where an error of a reader becomes a refusal.
Not here: refusals a reader itself decides on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers.packed import DAMAGED


@contextmanager
def as_refusals(name: DeliveryName, contract: Contract) -> Iterator[None]:
    """Say in a partner's words what a library says of a file it cannot read."""
    try:
        yield
    except DAMAGED as error:
        raise Refusal(
            "beschadigd_bestand",
            f"het ingepakte bestand (.{name.compression or name.extension}) is beschadigd "
            "of afgebroken",
            "pak het opnieuw in en lever opnieuw",
        ) from error
    except UnicodeDecodeError as error:
        raise Refusal(
            "tekenset",
            f"het bestand bevat tekens die in {contract.encoding} niet bestaan",
            f"bewaar het bestand als {contract.encoding} en lever opnieuw",
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise Refusal(
            "beschadigd_bestand",
            f"het bestand is geen leesbaar {contract.file_format}-bestand; "
            "het is beschadigd of afgebroken",
            "maak het bestand opnieuw en lever opnieuw",
        ) from error
