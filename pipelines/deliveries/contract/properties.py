"""The parts of a contract as the YAML of the standard writes them: columns, rules, event logs.

Here: each part read and checked by itself; what is wrong is told with the file and the field.
Not here: what the parts say together (`checks`), and the document around them (`document`).

The standard leaves room in `customProperties`. What this monitor puts there is listed below with
its meaning; any other name is refused, since a typing error there would silently switch a rule off.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.deliveries.contract.model import (
    GRANULARITIES,
    LIFECYCLE_OF_ROW,
    LOGICAL_TYPES,
    SEVERITIES,
    Column,
    ContractError,
    EventLogMapping,
    Rule,
)
from pipelines.deliveries.forms import FormError

# Of days, months or rows: no agreement is about more.
_MOST = 10**9
# Rules on rows: these can be judged over many deliveries at once and name the rows that break them.
ROW_RULES = (
    "expect_column_values_",
    "expect_column_value_lengths_",
    "expect_column_pair_values_",
    "expect_compound_columns_to_be_unique",
    "expect_select_column_values_to_be_unique_within_record",
    "expect_multicolumn_sum_to_equal",
)

# Names of customProperties by place, with what they mean.
CONTRACT_PROPERTIES = {
    "supplier": "code of the delivering organisation",
    "table": "name of the table, without the supplier",
    "agreement": "reference of the delivery agreement",
    "timezone": "time zone of days",
    "quarantineMaxRows": "most rows set aside before the whole delivery is refused",
    "quarantineMaxShare": "largest share of rows set aside before the whole delivery is refused",
    "validFrom": "first reference date this version of the contract holds for",
}
SERVER_PROPERTIES = {
    "delimiter": "separator of CSV columns",
    "decimalSeparator": "decimal point or comma",
    "sheet": "name of the worksheet",
}
OBJECT_PROPERTIES = {
    "activityMilestones": "list of activity (or activity/lifecycle) and milestone",
}
COLUMN_PROPERTIES = {
    "granularity": "timestamp, day, week or month",
    "freeText": "short text typed by hand",
    "codelist": "list of the chain that holds the codes: a seed, or `indicator` for the register",
    "formerName": "name of the column in the file under earlier versions of the contract",
    "lookAlike": "kind of identifying number its values resemble by design, such as bsn",
}
# Values of customProperties that are no text; the standard lets any value pass.
_KINDS: Mapping[str, tuple[Any, str]] = {
    "freeText": (bool, "true of false"),
    "activityMilestones": (list, "een lijst van activity en milestone"),
    "quarantineMaxRows": (int, "een aantal"),
    "quarantineMaxShare": ((int, float), "een getal van 0 tot 1"),
    # Read as a day, with a refusal of its own.
    "validFrom": (object, ""),
}
# What a pseudonym is of, by the name under which all tables know it.
PSEUDONYMS = {"case_key": "case", "person_key": "person"}
# The columns of an event log by their canonical names, with what they mean.
EVENT_LOG_COLUMNS = {
    "case_key": "case; required",
    "activity": "activity; required",
    "happened_at": "moment",
    "started_at": "start of an activity, where `happened_at` is its end: two events, "
    "activity/start and activity/complete; may be absent",
    "lifecycle": "lifecycle transition; may be absent",
    "org_group": "group that acted; may be absent",
}


def one_of(name: str, place: str, value: Any, allowed: Sequence[str]) -> str:
    """A value that is one of those allowed.

    Raises:
        ContractError: It is not.
    """
    if value not in allowed:
        raise ContractError(f"{name}: {place}: '{value}' kan niet; kies uit {', '.join(allowed)}")
    return str(value)


def whole(name: str, place: str, value: Any) -> int:
    """A whole number of at least 0.

    Raises:
        ContractError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ContractError(f"{name}: {place}: '{value}' is geen geheel getal; vul een aantal in")
    return int(value)


