"""What the list for discussion holds on whole chains, with and without their stories.

    python -m tests.bench.chain_lists --chains 4             four chains without a story, four with
    python -m tests.bench.chain_lists --chains 4 --without   only without
    python -m tests.bench.chain_lists --again                all of them, by today's rules
    python -m tests.bench.chain_lists --again --reader platform      those of one reader
    python -m tests.bench.chain_lists --table                the table of what was measured so far

Every chain walks the road: simulated with its faults, delivered, taken in and built as of a month
after each of four quarters, the first of which every story can be seen in. What the researchers and
the platform read is judged, each apart: how many of its items no story and no transition explains,
and in which place the stories stand. A chain goes on for a quarter longer than the demo, or the
newest of its stories would have three lists. Lists are written down when they are ready, and what
they are made of is kept: a run that stops goes on where it was, and another rule of the list or of
what the platform is shown needs no chain anew.

Here: the chains, what is written of each list, and the table. Not here: lists of series without a
chain (the series level), and any rule of the list (`pipelines.signals.agenda`).
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
from scipy.stats import binomtest

from pipelines.indicators.results import read_register
from pipelines.memo import memo_of
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.changes.scratch import WITHOUT_TESTS
from pipelines.publication.figures import figures_of, show_register
from pipelines.road import steps, walk
from pipelines.road.lock import one_writer
from pipelines.road.plan import make_plan
from pipelines.settings import Settings
from pipelines.signals.background import read_background
from pipelines.signals.charted import signals_of
from pipelines.signals.rare_events import rare_series
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate
from pipelines.simulation.stories import (
    DOSSIER_DRIFT,
    INCOMPLETE_DOSSIER_THEME,
    NEW_INTAKE_FORM,
    PHASE_OUT_BACKLOG,
    PHASE_OUT_DELAYED_THEME,
    STORIES,
    Story,
)
from pipelines.statistics.intervals import poisson_exact
from pipelines.warehouse import stored_build_dates
from tests.bench.measured import store

# What the end of the transition really changes; see the simulation's configuration.
TRANSITION = frozenset(
    {"inflow", "outflow", "stock_persons", "stock_family_members", "measures_running",
     "phase_out_rate"}
)  # fmt: skip
# In every chain one in eleven returns of authority is never accepted, so the persons between two
# authorities truly pile up, transition or not (`tests/simulation/test_true_layer.py`).
PILES_UP = frozenset({"persons_without_authority"})
# The stories a meeting has to find on its list, within the first ten.
TO_FIND = (
    NEW_INTAKE_FORM,
    DOSSIER_DRIFT,
    PHASE_OUT_BACKLOG,
    INCOMPLETE_DOSSIER_THEME,
    PHASE_OUT_DELAYED_THEME,
)
FIRST_TEN = 10
# What truly changes without a story, and what a story moves, itself or as its consequence.
ALWAYS = TRANSITION | PILES_UP
EXPLAINED = ALWAYS | {
    name for story in STORIES for name in (*story.indicators, *story.consequences)
}
# A list is made when the first month after a quarter is over: its cases were followed that long.
# In April the newest story, of January, has a first quarter that was followed long enough.
MEETINGS = (date(2027, 1, 31), date(2026, 10, 31), date(2026, 7, 31), date(2026, 4, 30))
KNOWN_AT = "2027-03-01T12:00:00+00:00"
OUT = Path("build") / "chain_lists.jsonl"
# The platform's charts rest on what it is shown, the researchers' on every figure.
READERS = ("platform", "researcher")
# In how many chains a story has to be found.
FOUND_BY = {"platform": "at least .70", "researcher": "at least .85"}


@dataclass(frozen=True)
class Listed:
    """One list of one chain.

    Attributes:
        audience: Whose list.
        seed: Of the chain.
        scale: Of its volumes.
        has_stories: Whether its stories were on.
        reference_date: Of the list.
        items: Per item, in order, the indicators told under it, its lead first.
        n_charted: Series with limits.
        unexplained_rank: Place of triage had the platform's note on its new form not been written:
            what is explained begins anew, and is no signal.
    """

    audience: str
    seed: int
    scale: float
    has_stories: bool
    reference_date: str
    items: tuple[tuple[str, ...], ...]
    n_charted: int
    unexplained_rank: int | None


@dataclass(frozen=True)
class Figure:
    """One figure for the table: `n` lists, chains or items, and what is asked of it."""

    question: str
    value: float
    lower: float | None
    upper: float | None
    n: int
    unit: str
    asked: str

    def __str__(self) -> str:
        between = "" if self.lower is None else f" ({self.lower:.2f} to {self.upper:.2f})"
        return f"{self.question}: {self.value:.2f}{between}, n = {self.n}; {self.asked} asked"


def keep_chain(
    seed: int, scale: float, has_stories: bool, meetings: Sequence[date], kept: Path
) -> list[Path]:
    """Walk the road with one chain, and keep what the lists of each meeting are made of."""
    config = replace(SimulationConfig(), seed=seed, scale=scale, end=max(MEETINGS))
    if not has_stories:
        config = config.without_stories()
    found = []
    with tempfile.TemporaryDirectory(prefix="chain_lists") as home:
        settings = replace(Settings(), home=Path(home))
        simulate(config, settings.contracts_dir, settings.inbox_dir, settings.home / "ledger")
        walk.take_in(settings, settings.inbox_dir)
        for day in sorted(meetings):
            _build(settings, day)
            told = "with" if has_stories else "without"
            found.append(kept / f"{seed}_{scale:g}_{told}_{day.isoformat()}.duckdb")
            _keep(settings.warehouse_path, found[-1])
    return found


def _build(settings: Settings, day: date) -> None:
    """Build as of a day: by the steps of every build but its tests, which change no figure."""
    plan = make_plan(settings, reference_date=day.isoformat(), known_at=KNOWN_AT)
    with one_writer(settings):
        steps.load_tables(settings, plan)
        steps.refuse_failures(
            settings, steps.build_models(settings, (*plan.selection, *WITHOUT_TESTS))
        )
        steps.count_figures(settings, is_charted=False)


def _keep(warehouse: Path, path: Path) -> None:
    """Copy marts and figures, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(".begun")
    begun.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as built (read_only)")
        connection.execute(f"attach '{begun}' as kept")
        relations = connection.execute(
            """
            select table_schema, table_name
            from information_schema.tables
            where table_catalog = 'built'
                and (table_schema in ('indicators', 'marts') or table_name = 'build')
            """
        ).fetchall()
        # Views name what they read without its database.
        connection.execute("use built")
        for schema, table in relations:
            connection.execute(f"create schema if not exists kept.{schema}")
            connection.execute(f"create table kept.{schema}.{table} as from {schema}.{table}")
    begun.replace(path)


