"""What a person at the terminal sees: lines, refusals, publications, and errors in one line.

Here: the two consoles, and what more than one group of commands prints.
Not here: commands.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from pipelines.settings import Settings, SettingsError

out = Console()
err = Console(stderr=True)


def say(text: str) -> None:
    """Print a line as it is, however long: it may hold a path."""
    out.print(text, highlight=False, soft_wrap=True, markup=False)


def complain(word: str, text: object) -> None:
    """Print a line on standard error, behind a word that says what kind of line it is."""
    err.print(f"[bold]{word}:[/bold]", highlight=False, end=" ")
    err.print(str(text), highlight=False, soft_wrap=True, markup=False)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn a foreseen failure into a line on standard error and exit code 1; some name several."""
    from pipelines.build import BuildError
    from pipelines.decisions.exchange import ExchangeError
    from pipelines.decisions.register import RegisterError
    from pipelines.deliveries.arrivals import ArrivalError
    from pipelines.deliveries.contract import ContractError
    from pipelines.publication.reading import QueryError

    foreseen = (
        *(SettingsError, BuildError, ContractError, ArrivalError, QueryError),
        *(ExchangeError, RegisterError, LookupError, OSError),
    )
    try:
        yield
    except foreseen as error:
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        for line in str(text).splitlines():
            complain("Fout", line)
        raise typer.Exit(1) from error


def finish(
    refused: Iterable[str] = (), failed: Iterable[str] = (), held: Iterable[str] = ()
) -> None:
    """Print what was refused, what is held and what failed; with any the exit code is 1."""
    lines = [
        *(("Geweigerd", one) for one in refused),
        *(("Aangehouden", one) for one in held),
        *(("Mislukt", one) for one in failed),
    ]
    for word, line in lines:
        complain(word, line)
    if lines:
        raise typer.Exit(1)


def show_publications(settings: Settings) -> None:
    """Print the current publication of every audience."""
    from pipelines.publication.audiences import AUDIENCES
    from pipelines.publication.publish import current_path

    for name in AUDIENCES:
        path = current_path(settings, name)
        say(f"{name}: {path.stem if path else 'nog niet gepubliceerd'}")
