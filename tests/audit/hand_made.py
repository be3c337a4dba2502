"""Tiny populations counted by hand, and their figures with protection off and on.

Here: the long contract out of a table of counts by quarter; the same with small counts merely left
out, as is usual where nothing protects; and as an audience gets them.
Not here: which attack each is made for (the tests), and populations drawn at random
(`tests.disclosure.populations`).
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import duckdb
import numpy as np
import pandas as pd

from pipelines.audit import Published
from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.protect import NUMBERS, protect
from pipelines.disclosure.true_cells import Bases, Facts
from pipelines.publication.named import take_named

NATIONAL = "national"
COUNTRY, MEMBERS = "-", "phenomenon"
REFERENCE = date(2026, 12, 31)
# Rungs are chosen by the year before: then there were this many times as many.
_TIMES_BEFORE = 30
_KINDS = {"count": "count", "share": "share", "cumulative_incidence_12m": "cumulative_incidence"}
_SHARES = frozenset(
    {"share", "share_within_norm", "cumulative_incidence_12m"}
    | {"matched", "out_of_tolerance", "sent_never_received", "received_never_sent"}
)
_PERIODS = {
    "month": lambda year, quarter, at: f"{year}-{quarter * 3 - 2 + at:02d}",
    "quarter": lambda year, quarter, at: f"{year}-Q{quarter}",
    "year": lambda year, quarter, at: f"{year}",
}


@dataclass(frozen=True)
class Population:
    """Counts of a year by quarter.

    Attributes:
        counts: Columns `indicator statistic member Q1 Q2 Q3 Q4`, split by blanks; a statistic may
            have its view before it. Of a member `-` it is the country; of others that is the sum.
            A cell is `n`, `x/n` or `x/n/at risk`, where the country by month may follow:
            `40=20+12+8`.
        before: The same of the year before; thirty times as many where nothing is said.
        kinds: Kind by indicator, where the statistics do not tell: a lead time unless they do.
        within: Base each base lies within; an indicator counts the base of its name.
    """

    counts: str
    before: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)

    def figures(self) -> pd.DataFrame:
        """The true figures of both years, in the long contract, up to rolling years."""
        told = _cells(self.counts).assign(year=REFERENCE.year)
        before = _cells(self.before) if self.before else told.copy()
        if not self.before:
            before[["n", "x", "n_at_risk"]] *= _TIMES_BEFORE
            before["months"] = None
        cells = pd.concat([before.assign(year=REFERENCE.year - 1), told], ignore_index=True)
        cells["kind"] = [
            self.kind_of(row.indicator, row.statistic) for row in cells.itertuples(index=False)
        ]
        is_level = (cells["kind"] == "stock") | (cells["view"] == "open")
        cells["is_level"] = is_level
        cells["view"] = cells["view"].mask(is_level, "open")
        of_members = cells[cells["member"] != COUNTRY].assign(dimension=MEMBERS)
        country = cells.assign(dimension=NATIONAL, member=NATIONAL)
        parts = [
            _of_grain(country, "month"), _of_grain(country, "quarter"), _of_grain(country, "year"),
            _rolling(country), _of_grain(of_members, "quarter"), _of_grain(of_members, "year"),
        ]  # fmt: skip
        return _in_long_contract(pd.concat(parts, ignore_index=True))

    def kind_of(self, indicator: str, statistic: str) -> str:
        """Kind of an indicator."""
        return self.kinds.get(indicator, _KINDS.get(statistic, "lead_time"))

    def kinds_of_all(self) -> dict[str, str]:
        """Kind by indicator."""
        return {
            row.indicator: self.kind_of(row.indicator, row.statistic)
            for row in _cells(self.counts).itertuples(index=False)
        }


def facts_of(populations: Sequence[Population]) -> Facts:
    """What a register would say of them."""
    kinds = {
        indicator: kind
        for population in populations
        for indicator, kind in population.kinds_of_all().items()
    }
    nested = [pair for population in populations for pair in population.within.items()]
    within = pd.DataFrame(nested, columns=["smaller", "larger"])
    bases = {name: name for name in kinds}
    return Facts(Bases(bases, dict.fromkeys(bases, "cases"), within, {}, {}), kinds, {}, {})


def bare(
    population: Population,
    audience: str,
    *,
    printed: str = "",
    held_back: str = "",
    hides: tuple[str, ...] = tuple(NUMBERS),
) -> pd.DataFrame:
    """Its figures with protection off: what is small is left out cell by cell, and nothing else.

    Args:
        population: Whose.
        audience: Whose threshold says what is small.
        printed: Which figures stand in the file, as a query; all where nothing is said.
        held_back: Which are left out there beside those that are small, as a query.
        hides: Columns that are left out of a row with a small count.
    """
    figures = population.figures()
    shown = figures.query(printed).copy() if printed else figures.copy()
    is_length = shown["statistic"] == "median"
    told = shown["numerator"].fillna(shown["value"]).mask(is_length, np.inf)
    is_few = told < catalogue_of(audience).threshold
    if held_back:
        is_few |= shown.index.isin(shown.query(held_back).index)
    shown.loc[is_few, list(hides)] = np.nan
    shown.loc[is_few, "status"] = "suppressed"
    return shown


def protected(
    populations: Sequence[Population],
    audience: str,
    *,
    before: pd.DataFrame | None = None,
    revises: bool = False,
) -> pd.DataFrame:
    """Their figures as an audience gets them, together in one file.

    Args:
        populations: Whose; no two have an indicator of one name.
        audience: Whose catalogue.
        before: Figures published before.
        revises: Of those, make anew what the truth is too far from.
    """
    made = protect(
        pd.concat([population.figures() for population in populations], ignore_index=True),
        catalogue_of(audience), facts_of(populations), reference=REFERENCE,
        key=b"of populations by hand", predecessor=before, revises=revises,
    )  # fmt: skip
    return made.result


def as_published(
    figures: pd.DataFrame,
    populations: Sequence[Population],
    audience: str,
    *,
    is_rounded: bool,
    name: str = "r1",
    side: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> Published:
    """A file with them, as an audit reads it."""
    facts, catalogue = facts_of(populations), catalogue_of(audience)
    within = dict(facts.bases.within.itertuples(index=False, name=None))
    indicator = pd.DataFrame(facts.kinds.items(), columns=["indicator", "kind"])
    return Published(
        result=figures,
        indicator=indicator.assign(unit="cases", base=indicator["indicator"]),
        base=pd.DataFrame(
            [(base, "cases", within.get(base, "")) for base in facts.kinds],
            columns=["base", "unit", "within"],
        ),
        dimension_member=pd.DataFrame({"dimension": [], "member": []}, dtype=object),
        publication=pd.DataFrame(
            {
                "publication_id": [name],
                "audience": [audience],
                "threshold": [catalogue.threshold],
                "rounding_base": [catalogue.rounding_base if is_rounded else None],
                "reference_date": [str(REFERENCE)],
            }
        ),
        side=side,
    )


def named_by_the_catalogue(
    side: Mapping[str, pd.DataFrame], audience: str
) -> dict[str, pd.DataFrame]:
    """The tables beside the figures that leave: what the catalogue of the audience names."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as draft")
    connection.execute("attach ':memory:' as file")
    for name, table in side.items():
        connection.register("frame", table)
        connection.execute(f"create table draft.{name} as select * from frame")
    take_named(connection, "draft", "file", catalogue_of(audience).tables)
    left = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'file'"
    ).fetchall()
    found = {name: connection.table(f"file.{name}").df() for (name,) in left}
    connection.close()
    return found


