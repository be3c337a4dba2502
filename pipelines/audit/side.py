"""Counts beside the figures: tables with numbers of cases, keys or rows.

Here: the counts of the declared side tables, and shares there that are not rounded.
Not here: the figures themselves (`quantities`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipelines.audit.fractions import is_finer_than_percents, smallest_fractions
from pipelines.audit.published import Published
from pipelines.audit.quantities import interval_of
from pipelines.audit.statistics_of import SIDE_COUNTS, SIDE_SHARES, SideCount
from pipelines.audit.verdict import Rule


def side_findings(releases: Sequence[Published], rule: Rule) -> pd.DataFrame:
    """What the tables beside the figures give away, as rows of findings.

    Args:
        releases: The files; each is looked at by itself.
        rule: What no reader may prove.
    """
    empty = pd.DataFrame({"quantity": pd.Series(dtype=object)})
    found = [empty]
    for release in releases:
        for count in SIDE_COUNTS:
            if count.table in release.side:
                found.append(_of_counts(release, count, rule))
        for table, column in SIDE_SHARES:
            if table in release.side and column in release.side[table]:
                found.append(_of_shares(release, table, column, rule))
    return pd.concat(found, ignore_index=True)


def _of_counts(release: Published, count: SideCount, rule: Rule) -> pd.DataFrame:
    """Part, whole and the rest of it, where they are few."""
    table = release.side[count.table]
    keys = [name for name in count.keys if name in table]
    named = table[keys].astype(object).where(table[keys].notna(), "")
    member = pd.Series(["/".join(map(str, row)) for row in named.to_numpy()], table.index)
    numbers: dict[str, tuple[pd.Series, pd.Series]] = {}
    for column in (count.part, count.whole):
        if column is not None and column in table:
            numbers[column] = interval_of(table[column].astype(float), release.rounding_base - 1)
    if count.whole in numbers and count.part in numbers:
        part, whole = numbers[count.part], numbers[count.whole]
        rest = (whole[0] - part[1]).clip(lower=0), (whole[1] - part[0])
        is_known = np.isfinite(rest[1])
        numbers[f"{count.whole} − {count.part}"] = rest[0].where(is_known, 0), rest[1]
    rows = []
    for name, (lower, upper) in numbers.items():
        counts = pd.DataFrame({"is_sensitive": True, "is_signed": False, "whole": -1}, table.index)
        gives_away = rule.found(counts, lower.to_numpy(float), upper.to_numpy(float))
        is_found = (gives_away != "").to_numpy(bool)
        rows.append(
            pd.DataFrame(
                {
                    "member": member[is_found],
                    "part": name,
                    "lower": lower[is_found],
                    "upper": upper[is_found],
                    "gives_away": gives_away.to_numpy(object)[is_found],
                    "constraints": "complement" if "−" in name else "",
                    "method": "propagation" if "−" in name else "printed",
                }
            )
        )
    if not rows:
        return pd.DataFrame()
    return _as_findings(release, count.table, pd.concat(rows))


def _of_shares(release: Published, table: str, column: str, rule: Rule) -> pd.DataFrame:
    """Shares so fine that the fraction behind them is found, of which one side is few.

    The smallest fraction that gives the printed share is what a reader takes it to be.
    """
    share = release.side[table][column].astype(float)
    share = share[share.notna() & (share > 0) & (share < 1)]
    fine = share[is_finer_than_percents(share)]
    few = np.array(
        [min(part.numerator, part.denominator - part.numerator)
         for part in smallest_fractions(fine)],
        float,
    )  # fmt: skip
    is_found = (few >= 1) & (few < rule.threshold)
    return _as_findings(
        release,
        table,
        pd.DataFrame(
            {
                "member": release.side[table].loc[fine.index].iloc[:, 0].astype(str)[is_found],
                "part": column,
                "lower": few[is_found],
                "upper": few[is_found],
                "gives_away": "small",
                "constraints": "fraction",
                "method": "propagation",
            }
        ),
    )


def _as_findings(release: Published, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        quantity=table + " " + rows["part"],
        base=table,
        dimension=table,
        release=release.publication_id,
        view="",
        clock="",
        start=0,
        months=0,
    )
