"""The stages of the road on one size of chain, each in a process of its own, beside plain DuckDB.

Here: what a stage does, for the monitor and for its peer.
Not here: sizes, order and what is kept of a measurement (`scale`), and the peer's hand-written
figures (`plain`, run by `bench_indicators`).
"""

import asyncio
import json
import logging
import shutil
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import duckdb

from pipelines.build import BuildError
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.conversion import literal
from pipelines.deliveries.intake.deliver import deliver
from pipelines.publication.audiences import AUDIENCES
from pipelines.road import steps, walk
from pipelines.road.plan import make_plan
from pipelines.settings import Settings
from tests.bench.measure import Cost, Steps, StoppedError
from tests.bench.scale_chain import DAY, KNOWN_AT, settings_of


def intake(settings: Settings) -> None:
    """Take in every file of the inbox, all of which must land."""
    report = deliver([settings.inbox_dir], settings, now=KNOWN_AT)
    if wrong := [outcome.line for outcome in report.outcomes if outcome.status != "accepted"]:
        raise StoppedError("; ".join(wrong[:5]))


def current_state(settings: Settings) -> None:
    """Load the tables as they stand."""
    plan = make_plan(settings, reference_date=DAY.isoformat(), known_at=KNOWN_AT.isoformat())
    steps.load_tables(settings, plan)


def models(settings: Settings) -> None:
    """Every model and every test of dbt."""
    steps.refuse_failures(settings, steps.build_models(settings))


def estimators(settings: Settings) -> None:
    """Every figure, chart, evaluation and effect."""
    steps.count_figures(settings)
    steps.count_evaluations(settings)
    steps.judge_effects(settings)
    steps.explain_changes(settings)


def publications(settings: Settings) -> None:
    """The file of every audience through its door, and the pack."""
    for audience in AUDIENCES.values():
        _, verdicts = steps.prepare(settings, audience)
        if broken := steps.held_back(verdicts):
            raise StoppedError(f"{audience.name}: {', '.join(broken)}")
        steps.publish(settings, audience.name)
    steps.write_platform_pack(settings)


def one_delivery(settings: Settings) -> None:
    """A file of some rows, and all that follows from it."""
    for path in (settings.home / "later").iterdir():
        shutil.copy(path, settings.inbox_dir / path.name)
    later = KNOWN_AT + timedelta(days=1)
    report = deliver([settings.inbox_dir], settings, now=later)
    walked = walk.build(
        settings, reference_date=DAY.isoformat(), known_at=later.isoformat(), explain=False
    )
    if not report.accepted or not walked.is_clean:
        raise StoppedError("; ".join((*(each.line for each in report.outcomes), *walked.failed)))


def dashboards(settings: Settings, told: Steps) -> None:
    """Every page of the researcher and of the platform, opened once; the cost is the server's."""
    from tests.bench.pages import PAGES, Server, reading
    from tests.dashboard.browsing import started

    async def open_all(address: str) -> None:
        async with reading(address) as reader:
            for page in PAGES:
                shown = await reader.open(page)
                # Told, and not the end: the stages that follow are measured all the same.
                if shown.failures:
                    print(f"  {page} FAILS at this size: {shown.failures}", flush=True)

    for audience in ("researcher", "platform"):
        with started(settings.published_dir, audience) as (address, process):
            server = Server(process)
            with told.step(f"pages of the {audience}"):
                asyncio.run(open_all(address))
            told.costs["dashboards"] = told.costs.get("dashboards", Cost()) + Cost(
                told.costs[f"pages of the {audience}"].wall,
                server.processor(),
                server.memory_mib() / 1024,
            )


def plain_intake(settings: Settings) -> None:
    """The same files, read and written unchecked."""
    target = settings.home / "plain"
    target.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        for contract in load_contracts(settings.contracts_dir).values():
            [path] = settings.inbox_dir.glob(f"{contract.id}_*")
            columns = ", ".join(f"{literal(column.name)}: 'VARCHAR'" for column in contract.columns)
            read = {
                "csv": f"read_csv('{path}', delim = {literal(contract.delimiter)}, "
                f"auto_detect = false, header = true, columns = {{{columns}}})",
                "jsonl": f"read_json('{path}', format = 'newline_delimited', "
                f"columns = {{{columns}}})",
                "parquet": f"'{path}'",
            }[contract.file_format]
            connection.execute(f"copy (from {read}) to '{target / contract.id}.parquet'")


def plain_current_state(settings: Settings) -> None:
    """What landed, loaded as tables without a look at versions, keys or dates."""
    path = settings.home / "plain.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        # As the warehouse is: neither side compresses what it writes.
        connection.execute("set force_compression = 'uncompressed'")
        for folder in sorted(settings.landing_dir.glob("[!._]*/*/*/")):
            table = f"{folder.parent.parent.name}_{folder.parent.name}"
            connection.execute(f"create table {table} as from '{folder / 'data.parquet'}'")
    path.unlink()


STAGES = {
    "intake": intake,
    "plain: intake": plain_intake,
    "current state": current_state,
    "plain: current state": plain_current_state,
    "dbt": models,
    "estimators": estimators,
    "publications and doors": publications,
    "dashboards": dashboards,
    "one delivery": one_delivery,
}


def main() -> None:
    """Do one stage, as asked by `scale`: its name, the folder, the home, and where to note cost."""
    name, folder, home, note = sys.argv[1:]
    # What the road tells of its steps is where the time of a stage goes.
    log = logging.getLogger("kwaliteitsmonitor")
    log.addHandler(logging.StreamHandler(sys.stdout))
    log.setLevel(logging.INFO)
    settings, told = settings_of(Path(folder), Path(home)), Steps()
    if name == "dashboards":
        dashboards(settings, told)
        told.costs = {name: told.costs[name]}
    else:
        with told.step(name):
            STAGES[name](settings)
    costs = {step: asdict(cost) for step, cost in told.costs.items()}
    Path(note).write_text(json.dumps(costs), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except (StoppedError, BuildError) as error:
        sys.exit(f"  {error}")
