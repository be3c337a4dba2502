"""Commands that keep what cannot be made again: verify, backup, restore, retention, withdraw.

Here: their options and what they print.
Not here: what is kept and how (`pipelines.safekeeping`).
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.build import BuildError
from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import complain, finish, one_line_errors, say
from pipelines.progress import step

app = typer.Typer()

_NOTHING_PAST = "Niets is over zijn bewaartermijn"


@app.command()
def verify(chain: Chain = None) -> None:
    """Controleer elke byte die wordt bewaard; noem elk bestand dat ontbreekt of veranderde."""
    from pipelines.road.lock import no_writer
    from pipelines.safekeeping.kept import kept_files
    from pipelines.safekeeping.verify import verify as problems_of

    with one_line_errors():
        settings = settings_of(chain)
        with no_writer(settings):
            problems = problems_of(settings)
            number = sum(1 for _ in kept_files(settings))
    for problem in problems:
        complain("Fout", problem.line)
    if problems:
        raise typer.Exit(1)
    say(f"In orde: {number} bestanden zijn byte voor byte wat erin is geschreven")


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Map buiten die van de monitor; op een schijf.")],
    chain: Chain = None,
) -> None:
    """Bewaar in een map alles wat niet opnieuw te maken is; wat er al ligt, blijft liggen."""
    from pipelines.road.lock import one_writer
    from pipelines.safekeeping.backup import back_up
    from pipelines.safekeeping.verify import verify as problems_of

    with one_line_errors():
        settings = settings_of(chain)
        with one_writer(settings), step("backup", is_told=False):
            problems = problems_of(settings)
            if problems:
                raise BuildError(
                    "\n".join(problem.line for problem in problems)
                    + "\ner is geen back-up gemaakt: een beschadigd bestand zou de goede vervangen"
                )
            made, copied = back_up(settings, folder)
    say(f"{len(made.files)} bestanden bewaard in {made.folder}, waarvan {copied} nieuw")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="De map die bij backup werd genoemd.")],
    home: Annotated[Path, typer.Option(help="Nieuwe map van de monitor; leeg of nog niet daar.")],
) -> None:
    """Zet een back-up terug in een lege map, nadat elk bestand erin is gecontroleerd."""
    from pipelines.safekeeping.restore import restore as put_back

    with one_line_errors():
        made = put_back(folder, home)
    say(f"{len(made.files)} bestanden van {made.made_at} teruggezet in {home}. Daarna:")
    named = f" --chain {made.chain}" if made.chain else ""
    say(f"KWALITEITSMONITOR_HOME={home} kwaliteitsmonitor verify{named}")
    if made.known_at:
        say(
            f"KWALITEITSMONITOR_HOME={home} kwaliteitsmonitor build{named} "
            f"--reference-date {made.reference_date} --known-at {made.known_at}"
        )


@app.command()
def retention(
    execute: Annotated[bool, typer.Option("--execute", help="Vernietig, en bouw de rest.")] = False,
    chain: Chain = None,
) -> None:
    """Zeg wat over zijn bewaartermijn is; met --execute wordt het vernietigd."""
    from pipelines.deliveries.contract import load_contracts
    from pipelines.retention.record import Record
    from pipelines.retention.terms import expired
    from pipelines.road import walk

    with one_line_errors():
        settings = settings_of(chain)
        record = Record(settings)
        today = datetime.now(UTC).date()
        past = expired(settings, load_contracts(settings.contracts_dir), today)
        unfinished = len(record.open_acts())
        waiting = sorted(record.waiting_backups())
        outcome = walk.retain(settings) if execute else None
    for delivery in past:
        say(delivery.line)
    if outcome is not None:
        say(
            f"Vernietigd: {len(past)} leveringen; het staat in retention/destroyed.jsonl"
            if past or unfinished
            else _NOTHING_PAST
        )
        finish(outcome)
        return
    if unfinished:
        say(f"Nog niet overal vernietigd: {unfinished} leveringen")
    for place in waiting:
        say(f"Nog te vernietigen in de back-up {place}")
    if past or unfinished or waiting:
        say("Vernietigen: kwaliteitsmonitor retention --execute")
    else:
        say(_NOTHING_PAST)


@app.command()
def withdraw(
    reason: Annotated[str, typer.Option(help="Waarom; zonder pseudoniem of persoon.")],
    let_in: Annotated[
        bool, typer.Option("--let-in", help="Laat wat werd ingetrokken voortaan weer toe.")
    ] = False,
    chain: Chain = None,
) -> None:
    """Haal een zaak of persoon uit alles wat werd geleverd; het pseudoniem wordt gevraagd.

    Het staat zo niet op het scherm en niet in de geschiedenis van de opdrachtregel. Wordt de zaak
    opnieuw geleverd, dan blijft zij eruit, tot iemand haar met --let-in weer toelaat.
    """
    from pipelines.road import walk

    with one_line_errors():
        settings = settings_of(chain)
        pseudonym = typer.prompt("Pseudoniem", hide_input=True).strip()
        outcome = None if let_in else walk.withdraw(settings, pseudonym, reason)
        if let_in:
            walk.let_in(settings, pseudonym, reason)
    if outcome is None:
        say("Weer toegelaten: met de volgende levering die haar heeft, komt de zaak terug")
        return
    say("Ingetrokken; ook uit latere leveringen blijft de zaak weg")
    finish(outcome)