def lists_of(path: Path, readers: Sequence[str] = READERS) -> list[Listed]:
    """Make the lists of some readers of what was kept of a meeting, as publication makes them."""
    seed, scale, told, day = path.stem.split("_")
    settings = Settings()
    found = []
    with (
        tempfile.TemporaryDirectory(prefix="chain_lists") as home,
        # Without its note one indicator is charted anew, and no other.
        memo_of(replace(settings, home=Path(home))) as memo,
        duckdb.connect(str(path), read_only=True) as connection,
    ):
        dates = stored_build_dates(connection)
        background = read_background(connection, dates.day)
        for audience in (AUDIENCES[name] for name in readers):
            show_register(connection, audience)
            results = figures_of(
                connection, settings, audience, "indicators.indicator_results", dates.day
            ).result
            rare = (
                ()
                if audience.is_protected
                else rare_series(connection, read_register(connection, settings, dates))
            )
            signal = signals_of(results, background, rare, memo, audience.name).signal
            unexplained = signal
            if background.rebases:
                unexplained = signals_of(
                    results, replace(background, rebases=()), rare, memo, audience.name
                ).signal
            own = unexplained[unexplained["indicator"].isin(NEW_INTAKE_FORM.indicators)]
            found.append(
                Listed(
                    audience.name, int(seed), float(scale), told == "with", day, _items(signal),
                    int((signal["chart"] != "none").sum()), _first_place(own),
                )
            )  # fmt: skip
    return found


