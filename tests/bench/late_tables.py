"""What a table that comes late does to figures: every delivered table missing, one by one.

Here: a build without the last deliveries of one table beside the complete build of the same chain,
which of its figures leave out what they become later and what is new on its list; and the agreement
of every month as it was first seen beside what it became.
Not here: how much of it is allowed of which chain (`tests/indicators/test_late_tables`).

`make bench-late` does it for the chain whose last build is at hand, and prints a line per table.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from pipelines.build import BuildDates
from pipelines.dbt import failures, run_dbt
from pipelines.deliveries.due_days import month_end
from pipelines.evaluation.tables import write_evaluation_tables
from pipelines.indicators.followed import days_until_judged
from pipelines.indicators.inputs import feeding_tables
from pipelines.indicators.periods import last_day
from pipelines.indicators.results import KEY, compute_results
from pipelines.publication.changes.basis import current_inputs
from pipelines.publication.changes.factors import BuildInputs, Delivery
from pipelines.publication.changes.scratch import WITHOUT_TESTS, load_inputs
from pipelines.settings import Settings, load_settings
from pipelines.signals.charted import chart_results
from pipelines.warehouse import manifest_path, open_warehouse, stored_build_dates

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
    """Build the figures and the list from some inputs, beside the build of a home."""
    dates = BuildDates(inputs.reference_date, inputs.known_at)
    with _models_built(settings, inputs) as scratch, open_warehouse(scratch) as connection:
        write_evaluation_tables(connection)
        entries, figures = compute_results(connection, settings, dates)
        chart_results(connection, entries, figures, dates.day)
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
    """A copy of the warehouse of a home, loaded with other inputs and built by dbt."""
    with tempfile.TemporaryDirectory(prefix="kwaliteitsmonitor-late-") as folder:
        scratch = replace(settings, home=Path(folder))
        shutil.copyfile(settings.warehouse_path, scratch.warehouse_path)
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


def run(settings: Settings, tables: Sequence[str]) -> Iterator[Late]:
    """Compare for the chain of the last build, every table or those named."""
    inputs = inputs_of_build(settings)
    complete = build_from(settings, inputs)
    for table in tables or sorted({_name(delivery) for delivery in inputs.deliveries}):
        for n_missing in MISSING:
            late = build_from(settings, without_last(inputs, table, n_missing))
            yield compare(complete, late, table, n_missing)


def main() -> None:
    """Print a line per table, and what of all of them together."""
    found = []
    for late in run(load_settings(), sys.argv[1:]):
        print(late, flush=True)
        found.append(late)
    n = sum(len(late.differing) for late in found)
    left_out = sum(late.n_left_out for late in found)
    print(f"{left_out} of {n} figures leave out what they become")
    print(f"new on the list of what a table feeds: {sum(len(late.new_fed) for late in found)}")
    print(f"elsewhere: {sum(len(late.new_elsewhere) for late in found)}"
          f" of {sum(late.n_elsewhere for late in found)}")  # fmt: skip


if __name__ == "__main__":
    main()
