"""The command line `kwaliteitsmonitor`: thin over the functions Dagster calls too.

Here: commands, their options, what is printed and the exit code. 0: done. 1: refused or failed,
with the reason in one line and the remedy. 2: wrong usage.
Not here: anything a command does.
"""

import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape
from rich.table import Table

from pipelines.chain_commands import chain_app
from pipelines.private import owner_only
from pipelines.settings import Settings, SettingsError, load_settings, offline_environment

if TYPE_CHECKING:
    from pipelines.deliveries.contract import Contract

app = typer.Typer(
    name="kwaliteitsmonitor",
    help="Kwaliteitsmonitor en evaluatiefunctie voor het stelsel beveiligen van personen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
contract_app = typer.Typer(help="De leveringsspecificaties.", no_args_is_help=True)
app.add_typer(contract_app, name="contract")
decisions_app = typer.Typer(help="Het register van besluiten.", no_args_is_help=True)
app.add_typer(decisions_app, name="decisions")
app.add_typer(chain_app, name="chain")

out = Console()
err = Console(stderr=True)


class AudienceName(StrEnum):
    """The audiences, as an option."""

    researcher = "researcher"
    platform = "platform"
    advisory = "advisory"


class OutputFormat(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"


class Download(StrEnum):
    """Tables a researcher can take away."""

    handoff = "handoff"
    event_log = "event_log"


class DownloadFormat(StrEnum):
    """Forms of such a file."""

    parquet = "parquet"
    xes = "xes"
    csv = "csv"


ReferenceDate = Annotated[
    str | None, typer.Option(help="Peildatum, bijvoorbeeld 2026-10-31; anders de laatste.")
]
KnownAt = Annotated[
    str | None, typer.Option(help="Bouw met wat op dit moment bekend was (ISO 8601); anders nu.")
]
Explain = Annotated[
    bool, typer.Option(help="Leg uit wat er veranderde sinds de vorige publicatie.")
]
Inbox = Annotated[Path | None, typer.Option(help="Map met leveringen; anders de inbox.")]
Chain = Annotated[Path | None, typer.Option(help="Map met seeds/ en contracts/ van een keten.")]


def main() -> None:
    """Run the command line; every foreseen failure is one line and exit code 1."""
    os.environ.update(offline_environment())
    owner_only()
    # Handed on to the process that tracks the locks; see `_leave`.
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    # Of one library about its own parameter; nobody who runs a command can do anything with it.
    warnings.filterwarnings("ignore", message="Parameter `backfill_policy`")
    logging.basicConfig(level=logging.WARNING, handlers=[logging.NullHandler()])
    progress = logging.getLogger("kwaliteitsmonitor")
    progress.setLevel(logging.INFO)
    progress.addHandler(RichHandler(console=err, show_level=False, show_path=False, markup=False))
    progress.propagate = False
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        err.print("Onderbroken; dezelfde opdracht gaat verder waar het bleef.")
        _leave(1)
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else int(end.code is not None))


def _leave(code: int) -> NoReturn:
    """End at once: at a normal exit DuckDB's binding prints a page of its own reference counts.

    What libraries would then have let go of (locks of progress bars) goes with the process.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turn a foreseen failure into one line on standard error and exit code 1."""
    from pipelines.build import BuildError
    from pipelines.deliveries.contract import ContractError
    from pipelines.publication.reading import QueryError

    foreseen = (SettingsError, BuildError, ContractError, QueryError, LookupError, OSError)
    try:
        yield
    except foreseen as error:
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        for line in str(text).splitlines():
            err.print(f"[bold]Fout:[/bold] {escape(line)}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _settings(chain: Path | None = None) -> Settings:
    environment = dict(os.environ)
    if chain is not None:
        environment["KWALITEITSMONITOR_CHAIN"] = str(chain)
    return load_settings(environment)


@app.command()
def simulate(
    inbox: Inbox = None,
    seed: Annotated[int, typer.Option(help="Zaad van de toevalsgenerator.")] = 20260101,
    scale: Annotated[float, typer.Option(help="Omvang ten opzichte van de volle keten.")] = 1.0,
) -> None:
    """Maak de leveringen van de synthetische demonstratieketen."""
    with _one_line_errors():
        settings = _settings()
        _simulate(settings, inbox or settings.inbox_dir, seed, scale)


def _simulate(settings: Settings, inbox: Path, seed: int, scale: float) -> None:
    from pipelines.simulation.configuration import SimulationConfig
    from pipelines.simulation.simulate import simulate as run_simulation

    log = logging.getLogger("kwaliteitsmonitor")
    summary = run_simulation(
        SimulationConfig(seed=seed, scale=scale),
        settings.contracts_dir,
        inbox,
        settings.home / "ledger",
        progress=log.info,
    )
    log.info("Synthetische gegevens: %s bestanden in %s", summary.n_files, inbox)


@app.command()
def deliver(
    path: Annotated[Path, typer.Argument(help="Een geleverd bestand, of een map ermee.")],
    chain: Chain = None,
) -> None:
    """Lees leveringen in: contract, anonimiteitsbewaker en controles; daarna de landingszone."""
    from pipelines.build import one_writer
    from pipelines.deliveries.intake import deliver as take_in

    with _one_line_errors():
        settings = _settings(chain)
        if not path.exists():
            raise FileNotFoundError(f"{path} bestaat niet; noem een bestand of een map")
        with one_writer(settings):
            report = take_in([path], settings)
    out.print(
        f"{len(report.accepted)} aanvaard, {len(report.already_known)} al bekend, "
        f"{len(report.refused)} geweigerd"
    )
    _print_refusals([one.line for one in report.refused])


@app.command()
def build(
    reference_date: ReferenceDate = None,
    known_at: KnownAt = None,
    chain: Chain = None,
    explain: Explain = True,
) -> None:
    """Bouw de figuren uit de landingszone en publiceer ze."""
    from pipelines.build import one_writer
    from pipelines.run import build_and_publish

    with _one_line_errors():
        settings = _settings(chain)
        with one_writer(settings):
            outcome = build_and_publish(
                settings, reference_date=reference_date, known_at=known_at, explain=explain
            )
    _print_publications(settings)
    _finish(outcome.refused, outcome.failed)


@app.command()
def run(
    inbox: Inbox = None,
    chain: Chain = None,
    reference_date: ReferenceDate = None,
    known_at: KnownAt = None,
    explain: Explain = True,
) -> None:
    """Lees in, bouw en publiceer."""
    from pipelines.run import run_all

    with _one_line_errors():
        settings = _settings(chain)
        outcome = run_all(
            settings,
            inbox=inbox,
            reference_date=reference_date,
            known_at=known_at,
            explain=explain,
        )
    _print_publications(settings)
    _finish(outcome.refused, outcome.failed)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="Vraag in SQL, bijvoorbeeld: from result limit 5")],
    audience: Annotated[AudienceName, typer.Option(help="Wiens bestand.")] = AudienceName.platform,
    output: Annotated[OutputFormat, typer.Option("--format", help="Vorm.")] = OutputFormat.table,
) -> None:
    """Stel een vraag aan het gepubliceerde bestand van een doelgroep."""
    from pipelines.publication.reading import run_query

    with _one_line_errors():
        columns, rows = run_query(_settings(), audience.value, sql)
    if output is OutputFormat.json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        sys.stdout.write(json.dumps(records, default=str, ensure_ascii=False, indent=1) + "\n")
    elif output is OutputFormat.csv:
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        table = Table(*columns)
        for row in rows:
            table.add_row(*("" if one is None else str(one) for one in row))
        out.print(table)


