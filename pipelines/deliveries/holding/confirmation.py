"""Confirming a held delivery: somebody looked into it and says that it is right.

Here: the confirmation, and what its words may hold.
Not here: which deliveries wait (`waiting`).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.guard.values import find_in_text
from pipelines.deliveries.holding.waiting import waiting
from pipelines.deliveries.known_from import known_from
from pipelines.deliveries.landing.held import Confirmation, Held
from pipelines.deliveries.landing.layout import CONFIRMED_FILE
from pipelines.deliveries.landing.zone import read_landing
from pipelines.sealed import seal
from pipelines.settings import Settings

_LONGEST_REASON = 200


class ConfirmationError(LookupError):
    """A confirmation cannot be kept; the message says why in Dutch, without the text itself."""


def confirm(
    settings: Settings,
    contracts: Mapping[str, Contract],
    name: str,
    reason: str,
    by: str,
    *,
    now: datetime | None = None,
) -> Held:
    """Let a held delivery count from now on.

    Args:
        settings: Where the landing zone is.
        contracts: Contracts by id.
        name: Name of the file, or of the delivery.
        reason: Why it is right, in a sentence without persons.
        by: Role of whoever says so.
        now: The clock; for tests.

    Raises:
        ConfirmationError: It does not wait, or a text cannot be kept.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    open_now = waiting(contracts, read_landing(settings))
    wanted = Path(name).name.partition(".")[0]
    by_name = {held.landed.file_name.partition(".")[0]: held for held in open_now}
    by_name |= {held.landed.delivery_id: held for held in open_now}
    held = by_name.get(wanted)
    if held is None:
        raise ConfirmationError(
            "dat bestand wacht niet op bevestiging; "
            + (f"wat wacht: {', '.join(by_name)}" if by_name else "er wacht niets")
        )
    confirmation = Confirmation(
        moment,
        known_from(settings, moment),
        _without_persons(reason, "reden", moment.date()),
        _without_persons(by, "rol", moment.date()),
    )
    write_text(held.landed.folder(settings) / CONFIRMED_FILE, seal(confirmation.as_dict()))
    return Held(held.landed, confirmation)


def _without_persons(text: str, what: str, day: date) -> str:
    """A text somebody typed, on one line, once the anonymity guard has nothing against it."""
    line = " ".join(text.split())
    if not line:
        raise ConfirmationError(f"de {what} is leeg; zeg in een zin waarom de levering klopt")
    if len(line) > _LONGEST_REASON or not line.isprintable():
        raise ConfirmationError(
            f"de {what} is langer dan {_LONGEST_REASON} tekens of bevat stuurtekens; kort haar in"
        )
    if found := find_in_text(line, day):
        labels = ", ".join(label for _, label in found)
        raise ConfirmationError(
            f"de {what} lijkt {labels} te bevatten; schrijf haar zonder gegevens van personen"
        )
    return line
