"""Findings that partner and monitor know of and accept for a time, so that nobody is told again.

Here: their register, `accepted_findings.csv` beside the contracts, and marking what it covers.
Not here: finding anything (`scan`, `punctuality`), and telling a partner (`partner`).

Only a warning can be accepted: what refuses a delivery or sets a row aside stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.deliveries.contract import ContractError
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.lists import ListError, read_list

REGISTER_NAME = "accepted_findings.csv"
REGISTER_COLUMNS = ("organisation", "table", "rule", "column", "valid_from", "valid_to", "reason")


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding that partner and monitor know of and accept, for a time.

    Attributes:
        organisation: Supplier.
        table: Table.
        rule: Name of the rule.
        column: Column; empty for the delivery as a whole.
        valid_from: First reference date it holds for.
        valid_to: Last reference date it holds for; None while it lasts.
        reason: Why it is accepted, in Dutch.
    """

    organisation: str
    table: str
    rule: str
    column: str
    valid_from: date
    valid_to: date | None
    reason: str

    def covers(self, organisation: str, table: str, day: date, finding: Finding) -> bool:
        """Whether a finding of a delivery is this one."""
        return (
            (self.organisation, self.table) == (organisation, table)
            and (self.rule, self.column) == (finding.rule, finding.column)
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


def read_accepted(contracts_dir: Path) -> tuple[AcceptedFinding, ...]:
    """Read the register of accepted findings; empty when a chain has none.

    Raises:
        ContractError: A line is not right.
    """
    path = contracts_dir / REGISTER_NAME
    if not path.exists():
        return ()
    try:
        rows = list(read_list(path, REGISTER_COLUMNS))
    except ListError as error:
        raise ContractError(str(error)) from error
    return tuple(_accepted(path, line, row) for line, row in rows)


def _accepted(path: Path, line: int, row: Mapping[str, str]) -> AcceptedFinding:
    try:
        valid_from = date.fromisoformat(row["valid_from"])
        valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    except ValueError as error:
        raise ContractError(
            f"{path}: regel {line}: valid_from en valid_to zijn geen datum "
            "jjjj-mm-dd; herstel de regel"
        ) from error
    if not row["reason"]:
        raise ContractError(f"{path}: regel {line}: reason ontbreekt; zeg waarom dit mag")
    place = (row["organisation"], row["table"], row["rule"], row["column"])
    return AcceptedFinding(*place, valid_from, valid_to, row["reason"])


def as_known(
    organisation: str,
    table: str,
    day: date,
    findings: Iterable[Finding],
    accepted: Sequence[AcceptedFinding],
) -> tuple[Finding, ...]:
    """The findings of a delivery, with those accepted as known marked so, and made `info`."""
    return tuple(
        replace(finding, severity="info", is_accepted=True)
        if finding.severity == "warning"
        and any(known.covers(organisation, table, day, finding) for known in accepted)
        else finding
        for finding in findings
    )
