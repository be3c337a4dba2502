"""The command line `kwaliteitsmonitor`: thin over the functions Dagster calls too.

Belongs here: commands, their options, what is printed and the exit code, a module per group of
commands. 0: done. 1: refused or failed, with the reason in one line and the remedy. 2: wrong usage.
Does not belong here: anything a command does.

A new group is a module with a `typer.Typer` named `app`, and one line below. Every command that
reads a home or a chain takes `--chain` (`options.Chain`); a test holds all of them to it.
"""

import logging
import os
import sys
from enum import StrEnum
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from rich.logging import RichHandler

from pipelines.cli import (
    access,
    audit,
    chain,
    contract,
    dbt,
    decisions,
    operation,
    papers,
    published,
    release,
    road,
    safekeeping,
)
from pipelines.cli.screen import Plain, err, say
from pipelines.journal import Lines
from pipelines.private import owner_only
from pipelines.progress import events
from pipelines.settings import offline_environment

app = typer.Typer(
    name="kwaliteitsmonitor",
    help="Kwaliteitsmonitor en evaluatiefunctie voor het stelsel beveiligen van personen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Without a name its commands stand at the top.
app.add_typer(road.app)
app.add_typer(published.app)
app.add_typer(operation.app)
app.add_typer(safekeeping.app)
app.add_typer(dbt.app)
app.add_typer(audit.app)
app.add_typer(papers.app)
app.add_typer(access.app, name="access")
app.add_typer(chain.app, name="chain")
app.add_typer(contract.app, name="contract")
app.add_typer(decisions.app, name="decisions")
app.add_typer(release.app, name="release")


class LogForm(StrEnum):
    """How progress is told."""

    text = "text"
    json = "json"


def _say_version(asked: bool) -> None:
    if asked:
        say(f"kwaliteitsmonitor {version('kwaliteitsmonitor')}")
        raise typer.Exit


@app.callback()
def tell(
    form: Annotated[
        LogForm, typer.Option("--log", help="Voortgang als zinnen, of als regels JSON.")
    ] = LogForm.text,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Zeg welke versie dit is.", callback=_say_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Choose how progress is told on standard error."""
    if form is LogForm.json:
        logging.getLogger("kwaliteitsmonitor").handlers.clear()
        lines = logging.StreamHandler()
        lines.setFormatter(Lines())
        events.addHandler(lines)


def main() -> None:
    """Run the command line; every foreseen failure is one line and exit code 1."""
    os.environ.update(offline_environment())
    owner_only()
    _stand_somewhere()
    # Handed on to the process that tracks the locks; see `_leave`.
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    logging.basicConfig(level=logging.WARNING, handlers=[logging.NullHandler()])
    progress = logging.getLogger("kwaliteitsmonitor")
    progress.setLevel(logging.INFO)
    handler = RichHandler(console=err, show_level=False, show_path=False, markup=False)
    handler.addFilter(Plain())
    progress.addHandler(handler)
    progress.propagate = False
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        err.print("Onderbroken; dezelfde opdracht gaat verder waar het bleef.")
        _leave(1)
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else int(end.code is not None))


def _stand_somewhere() -> None:
    """Leave a folder that this user may not enter, such as that of whoever used `sudo`.

    Libraries look what lies around them, dbt for a project, and would fail on that alone.
    """
    if not os.access(".", os.R_OK | os.X_OK):
        os.chdir("/")


def _leave(code: int) -> NoReturn:
    """End at once: at a normal exit DuckDB's binding prints a page of its own reference counts.

    What libraries would then have let go of (locks of progress bars) goes with the process.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
