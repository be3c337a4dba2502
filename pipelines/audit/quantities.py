"""From published numbers to quantities: how many of which set, when and of which member.

Here: one row per quantity and file that a number is published of, with what the number alone says.
Not here: what adds up to what (`relations`), and numbers beside the figures (`side`).

A quantity is a part of a base in a cell. Its key is `release, set, start, months, dimension,
member`; `set` is a row of the sets of the publication: base, part, view and clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.audit.fractions import counts_behind, tells_more
from pipelines.audit.periods import spans
from pipelines.audit.published import Published
from pipelines.audit.statistics_of import (
    COUNTED_BY_VALUE,
    FRACTIONS,
    NO_PEOPLE,
    OF_PAIRS,
    PAIRS,
    PERSON_TIME,
    SAME_PART,
    STOCK_VIEW,
    WHOLE,
)
from pipelines.audit.system import IntArray

AT_RISK = "at_risk"
SUPPRESSED = "suppressed"
# Where counts are rounded, a rolling year is the sum of four that are.
_ROLLING, _QUARTERS = "rolling_12m", 4
CELL = ["start", "months", "dimension", "member"]
KEY = ["release", "set", *CELL]
_SET = ["base", "part", "view", "clock"]


@dataclass(frozen=True)
class Cells:
    """The quantities of one or more files.

    Attributes:
        cells: `release` (position of the file), `set`, `start`, `months`, `dimension`, `member`,
            `lower`, `upper`: one row a key.
        sets: By `set`: `base`, `part`, `view`, `clock`, `whole` (the set it is a part of; itself
            for a whole; -1 where none is published) and `is_sensitive`.
        vintages: `base`, `release`, `vintage`: files of one vintage speak of the same counts.
    """

    cells: pd.DataFrame
    sets: pd.DataFrame
    vintages: pd.DataFrame


def interval_of(
    number: pd.Series, slack: int | IntArray
) -> tuple["pd.Series[float]", "pd.Series[float]"]:
    """What a published count says of the true one.

    Args:
        number: Counts as published, not a number where withheld.
        slack: How far the true one may be from it: one less than the multiple it is rounded to.

    Returns:
        Least and largest true count: 0 to infinity where nothing is said.
    """
    return (number - slack).clip(lower=0).fillna(0.0), (number + slack).fillna(np.inf)


def read_cells(releases: Sequence[Published]) -> Cells:
    """Quantities of all files, by the same sets.

    Args:
        releases: Files in order of publication.
    """
    numbers = pd.concat(
        [_numbers(release).assign(release=place) for place, release in enumerate(releases)],
        ignore_index=True,
    )
    numbers = _apart_where_different(numbers)
    numbers["set"] = numbers.groupby(_SET, sort=True).ngroup()
    sets = numbers.drop_duplicates("set").set_index("set").sort_index()
    cells = (
        numbers.groupby(KEY, sort=False)
        .agg(lower=("lower", "max"), upper=("upper", "min"), is_ample=("is_ample", "any"))
        .reset_index()
    )
    with_wholes = _with_wholes(sets[[*_SET, "whole_view", "is_sensitive"]])
    vintages = _vintages(cells, sets["base"])
    return Cells(_laid_together(cells, sets["base"], vintages), with_wholes, vintages)


def _laid_together(
    cells: pd.DataFrame, base: "pd.Series[str]", vintages: pd.DataFrame
) -> pd.DataFrame:
    """The quantities of every file with those that others of its vintage tell beside it."""
    asked = cells.assign(base=cells["set"].map(base).map(own_base)).merge(vintages)
    told = asked.groupby(["base", "vintage", "set", *CELL], sort=False).agg(
        lower=("lower", "max"), upper=("upper", "min"), is_ample=("is_ample", "any")
    )
    every = told.reset_index().merge(vintages, on=["base", "vintage"])
    return every[[*KEY, "lower", "upper", "is_ample"]]


def _vintages(cells: pd.DataFrame, base: "pd.Series[str]") -> pd.DataFrame:
    """A file that prints a count of a base otherwise than the one before it begins a vintage of it.

    Where some counts were made anew the others were held against what is true by then: they stayed
    as printed, not as they are. Sums over those of before and those of after are true of neither.
    Of another base nothing was said anew, and a reader takes it for the same.

    Args:
        cells: As in `Cells`.
        base: Base of each set.
    """
    key = ["set", *CELL]
    told = cells[np.isfinite(cells["upper"])].sort_values([*key, "release"])
    before = told.groupby(key)[["lower", "upper"]].shift()
    is_other = (before != told[["lower", "upper"]]).any(axis=1) & before["lower"].notna()
    of_base = cells["set"].map(base).map(own_base)
    found = cells[["release"]].assign(base=of_base).drop_duplicates()
    begins = told.loc[is_other, ["release"]].assign(base=of_base, begins=1).drop_duplicates()
    found = found.merge(begins, how="left", on=["base", "release"]).sort_values(["base", "release"])
    found["place"] = found.pop("begins").fillna(0).groupby(found["base"]).cumsum()
    return found.assign(vintage=found.groupby(["base", "place"]).ngroup()).drop(columns="place")


def own_base(base: str) -> str:
    """The base that a set of a source's own goes by."""
    return base.split("@", maxsplit=1)[0]


