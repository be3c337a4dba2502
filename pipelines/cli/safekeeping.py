"""Commands that keep what cannot be made again: verify.

Here: their options and what they print.
Not here: what is kept and how (`pipelines.safekeeping`).
"""

import typer

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import complain, one_line_errors, say

app = typer.Typer()


@app.command()
def verify(chain: Chain = None) -> None:
    """Controleer elke byte die wordt bewaard; noem elk bestand dat ontbreekt of veranderde."""
    from pipelines.road.lock import one_writer
    from pipelines.safekeeping.kept import kept_files
    from pipelines.safekeeping.verify import verify as problems_of

    with one_line_errors():
        settings = settings_of(chain)
        with one_writer(settings):
            problems = problems_of(settings)
            number = sum(1 for _ in kept_files(settings))
    for problem in problems:
        complain("Fout", problem.line)
    if problems:
        raise typer.Exit(1)
    say(f"In orde: {number} bestanden zijn byte voor byte wat erin is geschreven")
