"""Which column of a log is which, and the log reduced to those columns.

Here: finding the columns by their names, giving cases a key that is safe to keep, and leaving out
whatever is not needed.
Not here: reading the file (`log`), and what activities become (`proposal`).

What is not needed never gets into a chain: who did it, free text, amounts. A key of cases stays as
it is only where all keys have one closed form; a name, an e-mail address or a bare number of a
person cannot be told from other keys, so any other key becomes a number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from pipelines.chain.log import Cells, Log, LogError, Notation, find_notation
from pipelines.deliveries.contract import Column
from pipelines.deliveries.guard.closed_forms import is_closed
from pipelines.deliveries.guard.values import find_in_text
from pipelines.deliveries.identifying.names import find_names

# More distinct activities or groups than this is no closed list but text.
MOST_VALUES = 200
_NAMES = {
    "case": "case:concept:name case_id caseid case zaak zaaknummer zaak_id dossier dossiernummer "
    "incident incident_id trace_id ticket order_id aanvraag",
    "activity": "concept:name activity activiteit handeling gebeurtenis event task taak stap "
    "status",
    "time": "time:timestamp complete_timestamp end_timestamp end_time endtime eindtijd einde eind "
    "end complete timestamp tijdstip moment datumtijd datum_tijd datetime date_time time tijd "
    "datum date",
    "start": "start_timestamp start_time starttime starttijd begintijd start begin",
    "lifecycle": "lifecycle:transition lifecycle lifecycle_id transition",
    "group": "org:group group groep team afdeling department dienst org_group",
}
# A key with one of these is of a person, whatever the column is called.
_OF_A_PERSON = frozenset({"bsn", "iban", "e_mail", "telefoonnummer"})


@dataclass(frozen=True)
class Roles:
    """Names of the columns that count; None for what the log does not have."""

    case: str | None = None
    activity: str | None = None
    time: str | None = None
    start: str | None = None
    lifecycle: str | None = None
    group: str | None = None

    @property
    def kept(self) -> list[str]:
        """The columns a delivery holds, in order."""
        named = (getattr(self, role.name) for role in fields(self))
        return [column for column in named if column is not None]


@dataclass(frozen=True)
class Reduced:
    """A log with nothing in it that its figures do not need.

    Attributes:
        columns: Cells by name of the column, in order.
        roles: Which is which.
        notation: How moments are written.
        zone: Zone of moments without an offset, and of days.
        case_pattern: Form of the keys of cases.
        delimiter: Separator of the columns of a delivery.
        encoding: Character encoding of a delivery.
        remarks: What was decided on the way, in Dutch.
    """

    columns: dict[str, Cells]
    roles: Roles
    notation: Notation
    zone: str
    case_pattern: str
    delimiter: str
    encoding: str
    remarks: tuple[str, ...]

    def moments(self, column: str | None) -> list[datetime | None]:
        """The moments of a column, in UTC."""
        cells = self.columns[column] if column else []
        zone = ZoneInfo(self.zone)
        read = {cell: self.notation.read(cell, zone) for cell in {cell for cell in cells if cell}}
        return [read[cell] if cell else None for cell in cells]

    def values(self, column: str | None) -> list[str]:
        """Distinct values of a column, in order of the alphabet."""
        return sorted({value for value in self.columns[column] if value}) if column else []


def reduce_log(log: Log, named: Roles, *, zone: str, time_format: str | None = None) -> Reduced:
    """Find the columns that count, and leave out the others.

    Args:
        log: The log.
        named: Columns somebody named; the others are found by their names.
        zone: Zone of moments without an offset, and of days.
        time_format: Notation of moments, where somebody named it.

    Returns:
        The log with the columns that count.

    Raises:
        LogError: A column cannot be found, or holds something else than it should.
    """
    if zone not in available_timezones():
        raise LogError(f"tijdzone '{zone}' bestaat niet; kies er een als Europe/Amsterdam")
    roles = _found(log, named)
    remarks = []
    lifecycles = {step for step in log.columns.get(roles.lifecycle or "", []) if step}
    if roles.lifecycle and (len(lifecycles) == 1 or roles.start):
        remarks.append(f"kolom {roles.lifecycle} onderscheidt niets en blijft weg")
        roles = replace(roles, lifecycle=None)
    if roles.group and (reason := _unfit_group(log.columns[roles.group])):
        remarks.append(f"kolom {roles.group} {reason} en blijft weg")
        roles = replace(roles, group=None)
    columns = {column: log.columns[column] for column in roles.kept}
    case, activity, time = _required(roles)
    _check_values(columns, activity, "activiteiten")
    if roles.lifecycle:
        _check_values(columns, roles.lifecycle, "stappen")
    moments = [*columns[time], *columns.get(roles.start or "", [])]
    notation = find_notation(moments, time_format)
    pattern = _closed_pattern(columns[case])
    if pattern is None:
        columns[case], pattern = _numbered(columns[case])
        remarks.append(
            f"zaken in {case} zijn genummerd: hun sleutels hebben niet één vaste vorm zonder lange "
            "nummers; welk nummer bij welke sleutel hoort, wordt nergens bewaard"
        )
    left_out = [column for column in log.columns if column not in columns]
    if left_out:
        remarks.append(f"weggelaten: {', '.join(left_out)}")
    return Reduced(
        columns, roles, notation, zone, pattern, log.delimiter, log.encoding, tuple(remarks)
    )


def _found(log: Log, named: Roles) -> Roles:
    by_name = {_letters(column): column for column in reversed(log.columns)}
    chosen = {role.name: getattr(named, role.name) for role in fields(named)}
    for column in filter(None, chosen.values()):
        if column not in log.columns:
            raise LogError(f"kolom '{column}' is er niet; kies uit {', '.join(log.columns)}")
    found: dict[str, str | None] = {}
    for role, wanted in chosen.items():
        taken = {*found.values(), *chosen.values()}
        known = (by_name.get(_letters(name)) for name in _NAMES[role].split())
        found[role] = wanted or next(
            (column for column in known if column and column not in taken), None
        )
    for role in ("case", "activity", "time"):
        if found[role] is None:
            raise LogError(
                f"geen kolom gevonden voor --{role}; noem er een uit {', '.join(log.columns)}"
            )
    return Roles(**found)


def _letters(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _required(roles: Roles) -> tuple[str, str, str]:
    if roles.case is None or roles.activity is None or roles.time is None:
        raise LogError("een logboek heeft een zaak, een activiteit en een moment nodig")
    return roles.case, roles.activity, roles.time


def _check_values(columns: dict[str, Cells], column: str, what: str) -> None:
    values = sorted({value for value in columns[column] if value})
    if not values:
        raise LogError(f"kolom {column} is leeg; noem een andere kolom")
    if len(values) > MOST_VALUES:
        raise LogError(
            f"kolom {column} heeft {len(values)} verschillende {what}, meer dan {MOST_VALUES}; "
            "noem een kolom met een vaste lijst, of voeg waarden samen"
        )
    # Checked without the names: a verb and a noun look like a person's, and the list is closed.
    if kinds := sorted(_OF_A_PERSON & _kinds_in(values)):
        raise LogError(
            f"kolom {column} bevat waarden die lijken op {', '.join(kinds)}; haal die eruit"
        )


def _unfit_group(cells: Cells) -> str | None:
    """Why a column cannot say which part of an organisation did something."""
    values = sorted({value for value in cells if value})
    if not values:
        return "is leeg"
    if len(values) > MOST_VALUES:
        return f"heeft meer dan {MOST_VALUES} waarden"
    # As codes and as prose: a first name alone is a name among codes only.
    if _kinds_in(values) or find_names(values, is_free_text=False):
        return "lijkt namen of nummers van personen te bevatten"
    return None


def _kinds_in(values: Sequence[str]) -> set[str]:
    """What of persons the guard finds in some values."""
    return {kind for value in values for kind, _ in find_in_text(value, date.today())}


def _closed_pattern(keys: Cells) -> str | None:
    """The one form all keys have, with every position fixed; None when there is no such form."""
    values = {key for key in keys if key}
    shapes = {tuple(re.findall(r"\d+|\D+", key)) for key in values}
    forms = {tuple(f"[0-9]{{{len(run)}}}" if run.isdecimal() else re.escape(run) for run in shape)
             for shape in shapes}  # fmt: skip
    if len(forms) != 1 or len(values) == 1:
        return None
    pattern = f"^{''.join(next(iter(forms)))}$"
    return pattern if is_closed(Column("zaak", "case_key", "string", pattern=pattern)) else None


def _numbered(keys: Sequence[str | None]) -> tuple[Cells, str]:
    """Numbers in the order in which cases first occur, and their form."""
    numbers: dict[str, str] = {}
    for key in keys:
        if key is not None and key not in numbers:
            numbers[key] = f"Z{len(numbers) + 1:07d}"
    return [key and numbers[key] for key in keys], "^Z[0-9]{7}$"
