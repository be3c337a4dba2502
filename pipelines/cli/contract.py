"""Commands over the delivery specifications: `contract show`, `validate`, `render`.

Here: their options and what they print.
Not here: reading a contract (`pipelines.deliveries.contract`), and writing a specification of it.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import one_line_errors, out, plain, say

app = typer.Typer(help="De leveringsspecificaties.", no_args_is_help=True)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Bijvoorbeeld om_casus.")], chain: Chain = None
) -> None:
    """Toon één leveringsspecificatie in de terminal."""
    from pipelines.deliveries.contract import load_contracts

    with one_line_errors():
        contracts = load_contracts(settings_of(chain).contracts_dir)
        if name not in contracts:
            raise LookupError(f"contract '{name}' bestaat niet; kies uit {', '.join(contracts)}")
        contract = contracts[name]
    table = Table(
        "kolom", "soort", "verplicht", "toelichting", title=f"{contract.title} ({contract.id})"
    )
    for column in contract.columns:
        table.add_row(
            plain(column.name),
            plain("/".join(column.enum) or column.granularity or column.logical_type),
            "ja" if column.required else "nee",
            plain(column.description),
        )
    out.print(table)


@app.command()
def validate(chain: Chain = None) -> None:
    """Controleer alle leveringsspecificaties."""
    from pipelines.deliveries.contract import load_contracts

    with one_line_errors():
        contracts = load_contracts(settings_of(chain).contracts_dir)
    out.print(f"{len(contracts)} contracten in orde")


@app.command()
def render(
    folder: Annotated[Path, typer.Argument(help="Map waarin de specificaties komen.")],
    name: Annotated[str | None, typer.Option(help="Eén contract; anders alle.")] = None,
    chain: Chain = None,
) -> None:
    """Schrijf leveringsspecificaties om te sturen: HTML, met een voorbeeldbestand dat slaagt."""
    from pipelines.deliveries.contract import load_contracts
    from pipelines.deliveries.partner.specification import write_specification

    with one_line_errors():
        contracts = load_contracts(settings_of(chain).contracts_dir)
        if name is not None and name not in contracts:
            raise LookupError(f"contract '{name}' bestaat niet; kies uit {', '.join(contracts)}")
        chosen = list(contracts) if name is None else [name]
        for contract_name in chosen:
            write_specification(contracts[contract_name], folder)
    say(f"{len(chosen)} specificaties in {folder}")
