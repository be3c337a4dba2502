"""The commands `kwaliteitsmonitor chain …`: thin over `pipelines.chain`.

Here: their options and what is printed.
Not here: anything a command does.
"""

from pathlib import Path
from typing import Annotated

import typer

chain_app = typer.Typer(help="De map van een keten: seeds/ en contracts/.", no_args_is_help=True)


@chain_app.callback()
def _chain() -> None:
    """Keep `check` a command of its own, also while there is only one."""


@chain_app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Map met seeds/ en contracts/; anders de eigen keten.")
    ] = None,
) -> None:
    """Zeg alles wat er niet klopt in de seeds en contracten van een keten."""
    from pipelines import cli
    from pipelines.chain.check import require_whole_chain

    with cli._one_line_errors():
        settings = cli._settings(folder)
        require_whole_chain(settings)
    cli.out.print(f"In orde: {settings.seeds_dir} en {settings.contracts_dir}", soft_wrap=True)
