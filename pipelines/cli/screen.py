"""What a person at the terminal sees: lines, refusals, publications, and errors in one line.

Here: the two consoles, and what more than one group of commands prints.
Not here: commands.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from pipelines.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pipelines.road.walk import Walk

out = Console()
err = Console(stderr=True)


def plain(text: object) -> Text:
    """A text as it is: no markup, and signs that a terminal would obey written out."""
    signs = (
        sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in str(text)
    )
    return Text("".join(signs))


class Plain(logging.Filter):
    """The same for the lines of a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, with its signs written out."""
        record.msg, record.args = plain(record.getMessage()).plain, None
        return True


def say(text: str) -> None:
    """Print a line as it is, however long: it may hold a path."""
    out.print(plain(text), highlight=False, soft_wrap=True)


def complain(word: str, text: object) -> None:
    """Print a line on standard error, behind a word that says what kind of line it is."""
    err.print(f"[bold]{word}:[/bold]", highlight=False, end=" ")
    err.print(plain(text), highlight=False, soft_wrap=True)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn a foreseen failure into a line on standard error and exit code 1; some name several."""
    import sqlite3

    import duckdb

    from pipelines.build import BuildError
    from pipelines.decisions.exchange import ExchangeError
    from pipelines.decisions.register import RegisterError
    from pipelines.deliveries.contract import ContractError
    from pipelines.deliveries.intake.arrivals import ArrivalError
    from pipelines.failure import is_interrupted, sentence_of
    from pipelines.publication.reading import QueryError
    from pipelines.releases.states import ReleaseError

    foreseen = (
        *(SettingsError, BuildError, ContractError, ArrivalError, QueryError, ReleaseError),
        *(ExchangeError, RegisterError, LookupError),
    )
    # What the machine, or a file that something else wrote in, can do to a library.
    of_machine = (OSError, duckdb.Error, sqlite3.Error)
    try:
        yield
    except foreseen as error:
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        for line in str(text).splitlines():
            complain("Fout", line)
        raise typer.Exit(1) from error
    except of_machine as error:
        if is_interrupted(error):
            raise KeyboardInterrupt from error
        complain("Fout", sentence_of(error))
        raise typer.Exit(1) from error


def finish(walk: "Walk") -> None:
    """Print what went wrong on a walk; with anything wrong the exit code is 1."""
    show_troubles(walk)
    if not walk.is_clean:
        raise typer.Exit(1)


def show_troubles(walk: "Walk") -> None:
    """Print a line for everything that did not land, and for everything that failed."""
    for word, lines in (
        ("Geweigerd", [outcome.line for outcome in walk.report.refused]),
        ("Aangehouden", walk.held),
        ("Niet gelezen", [outcome.line for outcome in walk.report.left]),
        ("Mislukt", walk.failed),
    ):
        for line in lines:
            complain(word, line)


def show_publications(settings: Settings) -> None:
    """Print the current publication of every audience."""
    from pipelines.publication.audiences import AUDIENCES
    from pipelines.publication.current import DamagedPublicationError, current_path

    for name in AUDIENCES:
        try:
            path = current_path(settings, name)
        except DamagedPublicationError as error:
            say(f"{name}: beschadigd: {error}")
            continue
        say(f"{name}: {path.stem if path else 'nog niet gepubliceerd'}")
