"""Findings in deliveries, found again in the delivered files themselves.

Here: which rules a file breaks that the simulated faults can break, and what became of them in the
next delivery of the table.
Not here: rules no simulated file breaks (`tests/deliveries`). Were one broken all the same, the
published number would be higher than the one worked out here.
"""

import json
from pathlib import Path

import pandas as pd

# Of one record the first moment never lies before the second.
IN_ORDER = {
    "om_intake": [("verzonden_op", "ondertekend_op")],
    "om_pauze": [("beeindigd_op", "begonnen_op")],
    "nctv_pauze": [("beeindigd_op", "begonnen_op")],
    "nctv_triage": [("oordeel_verzonden_op", "ontvangen_op")],
    "nctv_aanwijzing": [("uitgestroomd_op", "aangewezen_op")],
    "politie_melding": [("bekend_rccb_op", "ontvangen_op"), ("gewogen_op", "bekend_rccb_op")],
    "lcc_maatregel": [("beeindigd_op", "gestart_op")],
}
LATE = "late"
LOCAL = "Europe/Amsterdam"


def findings(inbox: Path, deliveries: pd.DataFrame) -> pd.DataFrame:
    """Every finding, with its state.

    Args:
        inbox: The delivered files.
        deliveries: The files of the ledger: organisation, table, reference date, version, name, and
            whether it came late. All of them are accepted.

    Returns:
        Columns `organisation, reference_date, is_new, is_persisting, is_resolved, resolved_on`.
    """
    rows = []
    files = deliveries.assign(reference_date=pd.to_datetime(deliveries["reference_date"]))
    ordered = files.sort_values(["reference_date", "version"])
    for (organisation, _), own in ordered.groupby(["organisation", "table_name"]):
        broken = [(file.reference_date, _broken(inbox, file)) for file in own.itertuples()]
        # Lateness is judged once for a reference date: by the first version that came.
        months = [
            (day, {LATE} if part["is_late"].iloc[0] else set())
            for day, part in own.groupby("reference_date")
        ]
        for judged in (broken, months):
            rows += [(organisation, *finding) for finding in _followed(judged)]
    columns = ["organisation", "reference_date", "is_new", "is_persisting", "is_resolved"]
    return pd.DataFrame(rows, columns=[*columns, "resolved_on"])


def _followed(judged: list[tuple[pd.Timestamp, set[str]]]) -> list[tuple]:
    """What each judgement found that the one before had or had not, and the next has or has not."""
    found = []
    for place, (day, rules) in enumerate(judged):
        before = judged[place - 1][1] if place else set()
        following = judged[place + 1] if place + 1 < len(judged) else None
        for rule in rules:
            is_resolved = following is not None and rule not in following[1]
            resolved_on = following[0] if is_resolved else pd.NaT
            found.append((day, rule not in before, rule in before, is_resolved, resolved_on))
    return found


def _broken(inbox: Path, file: object) -> set[str]:
    """Rules about the order of moments that some row of a file breaks."""
    pairs = IN_ORDER.get(f"{file.organisation}_{file.table_name}", [])
    if not pairs:
        return set()
    rows = _read(inbox / file.file_name)
    return {
        f"{later}<{earlier}"
        for later, earlier in pairs
        if _is_before(rows[later], rows[earlier]).any()
    }


def _is_before(later: pd.Series, earlier: pd.Series) -> pd.Series:
    """Where the later moment lies before the earlier; a day is compared with days."""
    moments = [_moments(column) for column in (later, earlier)]
    is_day = [column.dropna().astype(str).str.len().eq(10).all() for column in (later, earlier)]
    if any(is_day):
        # A day stands there as the local one.
        moments = [
            column.dt.tz_localize(None) if day else column.dt.tz_convert(LOCAL).dt.tz_localize(None)
            for column, day in zip(moments, is_day, strict=True)
        ]
        moments = [column.dt.normalize() for column in moments]
    return moments[0] < moments[1]


def _moments(column: pd.Series) -> pd.Series:
    """A column as it stands in the file; a worksheet may hold dates in Dutch form."""
    texts = column.astype("string").str.replace(r"^(\d\d)-(\d\d)-(\d{4})", r"\3-\2-\1", regex=True)
    return pd.to_datetime(texts, utc=True, format="ISO8601")


def _read(path: Path) -> pd.DataFrame:
    kind = path.suffixes[0]
    if kind == ".csv":
        return pd.read_csv(path, sep=";", dtype=str)
    if kind == ".xlsx":
        return pd.read_excel(path, dtype=str, engine="calamine")
    if kind == ".jsonl":
        lines = path.read_text(encoding="utf-8").splitlines()
        return pd.DataFrame([json.loads(line) for line in lines])
    return pd.read_parquet(path)
