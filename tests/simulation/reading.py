"""An independent reading of delivered files, for the tests of the simulation only.

Here: pandas, openpyxl and the standard library, applied to a file by what its contract says.
Not here: anything of the simulator or of the pipeline's own intake, which must not be its own
judge.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from pipelines.deliveries.contract import Column, Contract


def read_delivery(path: Path, contract: Contract) -> pd.DataFrame:
    """Cells as they stand in the file; None where empty."""
    if contract.file_format == "csv":
        frame = pd.read_csv(
            path,
            sep=contract.delimiter,
            encoding=contract.encoding,
            dtype=str,
            na_values=[""],
            keep_default_na=False,
        )
    elif contract.file_format == "jsonl":
        lines = path.read_text(encoding="utf-8").splitlines()
        frame = pd.DataFrame([json.loads(line) for line in lines], dtype=object)
    elif contract.file_format == "xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True)[contract.sheet]
        rows = list(sheet.iter_rows(values_only=True))
        # A row whose last cells are empty is read as a shorter one.
        width = len(rows[0])
        filled = [[*row, *[None] * (width - len(row))] for row in rows[1:]]
        frame = pd.DataFrame(filled, columns=list(rows[0]), dtype=object)
    else:
        frame = pd.read_parquet(path)
    return frame.astype(object).where(frame.notna(), None)


def typed(value: Any, column: Column) -> Any:
    """One cell as a typed value: moments in UTC, coarse dates as their first day."""
    if value is None:
        return None
    if column.granularity is not None:
        return _MOMENTS[column.granularity](value, column)
    if column.logical_type == "boolean":
        return value if isinstance(value, bool) else {"ja": True, "nee": False}[value]
    return int(value) if column.logical_type == "integer" else value


def _day(value: Any, column: Column) -> date:
    if isinstance(value, date):
        return value
    pattern = "%d-%m-%Y" if column.date_format == "dd-MM-yyyy" else "%Y-%m-%d"
    return datetime.strptime(value, pattern).date()


_MOMENTS: dict[str, Callable[[Any, Column], Any]] = {
    "timestamp": lambda value, _: pd.Timestamp(value).tz_convert("UTC").to_pydatetime(),
    "day": _day,
    "week": lambda value, _: date.fromisocalendar(int(value[:4]), int(value[6:]), 1),
    "month": lambda value, _: date(int(value[:4]), int(value[5:]), 1),
}


def current_state(
    files: Iterable[tuple[date, int, Path]], contract: Contract
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Records by key after versions, changes and withdrawals.

    Args:
        files: Peildatum, version and place of each file that counts.
        contract: What they should be.
    """
    latest: dict[date, tuple[int, Path]] = {}
    for day, version, path in files:
        latest[day] = max(latest.get(day, (0, path)), (version, path))
    state: dict[tuple[Any, ...], dict[str, Any]] = {}
    for day in sorted(latest):
        if contract.mode == "snapshot":
            state = {}
        for row in read_delivery(latest[day][1], contract).to_dict("records"):
            values = {each.name: typed(row[each.name], each) for each in contract.columns}
            key = tuple(values[name] for name in contract.key)
            if values.pop("mutatie", "wijziging") == "intrekking":
                state.pop(key, None)
            else:
                state[key] = values
    return state