def _cells(counts: str) -> pd.DataFrame:
    lines = "\n".join(line.strip() for line in counts.strip().splitlines())
    table = pd.read_csv(io.StringIO(lines), sep=r"\s+", dtype=str)
    return pd.DataFrame(_each_cell(table))


def _each_cell(table: pd.DataFrame) -> Iterator[dict[str, object]]:
    for row in table.to_dict("records"):
        for quarter in (1, 2, 3, 4):
            cell, _, months = row[f"Q{quarter}"].partition("=")
            numbers = [float(number) for number in cell.split("/")]
            view, _, statistic = row["statistic"].rpartition("/")
            yield {
                "indicator": row["indicator"],
                "statistic": statistic,
                "view": view or ("completed" if statistic == "count" else "cohort"),
                "member": row["member"],
                "quarter": quarter,
                "x": numbers[0] if len(numbers) > 1 else np.nan,
                "n": numbers[1] if len(numbers) > 1 else numbers[0],
                "n_at_risk": numbers[2] if len(numbers) > 2 else np.nan,
                "months": [float(number) for number in months.split("+")] if months else None,
            }


_KEY = ["indicator", "statistic", "kind", "view", "dimension", "member"]
_COUNTS = ["n", "x", "n_at_risk"]


def _of_grain(cells: pd.DataFrame, grain: str) -> pd.DataFrame:
    """Sums at a grain; of a number at a moment the last."""
    written = _PERIODS[grain]
    parts = []
    for at in range(3 if grain == "month" else 1):
        part = cells.copy()
        if grain == "month":
            part[_COUNTS] = np.column_stack([_third(cells, name, at) for name in _COUNTS])
        part["period"] = [
            written(year, quarter, at)
            for year, quarter in zip(part["year"], part["quarter"], strict=True)
        ]
        parts.append(part)
    return _summed(pd.concat(parts), grain)


