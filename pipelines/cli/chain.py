"""The commands `kwaliteitsmonitor chain …`: thin over `pipelines.chain`.

Here: their options and what is printed.
Not here: anything a command does.
"""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import one_line_errors, say

app = typer.Typer(help="De map van een keten: seeds/ en contracts/.", no_args_is_help=True)


@app.callback()
def _chain() -> None:
    """Keep `check` a command of its own, also while there is only one."""


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Map met seeds/ en contracts/; anders de eigen keten.")
    ] = None,
    chain: Chain = None,
) -> None:
    """Zeg alles wat er niet klopt in de seeds en contracten van een keten."""
    from pipelines.chain.check import require_whole_chain

    with one_line_errors():
        settings = settings_of(folder or chain)
        require_whole_chain(settings)
    say(f"In orde: {settings.seeds_dir} en {settings.contracts_dir}")
