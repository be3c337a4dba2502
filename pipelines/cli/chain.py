"""The commands `kwaliteitsmonitor chain …`: thin over `pipelines.chain`.

Here: their options and what is printed.
Not here: anything a command does.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import one_line_errors, out, say
from pipelines.wording import formats
from pipelines.wording.language import DEFAULT_LANGUAGE, words_in

if TYPE_CHECKING:
    from pipelines.chain.log import Log
    from pipelines.chain.proposal import Proposal

app = typer.Typer(help="De map van een keten: seeds/ en contracts/.", no_args_is_help=True)

# More than this is read in the files themselves.
_ROWS_SHOWN = 30
Column = Annotated[str | None, typer.Option(help="Naam van de kolom; anders gevonden.")]
TimeFormat = Annotated[str | None, typer.Option(help="Tijdvorm, zoals dd/MM/yyyy HH:mm.")]
Zone = Annotated[str, typer.Option(help="Tijdzone van dagen, en van momenten zonder zone.")]
Name = Annotated[str | None, typer.Option(help="Naam van de keten; anders die van het bestand.")]
Folder = Annotated[Path | None, typer.Option(help="Map om te maken; anders de naam, hier.")]


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


@app.command()
def init(  # noqa: PLR0913, PLR0917 - one argument an option
    log: Annotated[Path, typer.Argument(help="Een gebeurtenissenlogboek: XES, CSV of Parquet.")],
    case: Column = None,
    activity: Column = None,
    time: Column = None,
    start: Column = None,
    group: Column = None,
    time_format: TimeFormat = None,
    zone: Zone = "Europe/Amsterdam",
    name: Name = None,
    to: Folder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Schrijf zonder te vragen.")] = False,
) -> None:
    """Maak van een gebeurtenissenlogboek een keten die meteen draait."""
    from pipelines.chain.folder import write_chain
    from pipelines.chain.log import LogError, read_log
    from pipelines.chain.proposal import propose, slug
    from pipelines.chain.roles import Roles, reduce_log

    with one_line_errors():
        title = name or log.name.split(".")[0]
        code = slug(title)
        if not code[:1].isalpha():
            raise LogError("de naam begint niet met een letter; geef er een met --name")
        folder = to or Path(code)
        found = read_log(log)
        named = Roles(case=case, activity=activity, time=time, start=start, group=group)
        reduced = reduce_log(found, named, zone=zone, time_format=time_format)
        proposal = propose(reduced, code)
        _print_proposal(found, proposal)
        if not yes:
            if not sys.stdin.isatty():
                raise LogError("er is niets geschreven; bevestig met --yes")
            typer.confirm(f"Schrijf dit naar {folder}?", abort=True)
        delivery, landed = write_chain(proposal, folder, name=title)
    say(f"Geschreven: {folder}. Op proef landden {landed} van {found.n_rows} rijen. Daarna:")
    say(
        f"KWALITEITSMONITOR_HOME=var/{code} kwaliteitsmonitor run --chain {folder} "
        f"--inbox {delivery.parent} --reference-date {proposal.reference_date}"
    )


def _print_proposal(log: "Log", proposal: "Proposal") -> None:
    """What was found and guessed; nothing of it is kept until somebody says so."""
    reduced = proposal.log
    spelled = {"\t": "tab"}.get(log.delimiter, log.delimiter)
    zoned = "in elk moment" if reduced.notation.has_offset else f"{reduced.zone} (aangenomen)"
    found = _table("Gevonden", "")
    for label, value in (
        ("Bestand", log.file_format),
        ("Tekenset en scheidingsteken", f"{log.encoding}, {spelled}" * (log.file_format == "csv")),
        ("Zaak", f"{reduced.roles.case}, vorm {reduced.case_pattern}"),
        ("Activiteit", reduced.roles.activity),
        ("Begin", reduced.roles.start),
        ("Moment" if reduced.roles.start is None else "Einde", reduced.roles.time),
        ("Tijdvorm", reduced.notation.form),
        ("Tijdzone", zoned),
        ("Stap", reduced.roles.lifecycle),
        ("Groep", reduced.roles.group),
        ("Zaken, gebeurtenissen", f"{proposal.n_cases}, {proposal.n_events}"),
        ("Rijen zonder zaak, activiteit of moment", str(proposal.n_left or "")),
        ("Laatste moment", proposal.reference_date),
        *(("Let op", remark) for remark in reduced.remarks),
    ):
        if value:
            found.add_row(label, _cell(value))
    out.print(found)
    milestones = _table("Mijlpaal", "Activiteit", "Groep", "Keer", "Zaken")
    for milestone in proposal.milestones[:_ROWS_SHOWN]:
        group = proposal.groups.get(milestone.organisation or "", "")
        row = (milestone.code, milestone.activity, group)
        counts = map(str, (milestone.n_events, milestone.n_cases))
        milestones.add_row(*map(_cell, (*row, *counts)))
    if (more := len(proposal.milestones) - _ROWS_SHOWN) > 0:
        milestones.add_row(f"en nog {more}")
    out.print(milestones)
    handoffs = _table("", "Van → naar", "Klok", "Direct", "Voltooid", "Open", "Andersom", "Mediaan")
    for handoff in proposal.handoffs:
        sides = f"{handoff.start.activity} → {handoff.stop.activity}"
        row = (handoff.code, sides, handoff.unit)
        counts = map(
            str, (handoff.n_following, handoff.n_completed, handoff.n_open, handoff.n_reversed)
        )
        half = formats.with_unit(handoff.median_days, "days", words_in(DEFAULT_LANGUAGE))
        handoffs.add_row(*map(_cell, (*row, *counts, half)))
    out.print(handoffs)


def _table(*headers: str) -> Table:
    """A table that never cuts off a name: it goes on on the next line."""
    table = Table(pad_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _cell(text: str) -> Text:
    """Text of somebody else's file: no markup, and no character that moves the cursor."""
    return Text("".join(character if character.isprintable() else "·" for character in text))