def _third(cells: pd.DataFrame, count: str, at: int) -> pd.Series:
    """What a month has of a quarter."""
    whole = cells[count]
    split = (whole // 3 + (at < whole % 3)).where(~cells["is_level"], whole)
    told = pd.Series([months[at] if months else np.nan for months in cells["months"]], cells.index)
    return told.fillna(split) if count == "n" else split


def _summed(cells: pd.DataFrame, grain: str) -> pd.DataFrame:
    ends = cells.groupby([*_KEY, "period"])["quarter"].transform("max") == cells["quarter"]
    there = cells[~cells["is_level"] | ends]
    sums = there.groupby([*_KEY, "period"], as_index=False)[_COUNTS].sum(min_count=1)
    return sums.assign(period_grain=grain)


def _rolling(cells: pd.DataFrame) -> pd.DataFrame:
    """The four quarters up to each, of what adds up."""
    place = cells["year"] * 4 + cells["quarter"] - 1
    parts = [
        cells.assign(
            period=[f"{end // 4}-Q{end % 4 + 1}" for end in place + back], end=place + back
        )
        for back in range(4)
    ]
    windows = pd.concat(parts)
    is_whole = windows["end"].between(place.min() + 3, place.max())
    return _summed(windows[is_whole & ~windows["is_level"]], "rolling_12m")


def _in_long_contract(cells: pd.DataFrame) -> pd.DataFrame:
    is_share = cells["statistic"].isin(_SHARES)
    is_length = cells["statistic"] == "median"
    has_base = is_share | is_length
    value = (cells["x"] / cells["n"]).where(is_share, cells["n"]).mask(is_length, 12.0)
    return cells.assign(
        version="1", clock="gross", side="both",
        unit=np.select([is_share, is_length], ["share", "calendar_days"], "cases"),
        numerator=cells["x"].where(is_share, cells["n"].where(is_length)),
        denominator=cells["n"].where(has_base),
        value=value, lower=value, upper=value, provisional_lower=np.nan, provisional_upper=np.nan,
        status="ok", reference_date=str(REFERENCE), known_at=None,
    ).drop(columns=["n", "x", "kind"])  # fmt: skip