def _with_wholes(sets: pd.DataFrame) -> pd.DataFrame:
    """The sets with the one each is a part of."""
    wholes = sets[sets["part"] == WHOLE].reset_index()[["set", "base", "whole_view"]]
    found = sets.reset_index().merge(
        wholes, how="left", on=["base", "whole_view"], suffixes=("", "_n")
    )
    whole = found["set_n"].fillna(-1).astype(int).to_numpy()
    return sets.drop(columns="whole_view").assign(whole=whole)


def _numbers(release: Published) -> pd.DataFrame:
    """Every count of the figures: its set, its cell, where it stood, and its interval."""
    result = release.result
    about = _about_indicators(release)
    figures = result.assign(
        **{name: result["indicator"].map(about[name]) for name in about.columns}
    ).reset_index(drop=True)
    reference = pd.Timestamp(str(release.publication["reference_date"].iloc[0])[:10])
    when = spans(figures, figures["view"] == STOCK_VIEW, reference)
    figures[["start", "months"]] = when[["start", "months"]]
    # Of a part of a file without any indicator nothing says that these are names.
    figures["base"] = figures["base"].astype(object)
    # A declared base is one set wherever its size stands; a stock is it on a day.
    is_declared = figures["base"].isin(release.base["base"]) & (figures["view"] != STOCK_VIEW)
    figures["whole_view"] = figures["view"].where(~is_declared, "")
    by_value = _is_counted_by_value(figures)
    shares = _with_told(figures[~by_value], release)
    is_paired = shares["statistic"].isin(OF_PAIRS)
    parts = [
        _of_column(figures[by_value], "value", None),
        _of_column(shares[~is_paired & ~shares["kind"].isin(PERSON_TIME)], "denominator", WHOLE),
        _of_column(shares[is_paired], "denominator", PAIRS),
        _of_column(shares, "numerator", None),
        _of_column(shares, "n_at_risk", AT_RISK),
    ]
    numbers: pd.DataFrame = pd.concat(parts, ignore_index=True)
    # What is left out of a row is unknown; what no row has, neither told nor withheld, is nothing.
    is_told = np.isfinite(numbers["told_upper"])
    is_said = numbers["number"].notna() | is_told | numbers.pop("is_withheld")
    is_kept = is_said.groupby([numbers[name] for name in _SET]).transform("any")
    numbers = numbers.loc[is_kept].copy()
    slack = _slack(numbers.pop("period_grain"), release)
    lower, upper = interval_of(numbers["number"], slack)
    numbers["lower"] = lower.clip(lower=numbers.pop("told_lower"))
    numbers["upper"] = upper.clip(upper=numbers.pop("told_upper"))
    # The rule is known: what is shown of people rests on the threshold at least.
    is_rounded = release.rounding_base > 1
    numbers["is_ample"] &= is_rounded & (numbers["upper"] >= release.threshold)
    at_least = numbers["lower"].clip(lower=release.threshold)
    numbers["lower"] = numbers["lower"].where(~numbers["is_ample"], at_least)
    # Pairs rest on the threshold, and nothing is promised of those that only one side recorded.
    numbers["is_ample"] &= ~numbers["part"].str.endswith(f"/{PAIRS}")
    return numbers


def _slack(period_grain: "pd.Series[str]", release: Published) -> IntArray:
    """(N,) how far the true count of each may be from the printed one."""
    is_sum = (period_grain == _ROLLING).to_numpy()
    return (release.rounding_base - 1) * np.where(is_sum, _QUARTERS, 1).astype(np.int64)


def _with_told(shares: pd.DataFrame, release: Published) -> pd.DataFrame:
    """The shares, with bounds of counts that are not printed but follow from the share itself."""
    is_fraction = shares["kind"].isin(FRACTIONS) & ~shares["statistic"].isin(OF_PAIRS)
    more = shares.loc[is_fraction & tells_more(shares)]
    told = counts_behind(more, _slack(more["period_grain"], release)).reindex(shares.index)
    unknown = {name: 0.0 if name.endswith("_lower") else np.inf for name in told.columns}
    with_told: pd.DataFrame = pd.concat([shares, told.fillna(unknown)], axis=1)
    return with_told


