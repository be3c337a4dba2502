"""Commands over what is published: query, export, serve.

Here: their options and forms.
Not here: reading a published file (`pipelines.publication`), and serving it (`dashboard`).
"""

import csv
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli.options import AudienceName, Chain, settings_of
from pipelines.cli.screen import one_line_errors, out, plain, say
from pipelines.settings import Settings

app = typer.Typer()


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


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="Vraag in SQL, bijvoorbeeld: from result limit 5")],
    audience: Annotated[AudienceName, typer.Option(help="Wiens bestand.")] = AudienceName.platform,
    output: Annotated[OutputFormat, typer.Option("--format", help="Vorm.")] = OutputFormat.table,
    chain: Chain = None,
) -> None:
    """Stel een vraag aan het gepubliceerde bestand van een doelgroep."""
    from pipelines.publication.reading import run_query

    with one_line_errors():
        columns, rows = run_query(settings_of(chain), audience.value, sql)
    if output is OutputFormat.json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        sys.stdout.write(json.dumps(records, default=str, ensure_ascii=False, indent=1) + "\n")
    elif output is OutputFormat.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        table = Table()
        for column in columns:
            table.add_column(plain(column))
        for row in rows:
            table.add_row(*(plain("" if value is None else value) for value in row))
        out.print(table)


@app.command()
def export(
    table: Annotated[Download, typer.Option(help="Koppelvlakken of gebeurtenissen.")],
    output: Annotated[DownloadFormat, typer.Option("--format", help="Vorm.")],
    audience: Annotated[
        AudienceName, typer.Option(help="Alleen de onderzoeker krijgt rijen.")
    ] = AudienceName.researcher,
    to: Annotated[Path | None, typer.Option(help="Bestand of map; anders de huidige map.")] = None,
    chain: Chain = None,
) -> None:
    """Schrijf de rijen van de onderzoeker weg: Parquet, CSV, of XES voor process mining."""
    from pipelines.publication.export import export_table

    with one_line_errors():
        settings = settings_of(chain)
        path = export_table(settings, table.value, output.value, audience=audience.value, to=to)
    say(str(path))


@app.command()
def pack(
    quarter: Annotated[
        str | None, typer.Option(help="Kwartaal, zoals 2026Q3; anders het nieuwste volle.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Map; anders de huidige map.")] = None,
    chain: Chain = None,
) -> None:
    """Schrijf het vergaderstuk van het platform (PDF) met zijn gegevensbijlage (ODS)."""
    from pipelines.pack.shelf import export_pack

    with one_line_errors():
        files = export_pack(settings_of(chain), quarter, to)
    for path in files:
        say(str(path))


@app.command()
def serve(
    audience: Annotated[AudienceName, typer.Option(help="Doelgroep.")] = AudienceName.platform,
    address: Annotated[
        str, typer.Option(help="IP-adres om op te luisteren; een ander alleen met aanmelden.")
    ] = "127.0.0.1",
    chain: Chain = None,
) -> None:
    """Toon het dashboard van één doelgroep, op deze machine; stop met Ctrl-C."""
    with one_line_errors():
        serve_audiences(settings_of(chain), [audience.value], address)


def serve_audiences(settings: Settings, audiences: list[str], address: str = "127.0.0.1") -> None:
    """Show dashboards until somebody stops them."""
    from dashboard.serve import serve_all

    code = serve_all(settings, audiences, say=say, address=address)
    if code:
        raise typer.Exit(1)
