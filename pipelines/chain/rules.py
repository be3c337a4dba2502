"""What no single column of a seed can say.

Here: pairs of milestones that make no clock, half of a pair filled in, members of another
dimension, periods that end before they begin or overlap.
Not here: single values (`seeds`), and whether contracts fit the seeds (`check`).

All of it is read from rows that may themselves be wrong: a value that is none was said already, and
is left alone here.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from pipelines.chain.seeds import Row, SeedFiles, choice

_OPEN_END = "9999-12-31"
_FILLED_TOGETHER = (
    ("sent_milestone", "received_milestone"),
    ("sent_milestone", "tolerance_hours"),
    ("population_dimension", "population_members"),
)


def broken_rules(files: SeedFiles) -> Iterator[str]:
    """Everything that is wrong between columns and rows, one line each, in Dutch."""
    members = defaultdict(list)
    for row in files.rows.get("dimension_members", ()):
        members[row["dimension"]].append(row["member"])
    for row in files.rows.get("handoffs", ()):
        for problem in (*_milestones(row), *_halves(row), *_population(row, members)):
            yield f"{row.place}: {problem}"
    for row in files.rows.get("organisations", ()):
        if row["parent"] and row["parent"] == row["organisation"]:
            yield f"{row.place}: parent is de organisatie zelf; maak het leeg"
    for row in (*files.rows.get("norms", ()), *files.rows.get("codebook", ())):
        if row["valid_to"] and row["valid_to"] < row["valid_from"]:
            yield f"{row.place}: valid_to ligt voor valid_from; draai ze om"
    yield from _overlapping_norms(files)


def competing_milestones(handoff: Row) -> list[str]:
    """The exits that compete with the stop of a hand-off."""
    return [milestone for milestone in handoff["competing_milestone"].split("|") if milestone]


def _milestones(row: Row) -> Iterator[str]:
    start, stop = row["start_milestone"], row["stop_milestone"]
    if not start or not stop:
        return
    if row["occurrence"] == "next" and start != stop:
        yield (
            f"occurrence 'next' meet van de ene '{start}' tot de volgende; maak stop_milestone "
            f"'{stop}' gelijk aan start_milestone, of kies uit first, after, last, each"
        )
    if row["occurrence"] != "next" and start == stop:
        yield (
            f"start_milestone en stop_milestone zijn beide '{start}', zodat de klok altijd 0 is; "
            "kies een andere stop_milestone, of occurrence 'next'"
        )
    if (
        row["occurrence"] == "each"
        and row["match_on"] != "record_key"
        and row["early_stop"] == "on_time"
    ):
        yield (
            "early_stop 'on_time' gaat niet samen met occurrence 'each' per zaak of persoon: een "
            "einde zonder begin is dan niet te onderscheiden van een einde dat op tijd is; kies "
            "match_on 'record_key', of early_stop 'finding'"
        )
    for exit_ in competing_milestones(row):
        if exit_ in {start, stop}:
            yield (
                f"competing_milestone '{exit_}' is ook start of stop; kies een mijlpaal die de "
                "stop onmogelijk maakt, of maak het leeg"
            )


def _halves(row: Row) -> Iterator[str]:
    for column, other in _FILLED_TOGETHER:
        if bool(row[column]) != bool(row[other]):
            filled, empty = (column, other) if row[column] else (other, column)
            yield f"{filled} is ingevuld en {empty} niet; vul beide in of geen van beide"


def _population(row: Row, members: dict[str, list[str]]) -> Iterator[str]:
    dimension = row["population_dimension"]
    for member in row["population_members"].split("|"):
        if dimension and member and member not in members[dimension]:
            where = f"dimension_members.csv bij {dimension}"
            yield (
                f"population_members '{member}' staat niet in {where}; "
                f"{choice(member, members[dimension], where)}"
            )


def _overlapping_norms(files: SeedFiles) -> Iterator[str]:
    norms = defaultdict(list)
    for row in files.rows.get("norms", ()):
        norms[row["handoff_id"]].append(row)
    for handoff, rows in norms.items():
        rows.sort(key=lambda row: row["valid_from"])
        for earlier, later in pairwise(rows):
            if (earlier["valid_to"] or _OPEN_END) >= later["valid_from"]:
                yield (
                    f"{later.place}: geldt vanaf {later['valid_from']}, als "
                    f"{earlier['norm_id']} voor {handoff} nog geldt; geef die een eerdere valid_to"
                )
