"""Contracts: what a chain partner delivers, read from Open Data Contract Standard v3 YAML.

Here: the contract as the rest of the package uses it, and the refusal of a contract that is not
right, with the file and the field.
Not here: applying a contract to a file (`readers`, `guard`, `suite`), and showing it to a partner
(`specification`).

The standard leaves room in `customProperties`. What this monitor puts there is listed below with
its meaning; any other name is refused, since a typing error there would silently switch a rule off.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from pipelines.deliveries.codelists import CodelistError, codes_of
from pipelines.deliveries.forms import DAY, Form, FormError, form_of
from pipelines.deliveries.naming import TABLE_NAME

SUFFIX = ".odcs.yaml"
EARLIER_FOLDER = "earlier"
MODES = ("snapshot", "change_file", "event_log")
FORMATS = ("csv", "parquet", "xlsx", "jsonl", "xes")
LOGICAL_TYPES = ("string", "integer", "number", "boolean", "date", "timestamp")
GRANULARITIES = ("timestamp", "day", "week", "month")
SEVERITIES = ("critical", "warning")
CHANGE_COLUMN = "mutatie"
WITHDRAWAL = "intrekking"
# What becomes of an activity whose row holds both its start and its end.
LIFECYCLE_OF_ROW = ("/start", "/complete")
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
    "caseKeyColumn": "column of an event log that holds the case",
    "activityColumn": "column of an event log that holds the activity",
    "lifecycleColumn": "column of an event log that holds the lifecycle transition",
    "timestampColumn": "column of an event log that holds the moment",
    "startColumn": "column that holds the start of an activity, where timestampColumn is its end: "
    "two events, activity/start and activity/complete",
    "groupColumn": "column of an event log that holds the group",
}
COLUMN_PROPERTIES = {
    "pseudonym": "case or person",
    "granularity": "timestamp, day, week or month",
    "freeText": "short text typed by hand",
    "codelist": "list of the chain that holds the codes: a seed, or `indicator` for the register",
    "formerName": "name of the column in earlier versions of the contract",
    "lookAlike": "kind of identifying number its values resemble by design, such as bsn",
}
_QUALITY_PROPERTIES: dict[str, str] = {}

_LONGEST_COMPLAINT = 200


class ContractError(ValueError):
    """A contract is not right; the message names the file, the field and the remedy."""


@dataclass(frozen=True)
class Column:
    """One delivered column.

    Attributes:
        name: Name in the file: the `physicalName` of the contract.
        canonical: Name in the warehouse: the `name` of the contract.
        logical_type: One of `LOGICAL_TYPES`.
        required: An empty cell breaks a rule.
        is_key: Part of the key of the table.
        granularity: How fine a moment is; None for columns that hold none.
        date_format: Format of a date or timestamp in text, in the notation of the standard.
        pattern: Regular expression that a value matches.
        enum: Allowed values; empty when not enumerated.
        classification: `intern` or `pseudoniem`.
        description: What it holds, in Dutch.
        minimum: Least value of a number.
        maximum: Greatest value of a number; every number has one.
        max_length: Most characters of a text.
        pseudonym: `case` or `person`; None otherwise.
        free_text: Typed by hand.
        codelist: List of the chain that holds its codes; these are in `enum`. None otherwise.
        former_name: Name in earlier versions of the contract; None when unchanged.
        look_alike: Kind of identifying number its values resemble by design; None otherwise.
    """

    name: str
    canonical: str
    logical_type: str
    required: bool = False
    is_key: bool = False
    granularity: str | None = None
    date_format: str | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    classification: str = "intern"
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    pseudonym: str | None = None
    free_text: bool = False
    codelist: str | None = None
    former_name: str | None = None
    look_alike: str | None = None

    @property
    def form(self) -> Form | None:
        """How a date or moment of the column is written; None for other columns."""
        if self.granularity in {"week", "month"}:
            return form_of("", self.granularity)
        if self.logical_type == "timestamp":
            return form_of(self.date_format or "", "moment")
        if self.logical_type == "date" or self.granularity is not None:
            return form_of(self.date_format or DAY, "day")
        return None

    @property
    def landing_type(self) -> str:
        """DuckDB type of the column once landed."""
        if self.granularity in {"day", "week", "month"}:
            return "DATE"
        return {
            "timestamp": "TIMESTAMP WITH TIME ZONE",
            "date": "DATE",
            "integer": "BIGINT",
            "number": "DOUBLE",
            "boolean": "BOOLEAN",
        }.get(self.logical_type, "VARCHAR")


@dataclass(frozen=True)
class Rule:
    """One Great Expectations rule of a contract.

    Attributes:
        name: Name a partner sees.
        expectation: Type of the expectation, such as `expect_compound_columns_to_be_unique`.
        arguments: Its arguments.
        severity: `critical` or `warning`.
        reason: Why it matters, in Dutch.
    """

    name: str
    expectation: str
    arguments: Mapping[str, Any]
    severity: str
    reason: str


@dataclass(frozen=True)
class EventLogMapping:
    """How the columns of an event log are to be read.

    Attributes:
        case_key: Column of the case.
        activity: Column of the activity.
        moment: Column of the moment.
        lifecycle: Column of the lifecycle transition; None when there is none.
        group: Column of the executing group; None when there is none.
        milestones: Milestone by activity, or by `activity/lifecycle`; several may become the same.
        start: Column of the start of an activity, whose end is `moment`; None when a row is one
            event. Such a row is two: `activity/start` and `activity/complete`.
    """

    case_key: str
    activity: str
    moment: str
    lifecycle: str | None
    group: str | None
    milestones: Mapping[str, str]
    start: str | None = None


@dataclass(frozen=True)
class Contract:
    """What one supplier delivers in one table.

    Attributes:
        id: `<supplier>_<table>`.
        version: Version of the contract.
        supplier: Code of the organisation.
        table: Name of the table.
        title: Name for people, in Dutch.
        grain: What one row is, in Dutch.
        mode: One of `MODES`.
        file_format: One of `FORMATS`.
        delimiter: Separator of CSV columns.
        encoding: Character encoding of text files, as Python names it.
        decimal: Decimal separator.
        sheet: Worksheet; None for other formats.
        columns: Columns, in order.
        key: Names of the key columns, in order.
        rules: Great Expectations rules of the contract.
        due_day: Day of the month after the reference date by which a delivery is due.
        is_periodic: Delivered every month; False for a delivery made once.
        agreement: Reference of the delivery agreement.
        timezone: Time zone of days.
        quarantine_days: How long refused content is kept.
        retention_months: How long accepted content is kept.
        quarantine_max_rows: Most rows set aside before the whole delivery is refused.
        quarantine_max_share: Largest share of rows set aside before the whole is refused.
        valid_from: First reference date this version holds for; None for always.
        event_log: Mapping of an event log; None for tables.
        purpose: Purpose, in Dutch.
        limitations: Limits of use, in Dutch.
        earlier: Earlier versions, newest first.
    """

    id: str
    version: str
    supplier: str
    table: str
    title: str
    grain: str
    mode: str
    file_format: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    due_day: int
    agreement: str
    timezone: str
    quarantine_days: int
    retention_months: int
    quarantine_max_rows: int
    quarantine_max_share: float
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    sheet: str | None = None
    is_periodic: bool = True
    valid_from: date | None = None
    event_log: EventLogMapping | None = None
    purpose: str = ""
    limitations: str = ""
    earlier: tuple["Contract", ...] = field(default=(), repr=False)

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """Columns of the table itself: without the mark that says what a change file does."""
        return tuple(one for one in self.columns if one.name != CHANGE_COLUMN)

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: There is none.
        """
        for one in self.columns:
            if one.name == name:
                return one
        raise KeyError(name)

    def for_reference_date(self, day: date) -> "Contract":
        """The version that holds for a reference date: an old delivery keeps its old contract."""
        for one in (self, *self.earlier):
            if one.valid_from is None or one.valid_from <= day:
                return one
        # Before the first version: the oldest is the nearest to what was agreed then.
        return self.earlier[-1] if self.earlier else self


