"""The package of a release to download: its tables as CSV and Parquet, with what they mean.

Here: one zip with, per table, CSV with its description as CSV on the Web, Parquet with the same
inside, and the checksums of all of it.
Not here: which tables a release has (`drafting`), and the page that offers it.

A file that is taken out of the zip still says where it is from: every row names its release, and
says whether the figures are synthetic; beside the CSV and inside the Parquet stand date,
definitions, rounding and breaks. The same release gives the same bytes.

Source:
    W3C (2015), Model for Tabular Data and Metadata on the Web, and Metadata Vocabulary for Tabular
    Data: a file `<name>.csv-metadata.json` beside `<name>.csv`.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipelines.publication.dictionary import of_suites
from pipelines.releases.content import HASHES, read_tables
from pipelines.releases.shelf import Release
from pipelines.wording.rows import first

CHECKSUMS = "SHA256SUMS"
# The beginning of what a zip can tell: the same bytes whenever it is made.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_KINDS = {"i": "integer", "u": "integer", "f": "double", "b": "boolean", "M": "dateTime"}
_OWN_COLUMNS = {
    "release": "Release these figures are of; they never change in it.",
    "is_synthetic": "Whether the figures come from a simulation and are about nobody.",
}
_SYNTHETIC = "Synthetische gegevens: geen cijfer gaat over echte personen."


def write_package(path: Path, release: Release, published_on: str, suites: Path) -> None:
    """Write the zip beside its place, and put it there read-only, whole.

    Args:
        path: Where it comes.
        release: The release, approved.
        published_on: ISO date on which readers get it.
        suites: Folder with the descriptions of published columns.
    """
    tables = read_tables(release.path)
    tables.pop(HASHES, None)
    about = _about(release, published_on, tables)
    described = _described(suites)
    temporary = path.with_name(f".{path.name}")
    temporary.unlink(missing_ok=True)
    checksums = []
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as package:
        for name, frame in tables.items():
            for file_name, content in _files(name, frame, about, described):
                checksums.append(f"{hashlib.sha256(content).hexdigest()}  {file_name}\n")
                package.writestr(_entry(file_name), content)
        package.writestr(_entry(CHECKSUMS), "".join(checksums))
    temporary.chmod(0o400)
    temporary.replace(path)


@cache
def _described(suites: Path) -> Mapping[tuple[str, str], str]:
    """What published columns mean, as the contracts of the door out say."""
    return {column: text for column, (text, _) in of_suites(suites).items()}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _files(
    name: str,
    frame: pd.DataFrame,
    about: Mapping[str, Any],
    described: Mapping[tuple[str, str], str],
) -> Iterator[tuple[str, bytes]]:
    """The files of one table."""
    told = frame.assign(release=about["release"], is_synthetic=about["is_synthetic"])
    rows = pa.Table.from_pandas(told, preserve_index=False)
    csv = io.BytesIO()
    pa_csv.write_csv(rows, csv)
    yield f"{name}.csv", csv.getvalue()
    metadata = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "url": f"{name}.csv",
        "dc:title": f"{about['title']}: {name}",
        "dc:issued": about["published_on"],
        "dc:description": about["note"],
        "tableSchema": {
            "columns": [
                _column(name, column, kind, described) for column, kind in told.dtypes.items()
            ]
        },
        "notes": [about],
    }
    text = json.dumps(metadata, ensure_ascii=False, indent=1)
    yield f"{name}.csv-metadata.json", f"{text}\n".encode()
    parquet = io.BytesIO()
    inside = {b"release": json.dumps(about, ensure_ascii=False, sort_keys=True).encode()}
    pq.write_table(rows.replace_schema_metadata(inside), parquet, compression="zstd")
    yield f"{name}.parquet", parquet.getvalue()


def _column(
    table: str, column: Any, kind: Any, described: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """How CSV on the Web names a column, what is in it, and what that means."""
    name = str(column)
    text = _OWN_COLUMNS.get(name) or described.get((table, name), "")
    content = {"name": name, "titles": name, "datatype": _KINDS.get(kind.kind, "string")}
    return content | ({"dc:description": text} if text else {})


def _about(
    release: Release, published_on: str, tables: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    """What every file of the package carries."""
    publication = first(tables["publication"])
    is_synthetic, rounding = bool(publication["is_synthetic"]), rounding_of(publication)
    return {
        "release": release.id,
        "title": f"Kwaliteitsmonitor {publication['chain_label_nl']}, release {release.id}",
        "published_on": published_on,
        "reference_date": release.reference_date.isoformat(),
        "supersedes": release.supersedes,
        "is_synthetic": is_synthetic,
        "rounding": rounding,
        "definitions": _definitions(tables),
        "breaks": _breaks(tables),
        "excluded": sorted(set(tables["excluded"]["label_nl"])),
        "note": " ".join(filter(None, [_SYNTHETIC if is_synthetic else "", rounding])),
    }


def rounding_of(publication: Mapping[str, Any]) -> str:
    """How the numbers are protected, in a sentence."""
    said = f"Groepen onder {int(publication['threshold'])} zijn afgeschermd."
    if "rounding_base" not in publication:
        return said
    return (
        f"Aantallen zijn samen afgerond op veelvouden van {int(publication['rounding_base'])}; "
        f"aandelen zijn uit afgeronde aantallen berekend. {said}"
    )


def _definitions(tables: Mapping[str, pd.DataFrame]) -> list[dict[str, str]]:
    """What each indicator of the release counts, and since when so."""
    columns = ["indicator", "version", "valid_from", "label_nl", "numerator_nl", "denominator_nl"]
    indicators = tables["indicator"]
    present = [column for column in columns if column in indicators.columns]
    shown = indicators[indicators["indicator"].isin(tables["result"]["indicator"])]
    return [
        {str(name): _text(value) for name, value in row.items()}
        for row in shown[present].to_dict("records")
    ]


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)


def _breaks(tables: Mapping[str, pd.DataFrame]) -> list[dict[str, str]]:
    """Days at which a series begins anew."""
    breaks = tables.get("rebase")
    if breaks is None:
        return []
    return [
        {
            "day": pd.Timestamp(row["day"]).date().isoformat(),
            "about": str(row["indicator"] if pd.notna(row["indicator"]) else row["handoff_id"]),
        }
        for row in breaks.to_dict("records")
    ]
