"""What protection costs, in what is shown and in time: `make bench-disclosure`.

    make bench-disclosure
    make bench-disclosure DISCLOSURE="--populations 500"
    make bench-disclosure DISCLOSURE="--audited-from 250"    # go on where it was stopped

Here: simulated populations of a few sizes through the catalogue of each audience, what of their
lines is shown at which rung and how far it is from the truth; four releases of many small
populations through the audit; and the time protecting the last build and auditing eight releases
take.
Not here: the engine (`pipelines.disclosure`), the audit (`pipelines.audit`), and any assertion.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd

from pipelines.audit import audit
from pipelines.disclosure.protect import Protected
from pipelines.publication.audiences import AUDIENCES as BY_NAME
from pipelines.publication.figures import figures_of, show_register
from pipelines.settings import load_settings
from pipelines.warehouse import open_warehouse, stored_build_dates
from tests.bench.measured import store
from tests.disclosure.populations import (
    SIZES,
    Population,
    cases_of,
    known_cases,
    of_cells,
    protected,
    releases_of,
    true_figures,
)

AUDIENCES = ("platform", "advisory")
FIRST_YEAR, N_YEARS, JUDGED = 2021, 5, 2025
REFERENCE = date(JUDGED, 12, 31)
SEED = 20261127
# Populations in one publication: one start of everything in place of many.
TOGETHER = 25
# What is counted in a line, and by how much it is off: cases, or hundredths.
_CHANGED = {"count": 1.0, "share": 100.0}
_LINE = ["indicator", "view", "statistic", "clock", "dimension"]
_CELL = ["indicator", "statistic", "period_grain", "period", "dimension", "member"]


def main() -> None:
    """Measure, print and store."""
    asked = argparse.ArgumentParser(prog="make bench-disclosure")
    asked.add_argument("--populations", type=int, default=50, help="of each size")
    asked.add_argument("--audited", type=int, default=500, help="populations whose releases are")
    asked.add_argument("--audited-from", type=int, help="only audit, and leave out so many of them")
    options = asked.parse_args()
    if options.audited_from is not None:
        audit_all(options.audited_from, options.audited)
        return
    print_utility(options.populations)
    audit_all(0, options.audited)
    print(eight_releases())
    for line in last_build():
        print(line, flush=True)


def print_utility(n_populations: int) -> None:
    """Print and store what is shown of populations of every size."""
    rows = []
    print("audience  cases  of      rung                   lines  off by")
    for audience in AUDIENCES:
        for size in SIZES:
            for row in utility(audience, size, n_populations):
                rows.append(row)
                off_by = "" if row["off_by"] is None else row["off_by"]
                print(
                    f"{row['audience']:<9} {row['cases']:>5}  {row['of']:<7} {row['rung']:<22} "
                    f"{row['lines']:>5.1%}  {off_by:>6}",
                    flush=True,
                )
    store("disclosure", "make bench-disclosure", n_populations, rows)


def audit_all(first: int, n_populations: int) -> None:
    """Print how many populations give anything away, and after each step how far it is."""
    given_away = 0
    for start in range(first, n_populations, TOGETHER):
        began = time.process_time()
        given_away += pinned(start)
        print(
            f"four releases of populations {start + 1} to {start + TOGETHER}: {given_away} give "
            f"anything away so far, {time.process_time() - began:.1f} s of the processor",
            flush=True,
        )
    print(f"\n{given_away} of {n_populations - first} populations give anything away")


def pinned(start: int) -> int:
    """How many of some populations give anything away in four releases of the advisory body.

    The third is the first of a calendar year, and revises what was published.

    Args:
        start: Which: the next `TOGETHER` after so many. They are the same in every run, of sizes
            and shares at random.
    """
    rng = np.random.default_rng([SEED, start])
    populations = [Population.at_random(rng) for _ in range(TOGETHER)]
    cases = cases_of(populations, rng, FIRST_YEAR, N_YEARS)
    # Whoever has the last one has those before it.
    *before, last = releases_of(cases, TOGETHER, quarters(6)[:4])
    found = audit(last, before)
    return int(found["base"].str.rsplit("_", n=1).str[-1].nunique())


def eight_releases() -> str:
    """How long the eighth of eight releases of some 120 indicators is audited."""
    rng = np.random.default_rng(SEED)
    n = 120 // 5
    cases = cases_of([Population(200)] * n, rng, FIRST_YEAR, N_YEARS)
    releases = releases_of(cases, n, quarters(8))
    start, used = time.perf_counter(), time.process_time()
    found = audit(releases[-1], releases[:-1])
    took, worked = time.perf_counter() - start, time.process_time() - used
    return (
        f"eight releases of {n * 5} indicators: {len(found)} findings in {took:.1f} s, "
        f"{worked:.1f} s of them of the processor"
    )


def last_build() -> Iterator[str]:
    """How long the figures of the last build at hand are protected."""
    settings = load_settings()
    if not settings.warehouse_path.exists():
        yield "no build at hand: run 'kwaliteitsmonitor demo' first to time the protection of one"
        return
    with open_warehouse(settings, read_only=True) as warehouse:
        day = stored_build_dates(warehouse).day
        for name in AUDIENCES:
            audience = BY_NAME[name]
            show_register(warehouse, audience)
            start, used = time.perf_counter(), time.process_time()
            figures = figures_of(warehouse, settings, audience, "indicators.indicator_results", day)
            took, worked = time.perf_counter() - start, time.process_time() - used
            yield (
                f"the last build, {name}: {len(figures.result):,} figures protected in "
                f"{took:.1f} s, {worked:.1f} s of them of the processor"
            )


def quarters(number: int) -> list[date]:
    """The last days of the last quarters before the reference date, the oldest first."""
    ends = pd.period_range(end=pd.Period(REFERENCE, "Q"), periods=number, freq="Q")
    return [end.end_time.date() for end in ends]


def utility(audience: str, size: int, n_populations: int) -> Iterator[Mapping[str, object]]:
    """What is shown of the lines of populations of one size, in one calendar year.

    Args:
        audience: Whose catalogue.
        size: Cases a year.
        n_populations: How many populations.

    Yields:
        One row per kind of line and rung: `lines`, the share of all lines of the kind, and
        `off_by`, the mean distance of what is shown from the truth: cases, or hundredths of a
        share. Lines that are withheld or not in the catalogue have rows of their own.
    """
    cases = cases_of([Population(size)] * n_populations, np.random.default_rng(SEED), FIRST_YEAR,
                     N_YEARS)  # fmt: skip
    shown = protected(true_figures(cases, REFERENCE), audience, n_populations)
    lines = shown.catalogue[shown.catalogue["calendar_year"] == JUDGED]
    rung = lines["period_grain"] + lines["is_clustered"].map({True: " of clusters", False: ""})
    lines = lines.assign(rung=rung.where(lines["status"] == "shown", lines["status"]))
    off = distances(shown, cases)
    for statistic in _CHANGED:
        mine = lines[lines["statistic"] == statistic]
        off_by = mine.merge(off, on=_LINE).groupby("rung")["off"].mean()
        for name, share in mine["rung"].value_counts(normalize=True).sort_index().items():
            yield {
                "audience": audience,
                "cases": size,
                "of": statistic,
                "rung": name,
                "lines": round(float(share), 3),
                "off_by": round(float(off_by[name]), 2) if name in off_by else None,
            }


def distances(shown: Protected, cases: pd.DataFrame) -> pd.DataFrame:
    """How far every shown figure of the judged year is from the truth, at the rung of its line.

    Returns:
        The columns that tell a line, and `off`.
    """
    there = known_cases(cases, REFERENCE)
    result = shown.result
    at_rung = shown.catalogue.loc[
        (shown.catalogue["calendar_year"] == JUDGED) & (shown.catalogue["status"] == "shown"),
        [*_LINE, "period_grain", "is_clustered"],
    ]
    of_clusters = result["dimension"].str.endswith("_cluster")
    figures = result.assign(
        printed=result["dimension"],
        dimension=result["dimension"].str.removesuffix("_cluster"),
        is_clustered=of_clusters,
    )
    figures = figures[figures["period"].str.startswith(str(JUDGED)) & (figures["status"] == "ok")]
    figures = figures.merge(at_rung, on=[*_LINE, "period_grain", "is_clustered"])
    levels = figures[["period_grain", "printed"]].drop_duplicates()
    truth = pd.concat(
        [of_cells(there, grain, name, REFERENCE) for grain, name in levels.itertuples(index=False)]
    )
    beside = figures.merge(
        truth[[*_CELL, "value"]].rename(columns={"dimension": "printed"}),
        on=[name if name != "dimension" else "printed" for name in _CELL],
        suffixes=("", "_true"),
        validate="one_to_one",
    )
    scale = beside["statistic"].map(_CHANGED)
    return beside[_LINE].assign(off=(beside["value"] - beside["value_true"]).abs() * scale)


if __name__ == "__main__":
    main()