@app.command()
def export(
    table: Annotated[Download, typer.Option(help="Koppelvlakken of gebeurtenissen.")],
    output: Annotated[DownloadFormat, typer.Option("--format", help="Vorm.")],
    audience: Annotated[
        AudienceName, typer.Option(help="Alleen de onderzoeker krijgt rijen.")
    ] = AudienceName.researcher,
    to: Annotated[Path | None, typer.Option(help="Bestand of map; anders de huidige map.")] = None,
) -> None:
    """Schrijf de rijen van de onderzoeker weg: Parquet, CSV, of XES voor process mining."""
    from pipelines.publication.export import export_table

    with _one_line_errors():
        path = export_table(_settings(), table.value, output.value, audience=audience.value, to=to)
    out.print(str(path), highlight=False, soft_wrap=True)


@app.command()
def serve(
    audience: Annotated[AudienceName, typer.Option(help="Doelgroep.")] = AudienceName.platform,
) -> None:
    """Toon het dashboard van één doelgroep op 127.0.0.1; stop met Ctrl-C."""
    with _one_line_errors():
        _serve(_settings(), [audience.value])


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Zaad van de toevalsgenerator.")] = 20260101,
    scale: Annotated[float, typer.Option(help="Omvang ten opzichte van de volle keten.")] = 1.0,
) -> None:
    """Simuleer, verwerk en toon: de drie dashboards van de demonstratieketen."""
    from pipelines.run import run_all

    with _one_line_errors():
        settings = _settings()
        _simulate(settings, settings.inbox_dir, seed, scale)
        outcome = run_all(settings)
        for line in (*outcome.refused, *outcome.failed):
            err.print(f"- {line}", highlight=False, soft_wrap=True)
        _serve(settings, list(settings.ports))


