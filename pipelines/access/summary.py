"""A month of the access log in numbers, for the privacy officer.

Here: counting lines by audience and by person; what was taken away and who was refused, one by one.
Not here: words and tables (`pipelines.cli.access`). Nobody is ranked: people stand by their names.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from pipelines.access.entry import Act, Entry

# In the order in which they are shown.
COUNTED = (
    Act.signed_in,
    Act.page,
    Act.figure,
    Act.question,
    Act.rows,
    Act.download,
    Act.refused,
)
TAKEN = frozenset({Act.rows, Act.download})
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True)
class Summary:
    """A month.

    Attributes:
        month: As 2026-10, in the zone that was asked for.
        people: How many people were seen, by audience.
        by_audience: How often each act was done, by audience.
        by_person: The same by person and audience.
        taken: Row exports and downloads, in the order of time.
        refused: How often somebody was refused, by person, audience and reason.
    """

    month: str
    people: Mapping[str, int]
    by_audience: Mapping[str, Counter[Act]]
    by_person: Mapping[tuple[str, str], Counter[Act]]
    taken: tuple[Entry, ...]
    refused: Mapping[tuple[str, str, str], int]


def is_month(text: str) -> bool:
    """Whether a text names a month, such as 2026-10."""
    return bool(_MONTH.match(text))


def summarise(entries: Iterable[Entry], month: str, zone: tzinfo) -> Summary:
    """Count what a log says of one month.

    Args:
        entries: The lines, in the order written.
        month: As 2026-10.
        zone: Whose months these are.
    """
    by_audience: dict[str, Counter[Act]] = {}
    by_person: dict[tuple[str, str], Counter[Act]] = {}
    refused: Counter[tuple[str, str, str]] = Counter()
    taken = []
    for entry in entries:
        event = entry.event
        if event.act not in {*COUNTED, Act.signed_out}:
            continue
        if f"{entry.at.astimezone(zone):%Y-%m}" != month:
            continue
        by_audience.setdefault(event.audience, Counter())[event.act] += 1
        by_person.setdefault((event.person, event.audience), Counter())[event.act] += 1
        if event.act in TAKEN:
            taken.append(entry)
        if event.act is Act.refused:
            refused[event.person, event.audience, event.about] += 1
    people = Counter(audience for _, audience in by_person)
    return Summary(
        month,
        people,
        dict(sorted(by_audience.items())),
        dict(sorted(by_person.items())),
        tuple(taken),
        dict(sorted(refused.items())),
    )