def share(name: str, place: str, value: Any) -> float:
    """A part of a whole.

    Raises:
        ContractError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ContractError(
            f"{name}: {place}: '{value}' is geen deel; vul een getal van 0 tot 1 in"
        )
    return float(value)


def custom_properties(
    name: str, place: str, owner: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, Any]:
    """The `customProperties` of a part of the document, by name.

    Raises:
        ContractError: One of them is not known, or its value is of another kind.
    """
    listed = {custom["property"]: custom["value"] for custom in owner.get("customProperties") or []}
    for unknown in sorted(set(listed) - set(known)):
        raise ContractError(
            f"{name}: {place}: '{unknown}' is onbekend; bekend zijn {', '.join(known) or 'geen'}"
        )
    for own, value in listed.items():
        kind, called = _KINDS.get(own, (str, "een tekst; zet haar tussen aanhalingstekens"))
        if not isinstance(value, kind):
            raise ContractError(f"{name}: {place}: {own}: verwacht {called}")
    return listed


def delivered_name(written: Mapping[str, Any]) -> str:
    """The name of a column in the file; the contract may call it the same."""
    return str(written.get("physicalName", written["name"]))


def read_column(name: str, place: str, written: Mapping[str, Any]) -> Column:
    """One column of a contract.

    Raises:
        ContractError: It is not right.
    """
    place = f"{place} ({written.get('name', '?')})"
    options = written.get("logicalTypeOptions") or {}
    custom = custom_properties(name, f"{place}.customProperties", written, COLUMN_PROPERTIES)
    _check_type(name, place, written, custom)
    _check_pattern(name, place, options.get("pattern"))
    column = Column(
        name=delivered_name(written),
        canonical=str(written["name"]),
        logical_type=str(written["logicalType"]),
        required=bool(written.get("required", False)),
        is_key=bool(written.get("primaryKey", False)),
        granularity=custom.get("granularity"),
        date_format=options.get("format"),
        pattern=options.get("pattern"),
        enum=tuple(str(value["value"]) for value in written.get("enum") or []),
        classification=str(written.get("classification", "intern")),
        description=str(written.get("description", "")),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        max_length=options.get("maxLength"),
        pseudonym=_pseudonym(name, place, written),
        free_text=bool(custom.get("freeText", False)),
        codelist=custom.get("codelist"),
        former_name=custom.get("formerName"),
        look_alike=custom.get("lookAlike"),
    )
    try:
        _ = column.form
    except FormError as error:
        raise ContractError(
            f"{name}: {place}.logicalTypeOptions.format: {error}; bijvoorbeeld dd-MM-yyyy, "
            "of yyyy-MM-dd'T'HH:mm:ssXXX voor een tijdstip"
        ) from error
    return column


def _check_type(
    name: str, place: str, written: Mapping[str, Any], custom: Mapping[str, Any]
) -> None:
    """Check that the type of a column says enough of its values."""
    options = written.get("logicalTypeOptions") or {}
    logical_type = one_of(name, f"{place}.logicalType", written.get("logicalType"), LOGICAL_TYPES)
    granularity = custom.get("granularity")
    if granularity is not None:
        one_of(name, f"{place}.customProperties.granularity", granularity, GRANULARITIES)
    if logical_type in {"date", "timestamp"} and "format" not in options:
        raise ContractError(
            f"{name}: {place}.logicalTypeOptions.format ontbreekt; een datum wordt nooit geraden"
        )
    if logical_type == "string" and not (
        written.get("enum")
        or options.get("pattern")
        or custom.get("freeText")
        or custom.get("codelist")
    ):
        raise ContractError(
            f"{name}: {place}: een tekstkolom zonder enum, codelist of pattern is vrije tekst; "
            "geef de vorm, of zeg het met freeText: true"
        )
    if logical_type in {"integer", "number"} and "maximum" not in options:
        raise ContractError(
            f"{name}: {place}.logicalTypeOptions.maximum ontbreekt; een getal zonder grens kan een "
            "nummer van een persoon zijn, geef de grootste waarde die voorkomt"
        )
    if logical_type == "timestamp" and granularity not in {None, "timestamp"}:
        raise ContractError(
            f"{name}: {place}.customProperties.granularity: een tijdstip is geen {granularity}; "
            "maak het logicalType date, of laat granularity weg"
        )


def _pseudonym(name: str, place: str, written: Mapping[str, Any]) -> str | None:
    """What a column is a pseudonym of; None where it is none."""
    if written.get("classification") != "pseudoniem":
        return None
    if written["name"] not in PSEUDONYMS:
        raise ContractError(
            f"{name}: {place}: een pseudoniem heet {' of '.join(PSEUDONYMS)}; geef dat als name"
        )
    return PSEUDONYMS[written["name"]]


def _check_pattern(name: str, place: str, pattern: str | None) -> None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise ContractError(
                f"{name}: {place}.logicalTypeOptions.pattern: geen reguliere expressie ({error})"
            ) from error


def read_rule(name: str, place: str, written: Mapping[str, Any], columns: set[str]) -> Rule:
    """One Great Expectations rule of a contract.

    Args:
        name: Name of the file.
        place: Where the rule stands in it.
        written: The rule as written.
        columns: Names of the columns in the file, which the rule is about.

    Raises:
        ContractError: It is not right.
    """
    if written.get("type") != "custom" or written.get("engine") != "greatExpectations":
        raise ContractError(f"{name}: {place}: verwacht type custom en engine greatExpectations")
    custom_properties(name, f"{place}.customProperties", written, {})
    for wanted in ("name", "businessImpact", "severity"):
        if not written.get(wanted):
            raise ContractError(f"{name}: {place}.{wanted} ontbreekt; elke regel zegt waarom")
    implementation = written.get("implementation")
    if not isinstance(implementation, dict) or "expectation_type" not in implementation:
        raise ContractError(f"{name}: {place}.implementation: verwacht expectation_type en kwargs")
    unknown = sorted(set(implementation) - {"expectation_type", "kwargs"})
    if unknown:
        raise ContractError(f"{name}: {place}.implementation: '{unknown[0]}' is onbekend")
    arguments = implementation.get("kwargs") or {}
    if not isinstance(arguments, dict):
        raise ContractError(f"{name}: {place}.implementation.kwargs: verwacht namen met waarden")
    _check_columns(name, place, arguments, columns)
    return Rule(
        name=str(written["name"]),
        expectation=_row_rule(name, place, str(implementation["expectation_type"])),
        arguments=dict(arguments),
        severity=one_of(name, f"{place}.severity", written["severity"], SEVERITIES),
        reason=str(written["businessImpact"]),
    )


def _row_rule(name: str, place: str, expectation: str) -> str:
    if not expectation.startswith(ROW_RULES):
        raise ContractError(
            f"{name}: {place}.implementation.expectation_type: '{expectation}' "
            f"oordeelt niet over rijen; kies er een die begint met {', '.join(ROW_RULES)}"
        )
    return expectation


def _check_columns(name: str, place: str, arguments: Mapping[str, Any], columns: set[str]) -> None:
    """Check that a rule is about columns of the file."""
    for argument in ("column", "column_A", "column_B", "column_list"):
        value = arguments.get(argument, [])
        if not isinstance(value, str | list) or not all(isinstance(each, str) for each in value):
            raise ContractError(
                f"{name}: {place}.implementation.kwargs.{argument}: verwacht namen van kolommen"
            )
        for missing in sorted({*([value] if isinstance(value, str) else value)} - columns):
            raise ContractError(
                f"{name}: {place}.implementation.kwargs.{argument}: "
                f"kolom '{missing}' staat niet in het contract"
            )


def read_event_log(
    name: str, table: Mapping[str, Any], columns: Sequence[Column]
) -> EventLogMapping:
    """How the columns of an event log are to be read: each by its canonical name.

    Raises:
        ContractError: A column that is needed is not there, or the mapping is not right.
    """
    place = "schema[0].customProperties"
    custom = custom_properties(name, place, table, OBJECT_PROPERTIES)
    roles = {column.canonical: column for column in columns}
    for wanted in ("case_key", "activity", "happened_at"):
        if wanted not in roles:
            raise ContractError(
                f"{name}: schema[0].properties: geen kolom {wanted}; geef de kolom van een "
                f"gebeurtenissenlogboek die dat is name {wanted}, en zet haar naam in het bestand "
                "in physicalName"
            )
    for wanted in ("case_key", "activity"):
        if not roles[wanted].required:
            raise ContractError(
                f"{name}: schema[0].properties ({wanted}): niet verplicht; maak de kolom required, "
                "want een gebeurtenis zonder zaak of activiteit telt nergens mee"
            )
    delivered = {role: column.name for role, column in roles.items()}
    milestones = _milestones(name, f"{place}.activityMilestones", custom.get("activityMilestones"))
    if "started_at" in roles:
        _check_started(name, place, roles, milestones)
    return EventLogMapping(
        case_key=delivered["case_key"],
        activity=delivered["activity"],
        moment=delivered["happened_at"],
        lifecycle=delivered.get("lifecycle"),
        group=delivered.get("org_group"),
        milestones=milestones,
        start=delivered.get("started_at"),
    )


def _milestones(name: str, place: str, mapping: object) -> dict[str, str]:
    """Milestone by activity, or by activity and lifecycle."""
    if not isinstance(mapping, list) or not mapping:
        raise ContractError(f"{name}: {place} ontbreekt; koppel activiteiten aan mijlpalen")
    for mapped in mapping:
        if not isinstance(mapped, dict) or set(mapped) != {"activity", "milestone"}:
            raise ContractError(f"{name}: {place}: verwacht activity en milestone")
    return {str(mapped["activity"]): str(mapped["milestone"]) for mapped in mapping}


def _check_started(
    name: str, place: str, roles: Mapping[str, Column], milestones: Mapping[str, str]
) -> None:
    """Check that a row with a start and an end is mapped as the two events it is."""
    if "lifecycle" in roles:
        raise ContractError(
            f"{name}: schema[0].properties (started_at): een rij met begin en eind heeft geen "
            "lifecycle; haal die kolom uit het contract"
        )
    for activity in milestones:
        if not activity.endswith(LIFECYCLE_OF_ROW):
            raise ContractError(
                f"{name}: {place}.activityMilestones: '{activity}' zegt niet of het om begin "
                f"of eind gaat; zet er {' of '.join(LIFECYCLE_OF_ROW)} achter"
            )


def read_timezone(name: str, value: Any) -> str:
    """The zone in which days of a table begin and end.

    Raises:
        ContractError: None is named, or it does not exist.
    """
    if value is None:
        # No zone is more likely than another, and a wrong one moves cases to the day beside theirs.
        raise ContractError(
            f"{name}: customProperties.timezone ontbreekt; noem de tijdzone van de dagen, "
            "zoals Europe/Amsterdam"
        )
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ContractError(
            f"{name}: customProperties.timezone: '{value}' is geen tijdzone; "
            "noem er een als Europe/Amsterdam"
        ) from error
    return str(value)


def read_day(name: str, place: str, value: Any) -> date | None:
    """A day, where one is named.

    Raises:
        ContractError: It is no day.
    """
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ContractError(f"{name}: {place}: '{value}' is geen datum jjjj-mm-dd") from error
