"""The command `papers`: the processing register, the annex of a DPIA, measures and accessibility.

Here: its options and what it prints.
Not here: the papers (`pipelines.papers`).
"""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import one_line_errors, say

app = typer.Typer()


@app.command()
def papers(
    to: Annotated[Path, typer.Option(help="Map waarin de stukken komen.")], chain: Chain = None
) -> None:
    """Schrijf verwerkingsregister, bijlage bij de DPIA, BIO2-maatregelen en toegankelijkheid."""
    from pipelines.papers.filled_in import as_settings
    from pipelines.papers.write import write_papers
    from pipelines.settings import CONFIG_FILE_NAME

    with one_line_errors():
        settings = settings_of(chain)
        written, missing = write_papers(settings, to)
    for path in written:
        say(str(path))
    if missing:
        asked_in = settings.home / CONFIG_FILE_NAME
        say(f"{len(missing)} velden staan op 'in te vullen'; vul aan in {asked_in}:")
        for line in as_settings(missing):
            say(line)
