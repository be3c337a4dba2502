"""The command `audit`: what a reader can prove about small groups from published files alone.

Here: its options and what it prints.
Not here: the audit (`pipelines.audit`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipelines.cli.screen import one_line_errors, out, plain, say

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer()

_MOST_SHOWN = 20
_GIVES_AWAY = {
    "small": "kleine groep",
    "insider": "kleine groep, na aftrek van één eigen dossier",
    "none": "niemand, of iedereen, van een groep",
    "contradiction": "cijfers die elkaar tegenspreken",
}


@app.command()
def audit(
    files: Annotated[
        list[Path],
        typer.Argument(help="Gepubliceerde bestanden: eerst de voorgangers, het laatste is nieuw."),
    ],
    record: Annotated[
        Path | None, typer.Option(help="Schrijf het verslag (JSON) in dit bestand.")
    ] = None,
) -> None:
    """Reken na wat een lezer uit gepubliceerde bestanden over kleine groepen kan bewijzen."""
    from pipelines.audit import examine, read_published
    from pipelines.audit.record import record_of, with_periods, write_record

    with one_line_errors():
        *predecessors, release = [read_published(path) for path in files]
        examined = examine(release, predecessors)
        if record is not None:
            write_record(record_of(examined, release, predecessors), record)
    found = with_periods(examined.findings)
    if examined.n_undecided:
        say(f"{examined.n_undecided} vragen bleven binnen de tijd onbeslist: de audit slaagt niet.")
    if examined.passes:
        say(
            f"Geen kleine groep te bewijzen: {examined.counts['sensitive']} aantallen nagerekend, "
            f"{examined.counts['programmes']} programma's, drempel {examined.rule.threshold}."
        )
        return
    if not found.empty:
        _show(found)
    raise typer.Exit(1)


def _show(found: "pd.DataFrame") -> None:
    table = Table("grootheid", "periode", "onderdeel", "van", "tot", "verraadt", "door")
    for finding in found.head(_MOST_SHOWN).itertuples(index=False):
        table.add_row(
            plain(finding.quantity),
            plain(finding.period),
            plain(f"{finding.dimension} {finding.member}"),
            plain(f"{finding.lower:g}"),
            plain(f"{finding.upper:g}"),
            plain(_GIVES_AWAY[str(finding.gives_away)]),
            plain(finding.constraints or "zo gedrukt"),
        )
    out.print(table)
    say(
        f"{len(found)} aantallen te bewijzen; er staan er {min(len(found), _MOST_SHOWN)} hierboven."
    )