@app.command()
def status() -> None:
    """Zeg wat er ligt: leveringen, laatste bouw, publicaties."""
    from pipelines.build import read_last_build
    from pipelines.deliveries.arrivals import delivered_files
    from pipelines.deliveries.landing import read_registry

    with _one_line_errors():
        settings = _settings()
        landed = read_registry(settings)
        note = read_last_build(settings)
        waiting = len(delivered_files(settings.inbox_dir))
    out.print(f"Map: {settings.home}", highlight=False, soft_wrap=True)
    out.print(f"Keten: {settings.chain_name}")
    out.print(f"Inbox: {waiting} bestanden")
    out.print(f"Landingszone: {len(landed)} leveringen")
    out.print(f"Laatste bouw: peildatum {note.get('reference_date', 'geen')}")
    _print_publications(settings)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dbt(context: typer.Context) -> None:
    """Draai dbt met de omgeving van de monitor, bijvoorbeeld: kwaliteitsmonitor dbt ls."""
    from pipelines.dbt import dbt_variables
    from pipelines.warehouse import open_warehouse, stored_build_dates

    with _one_line_errors():
        settings = _settings()
        with open_warehouse(settings, read_only=True) as connection:
            dates = stored_build_dates(connection)
        with dbt_variables(settings, dates.reference_date):
            command = [str(Path(sys.executable).with_name("dbt")), *context.args]
            code = subprocess.run(command, check=False, cwd=settings.dbt_project_dir).returncode
    raise typer.Exit(min(code, 1))


@contract_app.command("show")
def contract_show(name: Annotated[str, typer.Argument(help="Bijvoorbeeld om_casus.")]) -> None:
    """Toon één leveringsspecificatie in de terminal."""
    from pipelines.deliveries.contract import load_contracts

    with _one_line_errors():
        contracts = load_contracts(_settings().contracts_dir)
        if name not in contracts:
            raise LookupError(f"contract '{name}' bestaat niet; kies uit {', '.join(contracts)}")
        one = contracts[name]
    table = Table("kolom", "soort", "verplicht", "toelichting", title=f"{one.title} ({one.id})")
    for column in one.columns:
        table.add_row(
            column.name,
            "/".join(column.enum) or column.granularity or column.logical_type,
            "ja" if column.required else "nee",
            column.description,
        )
    out.print(table)


@contract_app.command("validate")
def contract_validate() -> None:
    """Controleer alle leveringsspecificaties."""
    from pipelines.deliveries.contract import load_contracts

    with _one_line_errors():
        contracts = load_contracts(_settings().contracts_dir)
    out.print(f"{len(contracts)} contracten in orde")


@contract_app.command("render")
def contract_render(
    folder: Annotated[Path, typer.Argument(help="Map waarin de specificaties komen.")],
    name: Annotated[str | None, typer.Option(help="Eén contract; anders alle.")] = None,
) -> None:
    """Schrijf leveringsspecificaties om te sturen: HTML, met een voorbeeldbestand dat slaagt."""
    from pipelines.deliveries.contract import load_contracts
    from pipelines.deliveries.specification import write_specification

    with _one_line_errors():
        contracts = load_contracts(_settings().contracts_dir)
        if name is not None and name not in contracts:
            raise LookupError(f"contract '{name}' bestaat niet; kies uit {', '.join(contracts)}")
        chosen = list(contracts) if name is None else [name]
        for one in chosen:
            write_specification(contracts[one], folder)
    out.print(f"{len(chosen)} specificaties in {folder}", highlight=False, soft_wrap=True)


