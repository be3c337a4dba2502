"""The register as a delivery: `kc_aantekening` out, and `kc_aantekening` in.

Here: between revisions and the cells of the contract, writing one delivery of the whole register,
and reading one into it. Whatever comes in meets the same rules as what is typed.
Not here: the file formats (`pipelines.deliveries`), and what a build reads (`recorded`, which takes
the register itself: an exported file that is delivered back changes nothing).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from pipelines.decisions.draft import COLUMNS, Choices, Draft, RefusedError, check
from pipelines.decisions.register import IMPORTED, Register, Revision
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.guard.columns import check_columns
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers import Part, check_extension, open_source
from pipelines.deliveries.samples import file_name, write_sample

_DAYS = frozenset({"noted_on", "due_on"})


class ExchangeError(ValueError):
    """A file cannot be read into the register; the message names file, row, rule and remedy."""


def write_delivery(
    register: Register, contract: Contract, folder: Path, reference_date: date, version: int
) -> tuple[Path, int]:
    """Write every revision of the register as one delivery.

    Args:
        register: The register.
        contract: Contract of `kc_aantekening`.
        folder: Folder the file comes in; made when absent.
        reference_date: Reference date in its name.
        version: Version in its name.

    Returns:
        The file, and how many revisions are in it. What the register only builds on, because a
        delivery brought it, is in it too: the file stands on its own.
    """
    revisions = register.revisions()
    rows = [_cells(revision) for revision in revisions]
    cells = pa.table(
        {
            column.name: pa.array([row.get(column.name) for row in rows], pa.string())
            for column in contract.columns
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(contract, reference_date, version)
    write_sample(cells, contract, path)
    return path, len(revisions)


def read_delivery(
    register: Register, contract: Contract, path: Path, *, known_from: datetime
) -> tuple[int, int]:
    """Read a delivery into the register: everything or, when a row may not come in, nothing.

    Args:
        register: The register.
        contract: Contract of `kc_aantekening`.
        path: The file.
        known_from: Earliest moment from which it may count here.

    Returns:
        Revisions in the file, and how many of them were new.

    Raises:
        ExchangeError: The file is no such delivery, or a row breaks a rule.
        RegisterError: A revision contradicts what is in the register.
    """
    name = parse_name(path.name)
    if name is None or name.contract_id != contract.id:
        raise ExchangeError(
            f"het bestand heet niet als een levering {contract.id}; noem het "
            f"{file_name(contract, _today(contract))}"
        )
    try:
        check_extension(name, contract)
        with open_source(path, name, contract) as source:
            check_columns(source.columns, contract)
            revisions = list(_revisions(source.parts, contract, name.reference_date))
    except (Refusal, ExchangeError) as refused:
        raise ExchangeError(f"{name.file_name}: {refused}") from None
    return len(revisions), register.take_over(revisions, known_from=known_from)


def _today(contract: Contract) -> date:
    return datetime.now(ZoneInfo(contract.timezone)).date()


def _revisions(
    parts: Iterator[Part], contract: Contract, reference_date: date
) -> Iterator[Revision]:
    choices = Choices.of(contract)
    days = (reference_date, _today(contract))
    for part in parts:
        rows = part.cells.to_pylist()
        for number, row in zip(part.row_numbers.tolist(), rows, strict=True):
            try:
                revision = _revision(row, reference_date)
                check(revision.draft, choices, days)
            except RefusedError as refused:
                raise ExchangeError(
                    f"rij {number}, {refused}; verbeter de rij en lees opnieuw in"
                ) from None
            except (TypeError, ValueError):
                raise ExchangeError(
                    f"rij {number}: een nummer of datum is niet leesbaar; schrijf datums als "
                    "jjjj-mm-dd en lees opnieuw in"
                ) from None
            yield revision


def _cells(revision: Revision) -> dict[str, str | None]:
    """A revision as the cells of a row."""
    said = {column: getattr(revision.draft, field) for field, column in COLUMNS.items()}
    return {
        "aantekening_nr": revision.number,
        "herziening": str(revision.revision),
        "vastgelegd_op": revision.recorded_at.isoformat(timespec="seconds"),
        **{
            column: value.isoformat() if isinstance(value, date) else value or None
            for column, value in said.items()
        },
    }


def _revision(row: dict[str, str | None], reference_date: date) -> Revision:
    """The cells of a row as a revision."""
    said: dict[str, object] = {}
    for field, column in COLUMNS.items():
        value = row.get(column)
        said[field] = date.fromisoformat(value) if value and field in _DAYS else value
    said["question"] = said["question"] or ""
    said["text"] = said["text"] or ""
    recorded = row.get("vastgelegd_op") or reference_date.isoformat()
    moment = datetime.fromisoformat(recorded)
    return Revision(
        number=str(row["aantekening_nr"]),
        revision=int(str(row["herziening"])),
        draft=Draft(**said),  # type: ignore[arg-type]
        reference_date=reference_date,
        recorded_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        known_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        origin=IMPORTED,
    )
