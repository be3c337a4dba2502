"""Commands for whoever installs and looks after the monitor: units, hand-over.

Here: their options and what they print.
Not here: what they do (`pipelines.operation`).
"""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import one_line_errors, say

app = typer.Typer()


@app.command()
def units(
    to: Annotated[Path, typer.Option(help="Map; wat erin komt hoort in /etc.")],
    chain: Chain = None,
) -> None:
    """Schrijf de units van systemd, gebruikers, mappen en omgeving voor deze installatie."""
    from pipelines.operation.units import write_units

    with one_line_errors():
        settings = settings_of(chain)
        for path in write_units(settings, to):
            say(str(path))


@app.command(name="hand-over")
def hand_over(chain: Chain = None) -> None:
    """Geef elke doelgroep met een eigen map ernaast een kopie van wat zij mag zien."""
    from pipelines.operation.handing import hand_over as hand

    with one_line_errors():
        handed = hand(settings_of(chain))
    nothing = "niets; geen doelgroep heeft een eigen map, of er is voor haar nog niets"
    say(f"Overgedragen: {', '.join(handed) or nothing}")
