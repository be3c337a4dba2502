"""What a researcher can take away: hand-offs and events, as Parquet, CSV or XES.

Here: which tables in which forms, and the writing of them. The command line and the page for
researchers both use it.
Not here: reading the published file (`export` for the command, `dashboard.publication` for pages),
so nothing here opens a database.
"""

import gzip
from functools import partial
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipelines.publication.xes import TRACE_NAME, write_xes

# Published table of each download, and the order of its rows: the events of a case together.
TABLES = {"handoff": "fct_handoff", "event_log": "event_log"}
ORDER = {
    "handoff": "handoff_id, subject_id, case_key, record_key, occurrence_number",
    "event_log": '"case:concept:name", "time:timestamp", "concept:name", record_key',
}
FORMATS = {"parquet": "parquet", "xes": "xes.gz", "csv": "csv"}
MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "xes": "application/gzip",
    "csv": "text/csv",
}
# How a hand-off ends in the words of the lifecycle extension: done, or cut off by another end.
_ENDS = {"competing": "ate_abort"}


def query_of(table: str) -> str:
    """The question that gives the rows of a download.

    Raises:
        KeyError: There is no such download.
    """
    return f"select * from {TABLES[table]} order by {ORDER[table]}"


def file_name(table: str, form: str, publication_id: str) -> str:
    """Name of the file: a figure made from it can be traced to the publication."""
    return f"{table}_{publication_id}.{FORMATS[form]}"


def write_download(rows: pa.Table, table: str, form: str, stream: IO[bytes]) -> None:
    """Write rows in one of the forms.

    Args:
        rows: Answer to `query_of(table)`.
        table: Key of `TABLES`.
        form: Key of `FORMATS`.
        stream: Where to.
    """
    if form == "parquet":
        pq.write_table(rows, stream, compression="zstd")
    elif form == "csv":
        pa_csv.write_csv(rows, stream)
    else:
        events = rows if table == "event_log" else handoff_events(rows)
        # Without a time in it, the same rows give the same bytes. Level 3: twice as fast as 6,
        # which would make a file of hand-offs of 20 MB one of 13.
        write_xes(events, stream, table, partial(gzip.compress, compresslevel=3, mtime=0))


def handoff_events(handoffs: pa.Table) -> pa.Table:
    """Each hand-off as the events of an activity: its start, and its end if it has one.

    The trace is the case (for what has no case, the subject), the activity the hand-off, and
    `concept:instance` ties the two events of one occurrence together. What is known of the
    hand-off stands on both.

    Args:
        handoffs: Rows of `fct_handoff`.

    Returns:
        Events, sorted by trace and time.
    """
    instance = pc.binary_join_element_wise(
        handoffs["handoff_id"],
        handoffs["subject_id"],
        pc.fill_null(handoffs["record_key"], ""),
        handoffs["occurrence_number"].cast(pa.string()),
        "/",
    )
    is_competing = pc.equal(handoffs["status"], "competing")
    ended = pc.if_else(is_competing, handoffs["competing_at"], handoffs["stopped_at"])
    transition = pc.if_else(is_competing, _ENDS["competing"], "complete")
    # Told apart once, before every row stands there twice and is put in order.
    own = {
        field.name: handoffs[field.name].combine_chunks().dictionary_encode()
        for field in handoffs.schema
        if field.name not in {"handoff_id", "case_key", "started_at", "stopped_at", "competing_at"}
        # Days follow from the moments, and XES has no days.
        and not pa.types.is_date(field.type)
    }

    def events(moment: pa.ChunkedArray, kind: pa.ChunkedArray | pa.Scalar) -> pa.Table:
        size = handoffs.num_rows
        kinds = pa.array([kind] * size) if isinstance(kind, str) else kind
        table = pa.table(
            {
                TRACE_NAME: pc.coalesce(handoffs["case_key"], handoffs["subject_id"]),
                "concept:name": handoffs["handoff_id"],
                "concept:instance": instance,
                "lifecycle:transition": kinds,
                "time:timestamp": moment,
                "org:group": own["organisation"],
                **{name: cells for name, cells in own.items() if name != "organisation"},
            }
        )
        return table.filter(pc.is_valid(moment))

    whole = pa.concat_tables([events(handoffs["started_at"], "start"), events(ended, transition)])
    keys = [TRACE_NAME, "time:timestamp", "concept:name", "concept:instance"]
    return whole.sort_by([(key, "ascending") for key in keys])