def _items(signal: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The indicators of every item of a list, its lead first."""
    told = signal[signal["discussion_rank"].notna()].groupby("discussion_rank")
    return tuple(
        (str(rows["item"].iloc[0]), *sorted({*rows["indicator"]} - {rows["item"].iloc[0]}))
        for _, rows in told
    )


def _first_place(signal: pd.DataFrame) -> int | None:
    ranks = signal["discussion_rank"].dropna()
    return None if ranks.empty else int(ranks.min())


def measure(arguments: argparse.Namespace, known: Sequence[Listed]) -> Iterator[Listed]:
    """Make the lists that are not there yet, `processes` chains at once, as each is ready."""
    meetings = MEETINGS[: arguments.lists]
    there = {
        (listed.seed, listed.scale, listed.has_stories, listed.reference_date) for listed in known
    }
    wanted = []
    for place in range(arguments.chains):
        for has_stories in arguments.stories:
            seed = arguments.first + place
            days = [
                day
                for day in meetings
                if (seed, arguments.scale, has_stories, day.isoformat()) not in there
            ]
            if days:
                wanted.append((seed, arguments.scale, has_stories, days, arguments.kept))
    # A process per chain: dbt keeps its database open, and a chain takes some gigabytes.
    with ProcessPoolExecutor(
        arguments.processes,
        mp_context=multiprocessing.get_context("spawn"),
        max_tasks_per_child=1,
    ) as pool:
        running = [pool.submit(_listed_chain, *chain) for chain in wanted]
        for number, future in enumerate(as_completed(running), start=1):
            print(f"chain {number} of {len(wanted)} is ready", file=sys.stderr, flush=True)
            yield from future.result()


def _listed_chain(
    seed: int, scale: float, has_stories: bool, meetings: Sequence[date], kept: Path
) -> list[Listed]:
    paths = keep_chain(seed, scale, has_stories, meetings, kept)
    return [listed for path in paths for listed in lists_of(path)]


def measure_again(arguments: argparse.Namespace) -> Iterator[Listed]:
    """Make the lists of everything that was kept."""
    with ProcessPoolExecutor(arguments.processes) as pool:
        kept = sorted(arguments.kept.glob("*.duckdb"))
        for lists in pool.map(lists_of, kept, [arguments.readers] * len(kept)):
            yield from lists


def read(path: Path) -> list[Listed]:
    """The lists written down so far."""
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Listed(**{**row, "items": tuple(map(tuple, row["items"]))}) for row in rows]


def write(path: Path, lists: Sequence[Listed]) -> None:
    """Write lists down, in place of those written before."""
    lines = [json.dumps(asdict(listed)) + "\n" for listed in lists]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def figures(lists: Sequence[Listed]) -> list[Figure]:
    """What was measured of one audience's lists, with 95% intervals.

    The interval of a share is exact, that of a mean is the exact one of its total.
    """
    without = [listed for listed in lists if not listed.has_stories]
    told = [listed for listed in lists if listed.has_stories]
    found = []
    if without:
        found.append(_mean("false_items", [len(_beyond(each, ALWAYS)) for each in without]))
        most = max(len(_beyond(each, ALWAYS)) for each in without)
        found.append(
            Figure("most_false_items", most, None, None, len(without), "count", "at most 3")
        )
    if told:
        seeds = sorted({listed.seed for listed in told})
        for story in TO_FIND:
            n_found = sum(
                any(_is_found(listed, story) for listed in told if listed.seed == seed)
                for seed in seeds
            )
            asked = FOUND_BY[told[0].audience]
            found.append(_share(f"found.{story.name}", n_found, len(seeds), asked))
        n_items = sum(len(listed.items) for listed in told)
        n_beyond = sum(len(_beyond(listed, EXPLAINED)) for listed in told)
        found.append(_share("explained", n_items - n_beyond, n_items, "at least .85"))
    return found


def _mean(question: str, counts: Sequence[int]) -> Figure:
    n, total = len(counts), sum(counts)
    limits = poisson_exact(total)
    lower, upper = float(limits.lower) / n, float(limits.upper) / n
    return Figure(question, total / n, lower, upper, n, "items", "at most 1")


def _share(question: str, found: int, n: int, asked: str) -> Figure:
    if not n:
        return Figure(question, 0.0, 0.0, 1.0, n, "share", asked)
    limits = binomtest(found, n).proportion_ci(method="exact")
    return Figure(question, found / n, float(limits.low), float(limits.high), n, "share", asked)


def _beyond(listed: Listed, explained: Set[str]) -> list[str]:
    """What leads the items of a list that nothing explains."""
    return [item[0] for item in listed.items if not explained & set(item)]


def table(lists: Sequence[Listed]) -> list[str]:
    """The figures beside what is asked, and what leads the items nothing explains."""
    lines = [str(figure) for figure in figures(lists)]
    without = [listed for listed in lists if not listed.has_stories]
    if without:
        outside = _mean("false_items", [len(_beyond(each, TRANSITION)) for each in without])
        lines.append(f"{outside} with what piles up counted as false")
    for has_stories, explained in ((False, ALWAYS), (True, EXPLAINED)):
        own = [listed for listed in lists if listed.has_stories == has_stories]
        leads = Counter(lead for listed in own for lead in _beyond(listed, explained))
        named = ", ".join(f"{name} {n}" for name, n in leads.most_common()) or "none"
        lines.append(f"not explained {'with' if has_stories else 'without'} stories: {named}")
    return lines


def _is_found(listed: Listed, story: Story) -> bool:
    if story is NEW_INTAKE_FORM and (listed.unexplained_rank or FIRST_TEN + 1) <= FIRST_TEN:
        return True
    return any(set(item) & set(story.indicators) for item in listed.items[:FIRST_TEN])


def main() -> int:
    """Measure what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chains", type=int, default=2, help="chains with and without stories")
    parser.add_argument("--first", type=int, default=1, help="seed of the first chain")
    parser.add_argument("--lists", type=int, default=4, choices=range(1, 5), help="lists a chain")
    parser.add_argument("--scale", type=float, default=1.0, help="of the volumes; the demo is 1")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--without", dest="stories", action="store_const", const=(False,))
    parser.add_argument("--with", dest="stories", action="store_const", const=(True,))
    parser.add_argument("--again", action="store_true", help="make the lists of what was kept")
    parser.add_argument("--reader", dest="readers", action="append", choices=READERS, default=[])
    parser.add_argument("--table", action="store_true", help="measure nothing, print the table")
    parser.add_argument("--store", action="store_true", help="write them for the methods page")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--kept", type=Path, default=OUT.with_suffix(""))
    arguments = parser.parse_args()
    arguments.stories = arguments.stories or (False, True)
    arguments.readers = arguments.readers or list(READERS)
    found = read(arguments.out)
    if arguments.again:
        # What another reader was told stands as it is.
        found = [listed for listed in found if listed.audience not in arguments.readers]
        write(arguments.out, found)
    if not arguments.table:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        for listed in measure_again(arguments) if arguments.again else measure(arguments, found):
            found.append(listed)
            with arguments.out.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(listed)) + "\n")
            print(f"{listed.audience} {listed.reference_date} seed {listed.seed}, stories "
                  f"{listed.has_stories}: {len(listed.items)} items", flush=True)  # fmt: skip
    own = [listed for listed in found if listed.scale == arguments.scale]
    by_audience = {
        audience: [listed for listed in own if listed.audience == audience] for audience in READERS
    }
    for audience, lists in by_audience.items():
        print("\n".join((f"{audience}:", *table(lists))))
    if arguments.store:
        chains = len({(listed.seed, listed.has_stories) for listed in own})
        rows = ({"audience": audience, **asdict(figure)} for audience, lists in by_audience.items()
                for figure in figures(lists))  # fmt: skip
        store("lists", "python -m tests.bench.chain_lists", chains, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