def _about_indicators(release: Published) -> pd.DataFrame:
    """By indicator: its kind, base, and whether what it counts is people, cases or events."""
    register = release.indicator.set_index("indicator")
    base = base_by_indicator(release)
    unit = base.map(release.base.set_index("base")["unit"]).astype(object).fillna(register["unit"])
    return pd.DataFrame(
        {
            "kind": register["kind"],
            "base": base,
            "is_sensitive": ~unit.isin(list(NO_PEOPLE)),
        }
    )


def base_by_indicator(release: Published) -> "pd.Series[str]":
    """The base each indicator counts: one of its name where the file says nothing."""
    register = release.indicator.set_index("indicator")
    base = register["base"] if "base" in register else pd.Series(None, register.index, dtype=object)
    return base.where(base.notna() & (base != ""), register.index.to_series())


def _is_counted_by_value(figures: pd.DataFrame) -> pd.Series:
    is_count = figures["statistic"].isin(list(COUNTED_BY_VALUE))
    # A lead time's "negative" is a plain count, a reconciliation's a part of a whole.
    return is_count | ((figures["statistic"] == "negative") & (figures["kind"] == "lead_time"))


def _of_column(figures: pd.DataFrame, column: str, part: str | None) -> pd.DataFrame:
    """The numbers of one column as parts of bases.

    Args:
        figures: Figures with `base`, `start` and `months`.
        column: Column with the numbers.
        part: Which part they are; None for the part of their statistic.
    """
    statistic = figures["statistic"]
    if part in {WHOLE, PAIRS}:
        parts = pd.Series(part, figures.index, dtype=object)
    elif part == AT_RISK:
        parts = statistic + ":" + AT_RISK
    else:
        names = (figures["view"] + "/" + statistic).map(
            {f"{view}/{name}": same for (view, name), same in SAME_PART.items()}
        )
        # A numerator is never the whole of its own denominator, whatever its statistic counts.
        names = names.where(~((names == WHOLE) & (column != "value")))
        parts = names.fillna(statistic)
    is_whole = parts == WHOLE
    # A count of events may be shown without threshold; a base and its parts never are.
    is_ample = figures["is_sensitive"].astype(bool)
    is_ample &= figures[column].notna() & (column != "value")
    return pd.DataFrame(
        {
            "source": figures["indicator"] + "/" + statistic + "/" + figures["clock"],
            "base": figures["base"],
            "part": parts.where(is_whole, figures["indicator"] + "/" + parts),
            "view": figures["view"].where(~is_whole, figures["whole_view"]),
            "whole_view": figures["whole_view"],
            "clock": figures["clock"].where(~is_whole, ""),
            "is_sensitive": figures["is_sensitive"],
            **{name: figures[name] for name in CELL},
            "period_grain": figures["period_grain"],
            "number": figures[column].astype(float),
            "told_lower": figures.get(f"{column}_lower", 0.0),
            "told_upper": figures.get(f"{column}_upper", np.inf),
            "is_ample": is_ample,
            "is_withheld": (figures["status"] == SUPPRESSED) & (part != AT_RISK),
        }
    )


def _apart_where_different(numbers: pd.DataFrame) -> pd.DataFrame:
    """The same numbers, those of one name that cannot be of one set under names of their own.

    Under one name a cell may hold different counts: cases whose norm is unknown have no share. What
    is never contradicted is one set, as a reader finds by laying the figures side by side.
    """
    numbers = numbers.copy()
    is_whole = numbers["part"] == WHOLE
    different = _contradicted(numbers[is_whole])
    of_own = numbers["source"].isin(different)
    numbers["base"] = numbers["base"].where(~of_own, numbers["base"] + "@" + numbers["source"])
    different = _contradicted(numbers[~is_whole])
    of_own = numbers["source"].isin(different) & ~is_whole
    numbers["part"] = numbers["part"].where(~of_own, numbers["part"] + "@" + numbers["source"])
    return numbers


def _contradicted(numbers: pd.DataFrame) -> set[str]:
    """Sources with a number that the largest source of the same set contradicts."""
    size = numbers.groupby([*_SET, "source"]).size().rename("size").reset_index()
    first = size.sort_values("size", ascending=False, kind="stable").drop_duplicates(_SET)
    largest = numbers.merge(first[[*_SET, "source"]], on=[*_SET, "source"])
    keys = ["release", *_SET, *CELL]
    beside = numbers.merge(largest[[*keys, "lower", "upper"]], on=keys, suffixes=("", "_first"))
    is_different = (beside["lower"] > beside["upper_first"]) | (
        beside["upper"] < beside["lower_first"]
    )
    return set(beside.loc[is_different, "source"])
