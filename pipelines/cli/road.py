"""Commands along the road: simulate, deliver, build, run, demo, and status.

Here: their options and what they print.
Not here: the road itself (`pipelines.road`).
"""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import Chain, Explain, Inbox, KnownAt, ReferenceDate, settings_of
from pipelines.cli.published import serve_audiences
from pipelines.cli.screen import (
    finish,
    one_line_errors,
    out,
    say,
    show_publications,
    show_troubles,
)
from pipelines.settings import Settings

app = typer.Typer()

Seed = Annotated[int, typer.Option(help="Zaad van de toevalsgenerator.")]
Scale = Annotated[float, typer.Option(help="Omvang ten opzichte van de volle keten.")]
DEFAULT_SEED = 20260101


@app.command()
def simulate(
    inbox: Inbox = None, seed: Seed = DEFAULT_SEED, scale: Scale = 1.0, chain: Chain = None
) -> None:
    """Maak de leveringen van de synthetische demonstratieketen."""
    with one_line_errors():
        settings = settings_of(chain)
        _simulate(settings, inbox or settings.inbox_dir, seed, scale)


def _simulate(settings: Settings, inbox: Path, seed: int, scale: float) -> None:
    from pipelines.simulation.configuration import SimulationConfig
    from pipelines.simulation.simulate import simulate as run_simulation

    log = logging.getLogger("kwaliteitsmonitor")
    summary = run_simulation(
        SimulationConfig(seed=seed, scale=scale),
        settings.contracts_dir,
        inbox,
        settings.home / "ledger",
        progress=log.info,
    )
    log.info("Synthetische gegevens: %s bestanden in %s", summary.n_files, inbox)


@app.command()
def deliver(
    path: Annotated[
        Path | None, typer.Argument(help="Een geleverd bestand, of een map ermee.")
    ] = None,
    confirm: Annotated[
        str | None, typer.Option(help="Een aangehouden bestand, dat klopt en vanaf nu telt.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Waarom het klopt; zonder personen.")] = "",
    by: Annotated[str, typer.Option(help="In welke rol u dat zegt.")] = "analist",
    chain: Chain = None,
) -> None:
    """Lees leveringen in: contract, anonimiteitsbewaker en controles; daarna de landingszone.

    Met --confirm telt een aangehouden levering vanaf nu mee.
    """
    from pipelines.road import walk as road

    if confirm is not None and path is None:
        with one_line_errors():
            name = road.confirm(settings_of(chain), confirm, reason, by)
        say(f"{name} is bevestigd en telt vanaf nu mee; bouw met 'kwaliteitsmonitor build'")
        return
    if path is None or confirm is not None:
        raise typer.BadParameter("noem een bestand of een map, of bevestig er een met --confirm")
    with one_line_errors():
        settings = settings_of(chain)
        if not path.exists():
            raise FileNotFoundError(f"{path} bestaat niet; noem een bestand of een map")
        outcome = road.take_in(settings, path)
    counted = {
        "aanvaard": outcome.report.accepted,
        "al bekend": outcome.report.already_known,
        "geweigerd": outcome.report.refused,
        "aangehouden": outcome.report.held,
        "niet gelezen": outcome.report.left,
        "nog onderweg": outcome.report.in_transit,
    }
    # The last ones are seldom there.
    always = list(counted)[:3]
    out.print(
        ", ".join(f"{len(of)} {name}" for name, of in counted.items() if of or name in always)
    )
    finish(outcome)


@app.command()
def build(
    reference_date: ReferenceDate = None,
    known_at: KnownAt = None,
    chain: Chain = None,
    explain: Explain = True,
) -> None:
    """Bouw de figuren uit de landingszone en publiceer ze."""
    from pipelines.road import walk

    with one_line_errors():
        settings = settings_of(chain)
        outcome = walk.build(
            settings, reference_date=reference_date, known_at=known_at, explain=explain
        )
    show_publications(settings)
    finish(outcome)


@app.command()
def run(
    inbox: Inbox = None,
    chain: Chain = None,
    reference_date: ReferenceDate = None,
    known_at: KnownAt = None,
    explain: Explain = True,
) -> None:
    """Lees in, bouw en publiceer."""
    from pipelines.road import walk

    with one_line_errors():
        settings = settings_of(chain)
        outcome = walk.run(
            settings,
            inbox=inbox,
            reference_date=reference_date,
            known_at=known_at,
            explain=explain,
        )
    show_publications(settings)
    finish(outcome)


@app.command()
def demo(seed: Seed = DEFAULT_SEED, scale: Scale = 1.0, chain: Chain = None) -> None:
    """Simuleer, verwerk en toon: de drie dashboards van de demonstratieketen."""
    from pipelines.road.demonstration import run_with_history

    with one_line_errors():
        settings = settings_of(chain)
        _simulate(settings, settings.inbox_dir, seed, scale)
        outcome = run_with_history(settings)
        show_troubles(outcome)
        serve_audiences(settings, list(settings.ports))


@app.command()
def forget(chain: Chain = None) -> None:
    """Gooi weg wat eerder is uitgerekend: de volgende bouw rekent alles opnieuw uit."""
    from pipelines.road import walk

    with one_line_errors():
        walk.forget(settings_of(chain))
    say("Vergeten; 'kwaliteitsmonitor build' rekent alles opnieuw uit.")


@app.command()
def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="Voor machines; code 1 als er iets niet klopt.")
    ] = False,
    chain: Chain = None,
) -> None:
    """Zeg in tien regels hoe het ervoor staat, en wat de volgende stap is."""
    from pipelines.operation.standing import read_standing
    from pipelines.operation.status import as_record, lines_of

    with one_line_errors():
        settings = settings_of(chain)
        standing = read_standing(settings)
    if not as_json:
        for line in lines_of(standing, settings):
            say(line)
        return
    sys.stdout.write(json.dumps(as_record(standing), ensure_ascii=False) + "\n")
    if not standing.is_well:
        raise typer.Exit(1)