def load_contract(path: Path) -> Contract:
    """Read and check one contract.

    Args:
        path: A file `<supplier>_<table>.odcs.yaml`.

    Returns:
        The contract, without its earlier versions.

    Raises:
        ContractError: The file is not right.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{path.name}: kan niet worden gelezen ({error})") from error
    folder = path.parent.parent if path.parent.name == EARLIER_FOLDER else path.parent
    return _with_codes(path.name, _parse(path.name, text), folder)


def _with_codes(name: str, contract: Contract, folder: Path) -> Contract:
    """The contract with the codes of its lists: what is in no list is not allowed."""
    columns = []
    for one in contract.columns:
        if one.codelist is None:
            columns.append(one)
            continue
        try:
            columns.append(replace(one, enum=codes_of(one.codelist, folder)))
        except CodelistError as error:
            raise ContractError(f"{name}: {one.name}.customProperties.codelist: {error}") from error
    return replace(contract, columns=tuple(columns))


def load_contracts(folder: Path) -> dict[str, Contract]:
    """Read and check all contracts of a chain.

    Earlier versions lie in the folder `earlier`, under any name that ends in `.odcs.yaml`.

    Args:
        folder: Folder with one contract per table.

    Returns:
        Contracts by id, sorted.

    Raises:
        ContractError: A file is not right, two files describe the same table, or there are none.
    """
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    if not paths:
        raise ContractError(f"{folder}: geen contracten gevonden; verwacht bestanden *{SUFFIX}")
    contracts: dict[str, Contract] = {}
    for path in paths:
        contract = load_contract(path)
        if path.name != f"{contract.id}{SUFFIX}":
            raise ContractError(
                f"{path.name}: id is '{contract.id}'; noem het bestand {contract.id}{SUFFIX}"
            )
        contracts[contract.id] = contract
    _check_one_timezone(contracts)
    for path in sorted((folder / EARLIER_FOLDER).glob(f"*{SUFFIX}")):
        earlier = load_contract(path)
        current = contracts.get(earlier.id)
        if current is None:
            raise ContractError(f"{path.name}: id '{earlier.id}' heeft geen geldend contract")
        contracts[earlier.id] = _with_earlier(path, current, earlier)
    return contracts


def timezone_of(contracts: Mapping[str, Contract]) -> str:
    """The zone in which a day of the chain begins and ends: the one its contracts agree on.

    Args:
        contracts: Contracts by id, at least one, as `load_contracts` reads them.
    """
    return next(iter(contracts.values())).timezone


def _check_one_timezone(contracts: Mapping[str, Contract]) -> None:
    """Check that a day is the same time for everybody: hand-offs are counted in days.

    Raises:
        ContractError: Two contracts name different zones.
    """
    agreed = timezone_of(contracts)
    for contract in contracts.values():
        if contract.timezone != agreed:
            first = next(iter(contracts))
            raise ContractError(
                f"{contract.id}{SUFFIX}: customProperties.timezone: '{contract.timezone}', maar in "
                f"{first}{SUFFIX} '{agreed}'; een keten telt dagen in één tijdzone: noem overal "
                "dezelfde, en laat tijdstippen uit een andere zone hun offset noemen (XXX)"
            )


def _with_earlier(path: Path, current: Contract, earlier: Contract) -> Contract:
    versions = sorted(
        (*current.earlier, earlier), key=lambda one: one.valid_from or date.min, reverse=True
    )
    dates = [current.valid_from, *(one.valid_from for one in versions)]
    if None in dates[:-1] or len(set(dates)) < len(dates):
        raise ContractError(
            f"{path.name}: customProperties.validFrom: elke versie na de eerste heeft een eigen "
            "begindatum nodig; vul validFrom in"
        )
    return Contract(**{**_shallow(current), "earlier": tuple(versions)})


def _shallow(contract: Contract) -> dict[str, Any]:
    return {name: getattr(contract, name) for name in contract.__dataclass_fields__}


# One process reads the same contracts many times over, and checking one against the schema of the
# standard takes 40 ms.
@lru_cache(maxsize=1024)
def _parse(name: str, text: str) -> Contract:
    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ContractError(f"{name}: is geen YAML ({problem[:_LONGEST_COMPLAINT]})") from error
    if not isinstance(document, dict):
        raise ContractError(f"{name}: is geen contract; verwacht de velden van ODCS v3")
    for complaint in _complaints(document):
        raise ContractError(f"{name}: {complaint}")
    return _build(name, document)


@lru_cache(maxsize=1)
def _validator() -> Any:
    from jsonschema import Draft201909Validator

    schema = json.loads((files("open_data_contract_standard") / "schema.json").read_text("utf-8"))
    return Draft201909Validator(schema)


def _complaints(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong by the standard, unknown keys included; the deepest first."""
    errors = sorted(_validator().iter_errors(document), key=lambda one: -len(one.absolute_path))
    for error in errors:
        place = _place(error.absolute_path) or "contract"
        yield f"{place}: past niet in ODCS v3 ({error.message[:_LONGEST_COMPLAINT]})"


