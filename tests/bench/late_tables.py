"""What a table that comes late does to figures: every delivered table missing, one by one.

Here: a build without the last deliveries of one table beside the complete build of the same chain,
which of its figures leave out what they become later and what is new on its list; and the agreement
of every month as it was first seen beside what it became.
Not here: how much of it is allowed of which chain (`tests/indicators/test_late_tables`).

`make bench-late` does it for the chain whose last build is at hand, the demo's if it is to be
written down, and prints a line per table; with `TABLES=--small` for every table of a small chain.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.build import BuildDates
from pipelines.dbt import failures, run_dbt
from pipelines.deliveries.contract import load_contracts
from pipelines.evaluation.tables import write_evaluation_tables
from pipelines.indicators.followed import days_until_judged
from pipelines.indicators.inputs import feeding_tables
from pipelines.indicators.results import KEY, compute_results
from pipelines.memo import memo_of, memo_path
from pipelines.periods import last_day, month_end
from pipelines.publication.changes.basis import current_inputs
from pipelines.publication.changes.factors import BuildInputs, Delivery
from pipelines.publication.changes.scratch import WITHOUT_TESTS, load_inputs
from pipelines.road.plan import selection_of, sources_of
from pipelines.settings import Settings, load_settings
from pipelines.signals.charted import chart_results
from pipelines.statistics.intervals import wilson
from pipelines.warehouse import manifest_path, open_warehouse, stored_build_dates
from tests.bench.measured import store

MISSING = (1, 3)
"""How many of its last deliveries a table is without."""
# Marts of what came and what did not: a missing delivery is their subject, not their fault.
_ABOUT_DELIVERIES = ("fct_delivery", "fct_finding", "fct_linkage")
# Figures are the same where they differ by less.
_SAME = 1e-9


@dataclass(frozen=True)
class Build:
    """What a build says.

    Attributes:
        figures: The long table.
        signals: The table of signals.
        horizons: How far the restricted means of each indicator look.
        followed: Last day of every clock, by hand-off and organisation.
        feeding: Tables each indicator is made from, those left out that are about deliveries.
    """

    figures: pd.DataFrame
    signals: pd.DataFrame
    horizons: dict[str, float]
    followed: pd.Series
    feeding: dict[str, set[str]]

    @property
    def listed(self) -> set[str]:
        """Indicators up for discussion."""
        is_up = self.signals["discussion_rank"].notna()
        return set(self.signals.loc[is_up, "indicator"]) & self.feeding.keys()


@dataclass(frozen=True)
class Late:
    """What the build without some deliveries says, beside the complete one.

    Attributes:
        table: Table that came late.
        n_missing: How many of its last deliveries are missing.
        differing: Figures shown with an interval that are another in the complete build, with
            `leaves_out`: whether the interval leaves out what they become.
        new_fed: Indicators made from the table that are on its list alone.
        new_elsewhere: Other indicators that are.
        n_elsewhere: Indicators not made from the table.
    """

    table: str
    n_missing: int
    differing: pd.DataFrame
    new_fed: tuple[str, ...]
    new_elsewhere: tuple[str, ...]
    n_elsewhere: int

    @property
    def n_left_out(self) -> int:
        """Figures that leave out what they become."""
        return int(self.differing["leaves_out"].sum())

    @property
    def share_left_out(self) -> float:
        """Of the figures that differ."""
        return self.n_left_out / max(1, len(self.differing))

    def __str__(self) -> str:
        return (
            f"{self.table:28} -{self.n_missing}  {len(self.differing):5} differ, "
            f"{self.n_left_out:3} leave out what they become; new on the list: "
            f"{', '.join(self.new_fed) or '-'}; elsewhere: {', '.join(self.new_elsewhere) or '-'}"
        )


def inputs_of_build(settings: Settings) -> BuildInputs:
    """Inputs of the build a home holds."""
    with open_warehouse(settings) as connection:
        dates = stored_build_dates(connection)
    return current_inputs(settings, dates)


def without_last(inputs: BuildInputs, table: str, n_missing: int) -> BuildInputs:
    """The same inputs without the last deliveries of one table, all their versions."""
    days = {delivery.reference_date for delivery in inputs.deliveries if _name(delivery) == table}
    gone = set(sorted(days)[-n_missing:])
    return replace(
        inputs,
        deliveries=frozenset(
            delivery
            for delivery in inputs.deliveries
            if _name(delivery) != table or delivery.reference_date not in gone
        ),
    )


def build_from(settings: Settings, inputs: BuildInputs) -> Build:
    """Build the figures and the list from some inputs, beside the build of a home.

    As the build after a delivery is made: from what differs, the rest as the home has it.
    """
    dates = BuildDates(inputs.reference_date, inputs.known_at)
    selection = [*WITHOUT_TESTS, *_what_differs(settings, inputs)]
    with (
        _models_built(settings, inputs, selection) as scratch,
        open_warehouse(scratch) as connection,
        memo_of(scratch) as memo,
    ):
        write_evaluation_tables(connection)
        entries, figures = compute_results(connection, settings, dates, memo)
        chart_results(connection, entries, figures, dates.day, memo)
        register = [entry for entry in entries if entry.mart not in _ABOUT_DELIVERIES]
        followed = connection.execute(
            "select handoff_id, organisation, followed_until from intermediate.int_followed "
            "where part = 'clock' and organisation is not null"
        ).fetchall()
        return Build(
            connection.execute("from indicators.indicator_results").df(),
            connection.execute("from indicators.signal").df(),
            dict(
                connection.execute(
                    "select indicator, horizon from indicators.indicator where horizon is not null"
                ).fetchall()
            ),
            pd.Series({(handoff, organisation): day for handoff, organisation, day in followed}),
            feeding_tables(connection, register, manifest_path(settings)),
        )


def compare(complete: Build, late: Build, table: str, n_missing: int) -> Late:
    """What a build without deliveries of a table says, beside the complete one."""
    fed = {indicator for indicator, tables in complete.feeding.items() if table in tables}
    new = late.listed - complete.listed
    # A restricted mean that looks less far is another figure, as the horizon beside it says.
    moved = [
        indicator
        for indicator, day in late.horizons.items()
        if complete.horizons.get(indicator) != day
    ]
    is_other = (late.figures["statistic"] == "rmst") & late.figures["indicator"].isin(moved)
    is_about_cases = late.figures["indicator"].isin(list(complete.feeding))
    return Late(
        table,
        n_missing,
        differing(late.figures[is_about_cases & ~is_other], complete.figures),
        tuple(sorted(new & fed)),
        tuple(sorted(new - fed)),
        len(complete.feeding) - len(fed),
    )


def differing(late: pd.DataFrame, complete: pd.DataFrame) -> pd.DataFrame:
    """Figures of one build that are shown with an interval and differ in another.

    Returns:
        The keys of the long table, `value`, `lower`, `upper`, `value_complete` and `leaves_out`.
    """
    shown = late[(late["status"] == "ok") & late["lower"].notna() & late["value"].notna()]
    both = shown.merge(
        complete.loc[complete["value"].notna(), [*KEY, "value"]],
        on=list(KEY),
        suffixes=("", "_complete"),
    )
    both = both[(both["value"] - both["value_complete"]).abs() > _SAME]
    # An upper end that was not reached lies beyond every figure.
    upper = both["upper"].fillna(float("inf"))
    is_out = (both["value_complete"] < both["lower"] - _SAME) | (
        both["value_complete"] > upper + _SAME
    )
    columns = [*KEY, "value", "lower", "upper", "value_complete", "leaves_out"]
    return both.assign(leaves_out=is_out)[columns]


def first_seen(settings: Settings, inputs: BuildInputs, last: int) -> pd.DataFrame:
    """Agreement of every month as the build at its end said it, and as the last build says it.

    Args:
        settings: Of a home in which a build was made.
        inputs: Inputs of that build.
        last: Of how many month-ends, the last one being the reference date.

    Returns:
        Columns `handoff_id, month, n, first, final`: numbers of transfers judged when it was first
        seen, and shares that matched.
    """
    months = []
    day = inputs.day
    for _ in range(last):
        months.append(day)
        day = month_end(date(day.year, day.month, 1) - pd.Timedelta(days=1).to_pytimedelta())
    seen = pd.concat(
        _agreement(settings, _as_of(inputs, month)).assign(reference_date=month)
        for month in reversed(months)
    )
    final = seen[seen["reference_date"] == inputs.day].set_index(["handoff_id", "month"])["share"]
    first = seen.drop_duplicates(["handoff_id", "month"])
    # What the first of these builds says of earlier months is no first sight of them.
    first = first[first["month"] > f"{months[-1]:%Y-%m}"].rename(columns={"share": "first"})
    first = first[first["reference_date"] < inputs.day]
    return first.join(final.rename("final"), on=["handoff_id", "month"])[
        ["handoff_id", "month", "n", "first", "final"]
    ].reset_index(drop=True)


def _as_of(inputs: BuildInputs, day: date) -> BuildInputs:
    """Inputs of the build of an earlier month-end, all its deliveries in."""
    known_at = datetime.combine(month_end(day) + pd.Timedelta(days=20), time(12), tzinfo=UTC)
    return replace(
        inputs,
        deliveries=frozenset(
            delivery for delivery in inputs.deliveries if delivery.reference_date <= day
        ),
        reference_date=day.isoformat(),
        known_at=min(known_at, inputs.known_at),
    )


def _what_differs(settings: Settings, inputs: BuildInputs) -> tuple[str, ...]:
    """Arguments of dbt that select what rests on deliveries the build of a home has not alike."""
    own = inputs_of_build(settings)
    if replace(own, deliveries=inputs.deliveries) != inputs:
        return ()
    differing = {_name(delivery) for delivery in own.deliveries ^ inputs.deliveries}
    sources = sources_of(differing, load_contracts(settings.contracts_dir))
    return selection_of(sorted({*sources}))


def _agreement(settings: Settings, inputs: BuildInputs) -> pd.DataFrame:
    selection = [*WITHOUT_TESTS, "--select", "+fct_handoff_reconciliation"]
    with (
        _models_built(settings, inputs, selection) as scratch,
        open_warehouse(scratch) as connection,
    ):
        months = connection.execute(
            """
            select handoff_id, period_month as month, count(*) as n,
                avg((status = 'matched')::double) as share, tolerance_hours
            from marts.fct_handoff_reconciliation
            inner join marts.dim_handoff as handoff using (handoff_id)
            where status not in ('in_transit', 'side_unknown')
            group by all
            order by all
            """
        ).df()
    # As it is given: of a month of which most is judged.
    is_given = [
        last_day(month) + timedelta(days=days_until_judged(hours, "month")) <= inputs.day
        for month, hours in months[["month", "tolerance_hours"]].itertuples(index=False, name=None)
    ]
    return months[is_given].drop(columns="tolerance_hours")


@contextmanager
def _models_built(
    settings: Settings, inputs: BuildInputs, selection: Sequence[str] = WITHOUT_TESTS
) -> Iterator[Settings]:
    """A copy of the warehouse and memory of a home, loaded with other inputs and built by dbt."""
    with tempfile.TemporaryDirectory(prefix="kwaliteitsmonitor-late-") as folder:
        scratch = replace(settings, home=Path(folder))
        shutil.copyfile(settings.warehouse_path, scratch.warehouse_path)
        # Worked out for other inputs, it would push out what the home remembers.
        shutil.copyfile(memo_path(settings), memo_path(scratch))
        with open_warehouse(scratch) as connection:
            load_inputs(connection, settings, inputs)
        events = run_dbt(
            settings, inputs.reference_date, [*selection], warehouse=scratch.warehouse_path
        )
        failed = failures(events)
        assert not failed, failed
        yield scratch


def _name(delivery: Delivery) -> str:
    return f"{delivery.organisation}_{delivery.table}"


def small_chain(home: Path) -> Settings:
    """A small chain, delivered every month since the summer, taken through the whole road."""
    from pipelines.road.walk import run
    from pipelines.simulation.simulate import simulate
    from tests.indicators.conftest import KNOWN_AT, configuration

    settings = replace(Settings(), home=home)
    config = replace(configuration(11), initial_delivery=date(2026, 6, 30))
    simulate(config, settings.contracts_dir, home / "delivered", home / "ledger")
    run(
        settings,
        inbox=home / "delivered",
        reference_date=config.end.isoformat(),
        known_at=KNOWN_AT,
    )
    return settings


def missing_one_by_one(settings: Settings, tables: Sequence[str] = ()) -> Iterator[Late]:
    """Compare for the last build of a home, every table or those named."""
    inputs = inputs_of_build(settings)
    complete = build_from(settings, inputs)
    for table in tables or sorted({_name(delivery) for delivery in inputs.deliveries}):
        for n_missing in MISSING:
            late = build_from(settings, without_last(inputs, table, n_missing))
            yield compare(complete, late, table, n_missing)


def figures(found: Sequence[Late]) -> Iterator[dict[str, Any]]:
    """What the methods page says of them: by how much is missing, and of the lists.

    Yields:
        Rows `question, unit, value, lower, upper, n`. The ends of a share left out are those of the
        tables with the least and the most, of those of which any figure differs.
    """
    for n_missing in sorted({late.n_missing for late in found}):
        tables = [late for late in found if late.n_missing == n_missing and len(late.differing)]
        n = sum(len(late.differing) for late in tables)
        of_table = [late.share_left_out for late in tables]
        yield {
            "question": f"late.left_out_{n_missing}",
            "unit": "share",
            "value": sum(late.n_left_out for late in tables) / n,
            "lower": min(of_table),
            "upper": max(of_table),
            "n": n,
        }
    for question, new, n in (
        ("late.new_fed", sum(bool(late.new_fed) for late in found), len(found)),
        (
            "late.new_elsewhere",
            sum(len(late.new_elsewhere) for late in found),
            sum(late.n_elsewhere for late in found),
        ),
    ):
        limits = wilson(new, n)
        yield {
            "question": question,
            "unit": "share",
            "value": new / n,
            "lower": float(limits.lower),
            "upper": float(limits.upper),
            "n": n,
        }


def main() -> None:
    """Print a line per table, and what of all of them; of a whole chain it is written down."""
    parser = argparse.ArgumentParser(description="What a table that comes late does to figures.")
    parser.add_argument("tables", nargs="*", help="tables to leave out; all when none is named")
    parser.add_argument("--small", action="store_true", help="of a small chain, made for it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kwaliteitsmonitor-late-") as folder:
        settings = small_chain(Path(folder)) if arguments.small else load_settings()
        found = []
        for late in missing_one_by_one(settings, arguments.tables):
            print(late, flush=True)
            found.append(late)
    rows = list(figures(found))
    for row in rows:
        print(row)
    # A selection of tables is no measure of them all.
    if not arguments.small and not arguments.tables:
        store("late", "make bench-late", len(found), rows)


if __name__ == "__main__":
    main()
