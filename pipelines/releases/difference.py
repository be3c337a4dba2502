"""What differs between two releases, and why.

Here: every figure that is in both and not the same, or in one of them alone, with its reason.
Pure functions on the tables of the two; opens no database.
Not here: why a revision was made (`freeze`), or how it is shown.
"""

from collections.abc import Mapping

import pandas as pd

from pipelines.releases.revision import DEFINITION, ERROR, KEY, SHOWN, YEARLY

NUMBERS = ["numerator", "denominator", "value"]
ADDED, LEFT_OUT, WITHHELD, WITHHELD_BEFORE = "added", "left_out", "withheld", "withheld_before"
UNEXPLAINED = "unexplained"
WHY_NL = {
    YEARLY: "jaarlijkse herziening",
    ERROR: "herstel van een fout",
    DEFINITION: "andere definitie",
    ADDED: "nieuw: de periode was nu lang genoeg gevolgd",
    LEFT_OUT: "niet meer in de latere release",
    WITHHELD: "in de latere release afgeschermd",
    WITHHELD_BEFORE: "in de eerdere release afgeschermd",
    UNEXPLAINED: "niet verklaard",
}


def difference(old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Compare two releases.

    Args:
        old: Tables `result` and `revision` of the one published first.
        new: Those of the other.

    Returns:
        A row for every figure that differs: its key, its `unit`, `old_value`, `new_value`, the
        numbers it is made of, and `why`: `yearly`, `error` or `definition` (as the later release,
        or one between them, says), `added`, `left_out`, `withheld` or `withheld_before`.
        `unexplained` never occurs among releases in order: what is published once changes only by
        a revision.
    """
    before, after = (_shown(tables["result"]) for tables in (old, new))
    both = before.merge(after, on=KEY, how="outer", suffixes=("_old", "_new"), indicator=True)
    is_same = both["_merge"].astype(str) == "both"
    for number in NUMBERS:
        left, right = both[f"{number}_old"], both[f"{number}_new"]
        is_same &= (left == right) | (left.isna() & right.isna())
    found = both[~is_same].reset_index(drop=True)
    unit = found["unit_new"].where(found["unit_new"].notna(), found["unit_old"])
    rows = found[KEY].assign(unit=unit)
    for number in NUMBERS:
        rows[f"old_{number}"], rows[f"new_{number}"] = (
            found[f"{number}_old"],
            found[f"{number}_new"],
        )
    since = new["revision"][~new["revision"]["revised_in"].isin(old["revision"]["revised_in"])]
    said = since[[*KEY, "why", "note"]].drop_duplicates(KEY, keep="last")
    rows = rows.merge(said, on=KEY, how="left")
    reasons = _reasons(found, old["result"], new["result"])
    rows["why"] = rows["why"].where(rows["why"].notna(), reasons)
    rows["note"] = rows["note"].fillna("")
    return rows.sort_values(KEY, ignore_index=True)


def _shown(results: pd.DataFrame) -> pd.DataFrame:
    """The figures readers see, with the definition each is of."""
    return results.loc[results["status"] == SHOWN, [*KEY, *NUMBERS, "version", "unit"]]


def _reasons(found: pd.DataFrame, old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    """Why each differs where no revision says so."""
    there, here = (set(results[KEY].itertuples(index=False, name=None)) for results in (old, new))
    reasons = []
    for row in found.to_dict("records"):
        key = tuple(row[name] for name in KEY)
        if row["_merge"] == "right_only":
            reasons.append(WITHHELD_BEFORE if key in there else ADDED)
        elif row["_merge"] == "left_only":
            reasons.append(WITHHELD if key in here else LEFT_OUT)
        elif (row["version_old"], row["unit_old"]) != (row["version_new"], row["unit_new"]):
            reasons.append(DEFINITION)
        else:
            reasons.append(UNEXPLAINED)
    return pd.Series(reasons, index=found.index, dtype=object)
