"""A published file as data frames: all an attacker has.

Here: the tables the audit looks at, read from a DuckDB file or made by hand.
Not here: what their numbers mean (`quantities`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.frames import to_frame


@dataclass(frozen=True)
class Published:
    """What one file says.

    Attributes:
        result: Figures in the long contract: at least `indicator, statistic, view, clock,
            period_grain, period, dimension, member, numerator, denominator, value, n_at_risk,
            status`; a withheld figure has status `suppressed` and no number.
        indicator: `indicator, kind, unit`, and where the file says so `base`.
        base: `base, unit, within` (bases it is nested in, `|` between them); may have no rows, and
            then every indicator counts a base of its own.
        dimension_member: `dimension, member`, and where members are clustered `cluster`: a member
            of the dimension with `_cluster` behind its name.
        publication: One row: `publication_id, audience, threshold, reference_date`, and where
            counts are rounded `rounding_base`.
        side: Every other table of the file, by name.
        sha256: Hash of the file; empty when it was made by hand.
    """

    result: pd.DataFrame
    indicator: pd.DataFrame
    base: pd.DataFrame
    dimension_member: pd.DataFrame
    publication: pd.DataFrame
    side: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    sha256: str = ""

    @property
    def publication_id(self) -> str:
        """The name it is cited by."""
        return str(self.publication["publication_id"].iloc[0])

    @property
    def threshold(self) -> int:
        """Least number of people, cases or events that may be told; 0 where there is no rule."""
        return int(self.publication["threshold"].iloc[0])

    @property
    def rounding_base(self) -> int:
        """Multiple its counts are rounded to; 1 where they are as counted."""
        said = self.publication.get("rounding_base")
        return 1 if said is None or pd.isna(said.iloc[0]) else max(int(said.iloc[0]), 1)

    @property
    def audience(self) -> str:
        """Whom it is for."""
        return str(self.publication["audience"].iloc[0])


_TABLES = ("result", "indicator", "base", "dimension_member", "publication")
_NO_BASES = {"base": str, "unit": str, "within": str}


def read_published(path: Path) -> Published:
    """Read a published file.

    Args:
        path: A DuckDB file; opened read-only and shut off from every other file.

    Raises:
        LookupError: There is no such file, or it is no published file.
    """
    if not path.is_file():
        raise LookupError(f"{path} bestaat niet; geef het pad van een gepubliceerd bestand")
    try:
        connection = duckdb.connect(
            str(path), read_only=True, config={"enable_external_access": False}
        )
    except duckdb.Error as error:
        raise LookupError(f"{path} is geen DuckDB-bestand") from error
    try:
        names = [str(name) for (name,) in connection.execute("show tables").fetchall()]
        missing = sorted({"result", "indicator", "publication"} - set(names))
        if missing:
            raise LookupError(
                f"{path} is geen gepubliceerd bestand: tabel {', '.join(missing)} ontbreekt"
            )
        frames = {name: to_frame(connection.table(f'"{name}"')) for name in names}
    finally:
        connection.close()
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _NO_BASES.items()})
    return Published(
        result=frames["result"],
        indicator=frames["indicator"],
        base=frames.get("base", empty),
        dimension_member=frames.get("dimension_member", pd.DataFrame()),
        publication=frames["publication"],
        side={name: frame for name, frame in frames.items() if name not in _TABLES},
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
