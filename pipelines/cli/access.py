"""Commands over the access log: `access verify`, `access summary`.

Here: their options and what they print, for the privacy officer.
Not here: the log and its hashes (`pipelines.access`), and who writes to it (`dashboard.access`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines.access.entry import Act
from pipelines.access.summary import COUNTED, Summary, is_month, summarise
from pipelines.access.verification import Verified, entries_of, verify
from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import one_line_errors, say

app = typer.Typer(help="Het toegangslogboek: wie keek wanneer waarnaar.", no_args_is_help=True)

_HEADINGS = {
    Act.signed_in: "aangemeld",
    Act.page: "pagina's",
    Act.figure: "cijfers",
    Act.question: "eigen vragen",
    Act.rows: "rijen meegenomen",
    Act.download: "bestanden meegenomen",
    Act.refused: "geweigerd",
}
_REASONS = {
    "group": "hoort niet bij deze doelgroep",
    "expired": "sessie was verlopen",
    "proxy": "niet via de poort van de organisatie",
}


@app.command("verify")
def verify_log(chain: Chain = None) -> None:
    """Ga na of het toegangslogboek is zoals het werd geschreven; zo niet, dan afsluitcode 1."""
    with one_line_errors():
        found = verify(settings_of(chain).access_dir)
    _tell(found)
    say(f"{found.lines} regels; hash van de laatste: {found.last_hash}")
    if found.problems:
        raise typer.Exit(1)


@app.command("summary")
def summary(
    month: Annotated[str, typer.Option(help="Maand, zoals 2026-10.")],
    chain: Chain = None,
) -> None:
    """Vat een maand samen: per doelgroep, per persoon, wat is meegenomen en wie is geweigerd."""
    from pipelines.deliveries.contract.checks import timezone_of
    from pipelines.deliveries.contract.document import load_contracts

    if not is_month(month):
        raise typer.BadParameter(f"'{month}' is geen maand; schrijf bijvoorbeeld 2026-10")
    with one_line_errors():
        settings = settings_of(chain)
        # The month of the people of this chain, not of the machine.
        zone = ZoneInfo(timezone_of(load_contracts(settings.contracts_dir)))
        folder = settings.access_dir
        made = summarise(entries_of(folder), month, zone)
        found = verify(folder)
    _tell(found)
    if not made.by_audience:
        say(f"In {month} staat niets in het toegangslogboek.")
        return
    _tell_part(f"Toegang in {made.month}, per doelgroep", _by_audience(made))
    # By name: a list in order of size would be a ranking.
    _tell_part("Per persoon, op naam", _by_person(made))
    if made.taken:
        _tell_part("Meegenomen", _taken(made, zone))
    if made.refused:
        _tell_part("Geweigerd", _refused(made))


def _tell_part(title: str, lines: Iterable[str]) -> None:
    say(title)
    for line in lines:
        say(f"  {line}")


def _tell(found: Verified) -> None:
    for line in (*found.problems, *(f"let op: {notice}" for notice in found.notices)):
        say(line)


def _counts(of: Counter[Act]) -> str:
    """What was done, and how often; a line of it is read at any width, and in a file."""
    return ", ".join(f"{of[act]} {_HEADINGS[act]}" for act in COUNTED if of[act]) or "niets"


def _by_audience(made: Summary) -> Iterator[str]:
    for audience, counts in made.by_audience.items():
        yield f"{audience}: {made.people[audience]} personen; {_counts(counts)}"


def _by_person(made: Summary) -> Iterator[str]:
    for (person, audience), counts in made.by_person.items():
        yield f"{person} ({audience}): {_counts(counts)}"


def _taken(made: Summary, zone: ZoneInfo) -> Iterator[str]:
    for entry in made.taken:
        event = entry.event
        at = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}"
        what = f"{_HEADINGS[event.act].split()[0]}: {event.about}"
        yield f"{at} {event.person} ({event.audience}): {what}, vanaf {event.page}"


def _refused(made: Summary) -> Iterator[str]:
    for (person, audience, reason), times in made.refused.items():
        yield f"{person} ({audience}): {_REASONS.get(reason, reason)}, {times} keer"
