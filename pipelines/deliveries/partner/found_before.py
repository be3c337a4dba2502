"""What was found of a table before a delivery: the same finding in it persists.

Here: the delivery before, and the findings since.
Not here: what a report makes of them (`report`).
"""

from collections.abc import Iterable

from pipelines.deliveries.findings import Finding
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.refused import Refused


def previous_delivery(file: Landed | Refused, registry: Iterable[Landed]) -> Landed | None:
    """The delivery of the same table that came before: an earlier day, or a lower version."""
    if file.reference_date is None or file.version is None:
        return None
    place = (file.reference_date, file.version)
    before = [
        landed
        for landed in registry
        if (landed.organisation, landed.table) == (file.organisation, file.table)
        and (landed.reference_date, landed.version) < place
    ]
    return max(before, key=lambda landed: (landed.reference_date, landed.version), default=None)


def found_before(
    file: Landed | Refused, previous: Landed | None, refusals: Iterable[Refused]
) -> tuple[Finding, ...]:
    """What was found of a table before a file: the same finding in it persists.

    As in the mart `fct_finding`: in the delivery before it, and in files refused in between.
    """
    if file.reference_date is None or file.version is None:
        return ()
    # A version that is refused comes again; once accepted it is over.
    end = (file.reference_date, file.version, isinstance(file, Landed))
    start = (previous.reference_date, previous.version, True) if previous else None
    between = [
        refused
        for refused in refusals
        if (refused.organisation, refused.table) == (file.organisation, file.table)
        and refused.mark != file.mark
        and refused.reference_date is not None
        and refused.version is not None
        and (place := (refused.reference_date, refused.version, False)) <= end
        and (start is None or place > start)
    ]
    # In an order that does not depend on when they came.
    between.sort(
        key=lambda refused: (refused.reference_date, refused.version, refused.rule, refused.reason)
    )
    found = previous.findings if previous else ()
    return (*found, *(finding for refused in between for finding in refused.findings))
