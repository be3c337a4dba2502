"""What a contract is: the columns, rules and agreements of one delivered table.

Here: the contract as the rest of the package uses it, and the words it may use.
Not here: where it stands in the YAML of the standard (`document`, `properties`).
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, date
from typing import Any

from pipelines.deliveries.forms import DAY, Form, form_of

MODES = ("snapshot", "change_file", "event_log")
FORMATS = ("csv", "parquet", "xlsx", "jsonl", "xes")
LOGICAL_TYPES = ("string", "integer", "number", "boolean", "date", "timestamp")
GRANULARITIES = ("timestamp", "day", "week", "month")
SEVERITIES = ("critical", "warning")
CHANGE_COLUMN = "mutatie"
WITHDRAWAL = "intrekking"
# What becomes of an activity whose row holds both its start and its end.
LIFECYCLE_OF_ROW = ("/start", "/complete")


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
    """How the columns of an event log are to be read, by their names in the file.

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
        retention_months: How long accepted content is kept, from its reference date.
        retention_ground: Why so long: the law or agreement; empty when it does not say.
        quarantine_max_rows: Most rows set aside before the whole delivery is refused.
        quarantine_max_share: Largest share of rows set aside before the whole is refused.
        valid_from: First reference date this version holds for; None for always.
        event_log: Mapping of an event log; None for tables.
        purpose: Purpose, in Dutch.
        limitations: Limits of use, in Dutch.
        usage: What the data are used for, in Dutch.
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
    retention_ground: str = ""
    usage: str = ""
    earlier: tuple["Contract", ...] = field(default=(), repr=False)

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """Columns of the table itself: without the mark that says what a change file does."""
        return tuple(column for column in self.columns if column.name != CHANGE_COLUMN)

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: There is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def kept_until(self, day: date) -> date:
        """Day on which the term ends of what was delivered as of a day.

        Args:
            day: The reference date; of a month that has no such day, the term ends on its last.
        """
        years, month = divmod(day.month - 1 + self.retention_months, 12)
        year = min(day.year + years, MAXYEAR)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    def for_reference_date(self, day: date) -> "Contract":
        """The version that holds for a reference date: an old delivery keeps its old contract."""
        for version in (self, *self.earlier):
            if version.valid_from is None or version.valid_from <= day:
                return version
        # Before the first version: the oldest is the nearest to what was agreed then.
        return self.earlier[-1] if self.earlier else self