@decisions_app.command("list")
def decisions_list(
    everything: Annotated[bool, typer.Option("--all", help="Ook wat is afgehandeld.")] = False,
) -> None:
    """Toon de openstaande besluiten uit het register, met eigenaar en streefdatum."""
    from pipelines.decisions.draft import OPEN
    from pipelines.decisions.register import Register

    with _decision_errors():
        current = Register(_settings().register_path).current()
    table = Table("nummer", "herziening", "waarover", "besluit", "eigenaar", "streefdatum", "stand")
    for one in current:
        draft = one.draft
        if everything or draft.outcome == OPEN:
            table.add_row(
                one.number,
                str(one.revision),
                draft.handoff_id or draft.indicator or "",
                draft.text,
                draft.owner or "",
                str(draft.due_on or ""),
                draft.outcome or draft.kind,
            )
    out.print(table)


@decisions_app.command("export")
def decisions_export(
    folder: Annotated[Path, typer.Argument(help="Map waarin de levering komt.")],
    reference_date: ReferenceDate = None,
    version: Annotated[int, typer.Option(help="Versie van de levering.")] = 1,
) -> None:
    """Schrijf het hele register, met alle herzieningen, als levering kc_aantekening."""
    from datetime import date

    from pipelines.build import BuildError, read_last_build
    from pipelines.decisions.exchange import write_delivery
    from pipelines.decisions.register import Register

    with _decision_errors():
        settings = _settings()
        day = reference_date or read_last_build(settings).get("reference_date", "")
        if not day:
            raise BuildError("er is nog niet gebouwd; noem een peildatum met --reference-date")
        path, count = write_delivery(
            Register(settings.register_path),
            _decision_contract(settings),
            folder,
            date.fromisoformat(day[:10]),
            version,
        )
    out.print(f"{count} herzieningen in {path}", highlight=False, soft_wrap=True)


@decisions_app.command("import")
def decisions_import(
    path: Annotated[Path, typer.Argument(help="Een levering kc_aantekening.")],
) -> None:
    """Lees een levering kc_aantekening in het register; alles, of bij een fout niets."""
    from datetime import UTC, datetime

    from pipelines.decisions.exchange import read_delivery
    from pipelines.decisions.register import Register
    from pipelines.deliveries.arrivals import known_from

    with _decision_errors():
        settings = _settings()
        count, new = read_delivery(
            Register(settings.register_path),
            _decision_contract(settings),
            path,
            known_from=known_from(settings, datetime.now(UTC)),
        )
    out.print(f"{count} herzieningen gelezen, {new} nieuw")


@contextmanager
def _decision_errors() -> Iterator[None]:
    """Also what the register itself refuses is one line."""
    from pipelines.build import BuildError
    from pipelines.decisions.exchange import ExchangeError
    from pipelines.decisions.register import RegisterError

    with _one_line_errors():
        try:
            yield
        except (ExchangeError, RegisterError) as error:
            raise BuildError(str(error)) from error


def _decision_contract(settings: Settings) -> "Contract":
    from pipelines.decisions.draft import CONTRACT, read_contract

    contract = read_contract(settings.contracts_dir)
    if contract is None:
        raise LookupError(f"de keten {settings.chain_name} heeft geen contract {CONTRACT}")
    return contract


def _serve(settings: Settings, audiences: list[str]) -> None:
    from dashboard.serve import serve_all

    code = serve_all(
        settings, audiences, say=lambda line: out.print(line, highlight=False, soft_wrap=True)
    )
    if code:
        raise typer.Exit(1)


def _finish(refused: list[str], failed: list[str]) -> None:
    _print_refusals(refused, stop=False)
    for line in failed:
        err.print(f"[bold]Mislukt:[/bold] {line}", highlight=False, soft_wrap=True)
    if failed or refused:
        raise typer.Exit(1)


def _print_refusals(lines: list[str], *, stop: bool = True) -> None:
    for line in lines:
        err.print(f"[bold]Geweigerd:[/bold] {line}", highlight=False, soft_wrap=True)
    if lines and stop:
        raise typer.Exit(1)


def _print_publications(settings: Settings) -> None:
    from pipelines.publication.audiences import AUDIENCES
    from pipelines.publication.publish import current_path

    for name in AUDIENCES:
        path = current_path(settings, name)
        out.print(
            f"{name}: {path.stem if path else 'nog niet gepubliceerd'}",
            highlight=False,
            soft_wrap=True,
        )