def _place(path: Sequence[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _build(name: str, document: dict[str, Any]) -> Contract:
    custom = _custom(name, "customProperties", document, CONTRACT_PROPERTIES)
    server = _only(name, "servers", document.get("servers"))
    server_custom = _custom(name, "servers[0].customProperties", server, SERVER_PROPERTIES)
    table = _only(name, "schema", document.get("schema"))
    mode = _one_of(name, "schema[0].physicalType", table.get("physicalType"), MODES)
    agreed = {one["property"]: one.get("value") for one in document.get("slaProperties", [])}
    for wanted in ("supplier", "table", "quarantineMaxRows", "quarantineMaxShare"):
        if wanted not in custom:
            raise ContractError(f"{name}: customProperties: {wanted} ontbreekt; vul het in")
    for wanted in ("dueDay", "retention", "quarantineRetention"):
        if wanted not in agreed:
            raise ContractError(f"{name}: slaProperties: {wanted} ontbreekt; vul het in")
    columns = tuple(
        _column(name, f"schema[0].properties[{index}]", one)
        for index, one in enumerate(table.get("properties", []))
    )
    keyed = [one for one in table.get("properties", []) if one.get("primaryKey")]
    keyed.sort(key=lambda one: one.get("primaryKeyPosition", 0))
    description = document.get("description") or {}
    contract = Contract(
        id=document["id"],
        version=document["version"],
        supplier=str(custom["supplier"]),
        table=str(custom["table"]),
        title=table.get("businessName") or str(custom["table"]),
        grain=table.get("dataGranularityDescription", ""),
        mode=mode,
        file_format=_one_of(name, "servers[0].format", server.get("format"), FORMATS),
        columns=columns,
        key=tuple(_delivered_name(one) for one in keyed),
        rules=tuple(
            _rule(name, f"schema[0].quality[{index}]", one, {column.name for column in columns})
            for index, one in enumerate(table.get("quality", []))
        ),
        due_day=int(agreed["dueDay"]),
        agreement=str(custom.get("agreement", "")),
        timezone=_timezone(name, custom.get("timezone")),
        quarantine_days=int(agreed["quarantineRetention"]),
        retention_months=int(agreed["retention"]),
        quarantine_max_rows=int(custom["quarantineMaxRows"]),
        quarantine_max_share=float(custom["quarantineMaxShare"]),
        delimiter=str(server_custom.get("delimiter", ",")),
        encoding=str(server.get("encoding", "utf-8")),
        decimal=str(server_custom.get("decimalSeparator", ".")),
        sheet=server_custom.get("sheet"),
        is_periodic="frequency" in agreed,
        valid_from=_day(name, "customProperties.validFrom", custom.get("validFrom")),
        event_log=_event_log(name, table, columns) if mode == "event_log" else None,
        purpose=description.get("purpose", ""),
        limitations=description.get("limitations", ""),
    )
    _check_whole(name, contract)
    return contract


def _check_whole(name: str, contract: Contract) -> None:
    """Check what no single field can say about itself."""
    if contract.id != f"{contract.supplier}_{contract.table}":
        raise ContractError(
            f"{name}: id: '{contract.id}' is niet supplier_table; "
            f"maak er {contract.supplier}_{contract.table} van"
        )
    if not re.fullmatch(TABLE_NAME, contract.table):
        raise ContractError(
            f"{name}: customProperties.table: '{contract.table}' kan niet in een bestandsnaam; "
            "gebruik kleine letters en cijfers, zonder liggend streepje"
        )
    names = [one.name for one in contract.columns]
    for called in (names, [one.canonical for one in contract.columns]):
        if len(set(called)) < len(called):
            raise ContractError(f"{name}: schema[0].properties: een kolom komt twee keer voor")
    if not contract.key and contract.mode != "event_log":
        raise ContractError(
            f"{name}: schema[0].properties: geen kolom met primaryKey; wijs er een aan"
        )
    if (contract.mode == "change_file") != (CHANGE_COLUMN in names):
        raise ContractError(
            f"{name}: schema[0].physicalType: kolom {CHANGE_COLUMN} hoort in een change_file, "
            "en alleen daar"
        )
    if contract.file_format == "xlsx" and not contract.sheet:
        raise ContractError(
            f"{name}: servers[0].customProperties: sheet ontbreekt; noem het werkblad"
        )
    for rule in contract.rules:
        listed = rule.arguments.get("column_list")
        if rule.name == "sleutel_uniek" and tuple(listed or ()) != contract.key:
            raise ContractError(
                f"{name}: schema[0].quality: sleutel_uniek noemt andere kolommen dan primaryKey"
            )


def _only(name: str, place: str, listed: Any) -> dict[str, Any]:
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict):
        raise ContractError(
            f"{name}: {place}: verwacht precies één; een contract beschrijft één tabel"
        )
    only: dict[str, Any] = listed[0]
    return only


def _one_of(name: str, place: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise ContractError(f"{name}: {place}: '{value}' kan niet; kies uit {', '.join(allowed)}")
    return str(value)


def _custom(
    name: str, place: str, owner: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, Any]:
    listed = {one["property"]: one["value"] for one in owner.get("customProperties") or []}
    for unknown in sorted(set(listed) - set(known)):
        raise ContractError(
            f"{name}: {place}: '{unknown}' is onbekend; bekend zijn {', '.join(known) or 'geen'}"
        )
    return listed


def _delivered_name(one: Mapping[str, Any]) -> str:
    """The name of a column in the file; the contract may call it the same."""
    return str(one.get("physicalName", one["name"]))


def _column(name: str, place: str, one: Mapping[str, Any]) -> Column:
    place = f"{place} ({one.get('name', '?')})"
    options = one.get("logicalTypeOptions") or {}
    custom = _custom(name, f"{place}.customProperties", one, COLUMN_PROPERTIES)
    logical_type = _one_of(name, f"{place}.logicalType", one.get("logicalType"), LOGICAL_TYPES)
    granularity = custom.get("granularity")
    if granularity is not None:
        _one_of(name, f"{place}.customProperties.granularity", granularity, GRANULARITIES)
    if logical_type in {"date", "timestamp"} and "format" not in options:
        raise ContractError(
            f"{name}: {place}.logicalTypeOptions.format ontbreekt; een datum wordt nooit geraden"
        )
    if logical_type == "string" and not (
        one.get("enum")
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
    pattern = options.get("pattern")
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ContractError(
                f"{name}: {place}.logicalTypeOptions.pattern: geen reguliere expressie ({error})"
            ) from error
    column = Column(
        name=_delivered_name(one),
        canonical=str(one["name"]),
        logical_type=logical_type,
        required=bool(one.get("required", False)),
        is_key=bool(one.get("primaryKey", False)),
        granularity=granularity,
        date_format=options.get("format"),
        pattern=pattern,
        enum=tuple(str(value["value"]) for value in one.get("enum") or []),
        classification=str(one.get("classification", "intern")),
        description=str(one.get("description", "")),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        max_length=options.get("maxLength"),
        pseudonym=custom.get("pseudonym"),
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


def _rule(name: str, place: str, one: Mapping[str, Any], columns: set[str]) -> Rule:
    if one.get("type") != "custom" or one.get("engine") != "greatExpectations":
        raise ContractError(f"{name}: {place}: verwacht type custom en engine greatExpectations")
    _custom(name, f"{place}.customProperties", one, _QUALITY_PROPERTIES)
    for wanted in ("name", "businessImpact", "severity"):
        if not one.get(wanted):
            raise ContractError(f"{name}: {place}.{wanted} ontbreekt; elke regel zegt waarom")
    severity = _one_of(name, f"{place}.severity", one["severity"], SEVERITIES)
    implementation = one.get("implementation")
    if not isinstance(implementation, dict) or "expectation_type" not in implementation:
        raise ContractError(f"{name}: {place}.implementation: verwacht expectation_type en kwargs")
    expectation = str(implementation["expectation_type"])
    if not expectation.startswith(ROW_RULES):
        raise ContractError(
            f"{name}: {place}.implementation.expectation_type: '{expectation}' "
            f"oordeelt niet over rijen; kies er een die begint met {', '.join(ROW_RULES)}"
        )
    unknown = sorted(set(implementation) - {"expectation_type", "kwargs"})
    if unknown:
        raise ContractError(f"{name}: {place}.implementation: '{unknown[0]}' is onbekend")
    arguments = implementation.get("kwargs") or {}
    for argument, value in arguments.items():
        if argument in {"column", "column_A", "column_B"} or argument == "column_list":
            for missing in sorted(
                {value} - columns if isinstance(value, str) else {*value} - columns
            ):
                raise ContractError(
                    f"{name}: {place}.implementation.kwargs.{argument}: "
                    f"kolom '{missing}' staat niet in het contract"
                )
    return Rule(
        str(one["name"]),
        expectation,
        dict(arguments),
        severity,
        str(one["businessImpact"]),
    )


def _event_log(name: str, table: Mapping[str, Any], columns: Sequence[Column]) -> EventLogMapping:
    place = "schema[0].customProperties"
    custom = _custom(name, place, table, OBJECT_PROPERTIES)
    names = {one.name for one in columns}
    required = {one.name for one in columns if one.required}
    chosen: dict[str, str | None] = {}
    for setting, default in (
        ("caseKeyColumn", "case:concept:name"),
        ("activityColumn", "concept:name"),
        ("timestampColumn", "time:timestamp"),
        ("lifecycleColumn", "lifecycle:transition"),
        ("groupColumn", "org:group"),
        ("startColumn", ""),
    ):
        value = str(custom.get(setting, default))
        is_optional = setting in {"lifecycleColumn", "groupColumn", "startColumn"}
        if value not in names and (setting in custom or not is_optional):
            raise ContractError(
                f"{name}: {place}.{setting}: kolom '{value}' staat niet in het contract"
            )
        chosen[setting] = value if value in names else None
        if setting in {"caseKeyColumn", "activityColumn"} and value not in required:
            raise ContractError(
                f"{name}: {place}.{setting}: kolom '{value}' is niet verplicht; maak haar "
                "required, want een gebeurtenis zonder zaak of activiteit telt nergens mee"
            )
    mapping = custom.get("activityMilestones")
    if not isinstance(mapping, list) or not mapping:
        raise ContractError(
            f"{name}: {place}.activityMilestones ontbreekt; koppel activiteiten aan mijlpalen"
        )
    milestones: dict[str, str] = {}
    for one in mapping:
        if not isinstance(one, dict) or set(one) != {"activity", "milestone"}:
            raise ContractError(
                f"{name}: {place}.activityMilestones: verwacht activity en milestone"
            )
        milestones[str(one["activity"])] = str(one["milestone"])
    if chosen["startColumn"] is not None:
        if chosen["lifecycleColumn"] is not None:
            raise ContractError(
                f"{name}: {place}.startColumn: een rij met begin en eind heeft geen "
                "lifecycleColumn; haal die kolom uit het contract"
            )
        for activity in milestones:
            if not activity.endswith(LIFECYCLE_OF_ROW):
                raise ContractError(
                    f"{name}: {place}.activityMilestones: '{activity}' zegt niet of het om begin "
                    f"of eind gaat; zet er {' of '.join(LIFECYCLE_OF_ROW)} achter"
                )
    return EventLogMapping(
        case_key=str(chosen["caseKeyColumn"]),
        activity=str(chosen["activityColumn"]),
        moment=str(chosen["timestampColumn"]),
        lifecycle=chosen["lifecycleColumn"],
        group=chosen["groupColumn"],
        milestones=milestones,
        start=chosen["startColumn"],
    )


def _timezone(name: str, value: Any) -> str:
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


def _day(name: str, place: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ContractError(f"{name}: {place}: '{value}' is geen datum jjjj-mm-dd") from error
