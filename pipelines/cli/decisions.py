"""Commands over the register of decisions: `decisions list`, `export`, `import`.

Here: their options and what they print.
Not here: the register and its rules (`pipelines.decisions`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipelines.cli.options import Chain, ReferenceDate, settings_of
from pipelines.cli.screen import one_line_errors, out, plain, say
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.deliveries.contract import Contract

app = typer.Typer(help="Het register van besluiten.", no_args_is_help=True)


@app.command("list")
def list_current(
    everything: Annotated[bool, typer.Option("--all", help="Ook wat is afgehandeld.")] = False,
    chain: Chain = None,
) -> None:
    """Toon de openstaande besluiten uit het register, met eigenaar en streefdatum."""
    from pipelines.decisions.draft import OPEN
    from pipelines.decisions.register import Register

    with one_line_errors():
        current = Register(settings_of(chain).register_path).current()
    table = Table("nummer", "herziening", "waarover", "besluit", "eigenaar", "streefdatum", "stand")
    for revision in current:
        draft = revision.draft
        if everything or draft.outcome == OPEN:
            table.add_row(
                revision.number,
                str(revision.revision),
                draft.handoff_id or draft.indicator or "",
                plain(draft.text),
                draft.owner or "",
                str(draft.due_on or ""),
                draft.outcome or draft.kind,
            )
    out.print(table)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Map waarin de levering komt.")],
    reference_date: ReferenceDate = None,
    version: Annotated[int, typer.Option(help="Versie van de levering.")] = 1,
    chain: Chain = None,
) -> None:
    """Schrijf het hele register, met alle herzieningen, als levering kc_aantekening."""
    from datetime import date

    from pipelines.build import BuildError, read_last_build
    from pipelines.decisions.exchange import write_delivery
    from pipelines.decisions.register import Register
    from pipelines.road.dates import read_reference_date

    with one_line_errors():
        settings = settings_of(chain)
        last = read_last_build(settings)
        day = reference_date or (last.reference_date if last else "")
        if not day:
            raise BuildError("er is nog niet gebouwd; noem een peildatum met --reference-date")
        path, count = write_delivery(
            Register(settings.register_path),
            _contract(settings),
            folder,
            date.fromisoformat(read_reference_date(day)[:10]),
            version,
        )
    say(f"{count} herzieningen in {path}")


@app.command("import")
def import_delivery(
    path: Annotated[Path, typer.Argument(help="Een levering kc_aantekening.")],
    chain: Chain = None,
) -> None:
    """Lees een levering kc_aantekening in het register; alles, of bij een fout niets."""
    from datetime import UTC, datetime

    from pipelines.decisions.exchange import read_delivery
    from pipelines.decisions.register import Register
    from pipelines.deliveries.known_from import known_from

    with one_line_errors():
        settings = settings_of(chain)
        count, new = read_delivery(
            Register(settings.register_path),
            _contract(settings),
            path,
            known_from=known_from(settings, datetime.now(UTC)),
        )
    out.print(f"{count} herzieningen gelezen, {new} nieuw")


def _contract(settings: Settings) -> "Contract":
    from pipelines.decisions.draft import CONTRACT, read_contract

    contract = read_contract(settings.contracts_dir)
    if contract is None:
        raise LookupError(f"de keten {settings.chain_name} heeft geen contract {CONTRACT}")
    return contract
