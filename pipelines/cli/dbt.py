"""The command `dbt`: dbt by hand, with the monitor's own paths and dates.

Here: that command.
Not here: how a build runs dbt (`pipelines.dbt`).
"""

import subprocess
import sys
from pathlib import Path

import typer

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import one_line_errors

app = typer.Typer()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dbt(context: typer.Context, chain: Chain = None) -> None:
    """Draai dbt met de omgeving van de monitor, bijvoorbeeld: kwaliteitsmonitor dbt ls."""
    from pipelines.chain.check import require_whole_chain
    from pipelines.dbt import dbt_variables
    from pipelines.warehouse import open_warehouse, stored_build_dates

    with one_line_errors():
        settings = settings_of(chain)
        # dbt has no rules of its own for seeds.
        require_whole_chain(settings)
        with open_warehouse(settings, read_only=True) as connection:
            dates = stored_build_dates(connection)
        with dbt_variables(settings, dates.reference_date):
            command = [str(Path(sys.executable).with_name("dbt")), *context.args]
            code = subprocess.run(command, check=False, cwd=settings.dbt_project_dir).returncode
    raise typer.Exit(min(code, 1))
