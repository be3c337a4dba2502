"""What is to be remarked of the deliveries of each table in the period shown.

Here: which period is shown, and what came late, not at all, in part, corrected or twice in it.
Not here: what it makes of the badge (`verdict`), and how a delivery is judged when it comes
(`pipelines.deliveries`).
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd

# The period shown: the newest quarter and three years before it, which is a year to compare with
# and the twelve points that limits take. What went wrong before it colours no badge of today
# (2026-11, data engineers).
SHOWN_QUARTERS = 13
# What a delivery that came is.
RECEIVED = ("on_time", "late")
# By kind, the tables it is remarked of, each with the reference dates of the deliveries.
Remarks = Mapping[str, Mapping[str, tuple[date, ...]]]


def shown_since(reference_day: date) -> date:
    """First day of the period shown at a reference date."""
    quarter = reference_day.year * 4 + (reference_day.month - 1) // 3 - (SHOWN_QUARTERS - 1)
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)


def remarks_on(deliveries: pd.DataFrame, reference_day: date) -> Remarks:
    """What is to be remarked of the deliveries in the period shown.

    Args:
        deliveries: Columns `name, reference_date, version, status, rows, sha256, is_open`.
        reference_day: Reference date of the build.

    Returns:
        By kind (`late`, `skipped`, `partial`, `corrected`, `doubled`) the tables, each with the
        reference dates.
    """
    keys = ["name", "reference_date"]
    shown = deliveries[deliveries["reference_date"] >= shown_since(reference_day)]
    came = shown[shown["status"].isin([*RECEIVED, "held", "damaged"])][keys].drop_duplicates()
    asked = shown[shown["reference_date"] < reference_day][keys].drop_duplicates()
    asked = asked.merge(came, how="left", indicator="found")
    found = pd.concat(
        [
            shown[shown["status"] == "late"][keys].assign(kind="late"),
            asked[asked["found"] == "left_only"][keys].assign(kind="skipped"),
            _delivered_again(shown),
        ]
    ).drop_duplicates()
    remarks: dict[str, dict[str, tuple[date, ...]]] = {}
    for (kind, table), days in found.groupby(["kind", "name"])["reference_date"]:
        remarks.setdefault(str(kind), {})[str(table)] = tuple(sorted(days))
    return remarks


def _delivered_again(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Deliveries that came in several versions, and how the last differs from the first.

    Returns:
        Columns `name, reference_date, kind`: `doubled` has the same content, `partial` more rows in
        the last version, and `corrected` anything else.
    """
    landed = deliveries[deliveries["status"].isin([*RECEIVED, "held"]) & ~deliveries["is_open"]]
    versions = landed.sort_values("version").groupby(["name", "reference_date"])
    first, last = versions.nth(0), versions.nth(-1)
    keys = ["name", "reference_date"]
    pair = first.merge(last, on=keys, suffixes=("", "_last"))
    pair = pair[pair["version"] != pair["version_last"]]
    kind = pd.Series("corrected", index=pair.index)
    kind[pair["rows_last"] > pair["rows"]] = "partial"
    kind[pair["sha256_last"] == pair["sha256"]] = "doubled"
    return pair[keys].assign(kind=kind)
