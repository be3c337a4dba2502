"""Event logs of three shapes, as other systems export them, and the events that are in them.

Here: the same made-up process (a request that comes in, is judged, and granted or turned down)
written as XES, as a Dutch CSV and as Parquet with a start and an end in one row.
Not here: what the monitor makes of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
STEPS = ("Aanvraag ontvangen", "Beoordelen", "Besluit genomen")
ENDINGS = ("Create Fine", "Afgewezen: geen recht")
GROUPS = {STEPS[0]: "Balie", STEPS[1]: "Team Noord", STEPS[2]: "Team Noord"}
CLERKS = ("Frederic", "Annelies", "Mohamed")


@dataclass(frozen=True)
class Written:
    """A log on disk and what it says.

    Attributes:
        path: The file.
        events: One row per event: case, activity as the monitor names it, moment (UTC).
    """

    path: Path
    events: pd.DataFrame


def process(cases: int, seed: int) -> pd.DataFrame:
    """One row per activity: case, activity, begin and end (UTC); some cases stop half-way.

    In one case of ten the judgment is recorded before the request, as happens in real systems.
    """
    random = np.random.default_rng(seed)
    rows = []
    for case in range(cases):
        begin = datetime(2024, 1, 8, 8, tzinfo=UTC) + timedelta(
            minutes=int(random.integers(280_000))
        )
        path = [*STEPS, ENDINGS[int(random.random() < 0.3)]]
        path = path[: int(random.choice([2, 3, 4, 4, 4]))]
        if random.random() < 0.1:
            path[0], path[1] = path[1], path[0]
        for activity in path:
            end = begin + timedelta(minutes=int(1 + random.exponential(200)))
            rows.append((f"case {case}", activity, begin, end))
            begin = end + timedelta(minutes=int(1 + random.exponential(6000)))
    return pd.DataFrame(rows, columns=["case", "activity", "begin", "end"])


def xes(folder: Path, cases: int) -> Written:
    """Attributes of the trace, start apart from complete, moments with an offset, first names."""
    rows = process(cases, 1)
    traces = []
    for case, activities in rows.groupby("case", sort=False):
        events = []
        for row in activities.itertuples():
            for step, moment in (("start", row.begin), ("complete", row.end)):
                local = moment.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")
                events.append(
                    f'<event><string key="concept:name" value="{escape(row.activity)}"/>'
                    f'<string key="lifecycle:transition" value="{step}"/>'
                    f'<string key="org:resource" value="{CLERKS[len(row.activity) % 3]}"/>'
                    f'<date key="time:timestamp" value="{local}"/></event>'
                )
        traces.append(
            f'<trace><string key="concept:name" value="{case}"/>'
            f'<string key="channel" value="web"/>{"".join(events)}</trace>'
        )
    path = folder / "vergunningen.xes"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">'
        '<global scope="event"><string key="concept:name" value="x"/></global>'
        f"{''.join(traces)}</log>",
        encoding="utf-8",
    )
    return Written(path, _both(rows))


def dutch_csv(folder: Path, cases: int) -> Written:
    """Semicolons, windows-1252, times on the clock without a zone, departments, free text."""
    rows = process(cases, 2)
    # A clock on the wall says nothing of the hour that comes twice; no event lies in it.
    local = rows["end"].dt.tz_convert(AMSTERDAM)
    table = pd.DataFrame(
        {
            "Zaaknummer": rows["case"].str.removeprefix("case ").astype(int).map("A-{:04d}".format),
            "Handeling": rows["activity"],
            "Tijdstip": local.dt.strftime("%d-%m-%Y %H:%M"),
            "Afdeling": rows["activity"].map(GROUPS).fillna("Café Zuid"),
            "Medewerker": [CLERKS[at % 3] for at in range(len(rows))],
            "Toelichting": 'zei "ja"; belt terug',
        }
    )
    path = folder / "aanvragen.csv"
    table.to_csv(path, sep=";", encoding="windows-1252", index=False)
    events = rows[["case", "activity"]].assign(moment=rows["end"].dt.floor("min"))
    return Written(path, events)


def parquet(folder: Path, cases: int) -> Written:
    """A row with a start and an end, in nanoseconds UTC; what still runs has no end."""
    rows = process(cases, 3)
    runs = rows["activity"].eq(STEPS[2]) & (np.arange(len(rows)) % 7 == 0)
    rows["end"] = rows["end"].mask(runs)
    table = pa.table(
        {
            "incident_id": rows["case"],
            "task": pa.array(rows["activity"]).dictionary_encode(),
            "start_time": pa.array(rows["begin"], pa.timestamp("ns", "UTC")),
            "end_time": pa.array(rows["end"], pa.timestamp("ns", "UTC")),
            "cost": pa.array(np.arange(len(rows)) * 1.5),
        }
    )
    path = folder / "taken.parquet"
    pq.write_table(table, path)
    return Written(path, _both(rows))


def _both(rows: pd.DataFrame) -> pd.DataFrame:
    """Start and complete of every activity as events of their own."""
    parts = [
        rows[["case"]].assign(activity=rows["activity"] + f"/{step}", moment=rows[column])
        for step, column in (("start", "begin"), ("complete", "end"))
    ]
    return pd.concat(parts).dropna(subset="moment")
