"""Commands over releases: `release draft`, `comment`, `submit`, `approve`, `publish`, `withdraw`.

Here: these and `list`, `show`, `diff` and `verify`: their options and what they print.
Not here: the steps and their rules (`pipelines.releases`).
"""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipelines.cli.options import Chain, settings_of
from pipelines.cli.screen import complain, one_line_errors, out, plain, say
from pipelines.wording import formats
from pipelines.wording.language import DEFAULT_LANGUAGE, words_in

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.releases.desk import Desk
    from pipelines.releases.shelf import Release

app = typer.Typer(
    help="Releases voor het adviesorgaan: opstellen, goedkeuren, uitbrengen.", no_args_is_help=True
)

ReleaseId = Annotated[str, typer.Argument(help="Bijvoorbeeld 2026-K3.1.")]
By = Annotated[str, typer.Option(help="In welke rol u dit doet; een weigering noemt ze.")]
# More than this is read in the package.
_ROWS_SHOWN = 40


@app.command()
def draft(
    by: By,
    embargo: Annotated[str | None, typer.Option(help="Eerste dag van uitbrengen (ISO).")] = None,
    error: Annotated[str, typer.Option(help="Welke fout in eerdere releases deze herstelt.")] = "",
    without: Annotated[
        list[str] | None, typer.Option(help="Organisatie waarvan niets wordt getoond; vaker mag.")
    ] = None,
    chain: Chain = None,
) -> None:
    """Stel een concept op van de laatste bouw en van wat al is uitgebracht."""
    from pipelines.releases.build import open_build
    from pipelines.road.lock import one_writer

    with one_line_errors():
        first_day, settings = _day(embargo), settings_of(chain)
        # A build in the middle of its work has no figures to release.
        with one_writer(settings), open_build(settings) as build:
            desk = _desk(chain, by)
            made = desk.draft(build, embargo=first_day, error=error, without=without or ())
    _say_state(made)


@app.command()
def comment(  # noqa: PLR0913, PLR0917 - one argument an option
    release: ReleaseId,
    by: By,
    indicator: Annotated[str, typer.Option(help="Bij welke indicator.")],
    organisation: Annotated[str, typer.Option(help="Wiens reactie, als code.")],
    text: Annotated[str, typer.Option(help="De reactie, ten hoogste 280 tekens.")],
    period: Annotated[str, typer.Option(help="Bij welke periode; anders bij alle.")] = "",
    dimension: Annotated[str, typer.Option(help="Uitsplitsing van het lid.")] = "",
    member: Annotated[str, typer.Option(help="Bij welk lid; anders bij alle.")] = "",
    chain: Chain = None,
) -> None:
    """Voeg de reactie van een ketenpartner toe; die verschijnt bij het cijfer."""
    from pipelines.releases.shelf import Comment

    with one_line_errors():
        kept = Comment(indicator, organisation, text, period, dimension, member)
        made = _desk(chain, by).comment(release, kept)
    _say_state(made)


@app.command()
def submit(release: ReleaseId, by: By, chain: Chain = None) -> None:
    """Leg een concept ter goedkeuring voor."""
    with one_line_errors():
        made = _desk(chain, by).submit(release)
    _say_state(made)


@app.command()
def approve(release: ReleaseId, by: By, chain: Chain = None) -> None:
    """Keur een voorgelegde release goed; nooit die u zelf opstelde of voorlegde."""
    with one_line_errors():
        made = _desk(chain, by).approve(release)
    _say_state(made)


@app.command()
def publish(release: ReleaseId, by: By, chain: Chain = None) -> None:
    """Breng een goedgekeurde release uit, in de plaats van de vorige; niet vóór het embargo."""
    with one_line_errors():
        made = _desk(chain, by).publish(release)
    _say_state(made)


@app.command()
def withdraw(
    release: ReleaseId,
    by: By,
    reason: Annotated[str, typer.Option(help="Waarom; lezers zien dit.")],
    chain: Chain = None,
) -> None:
    """Trek een release in; zij blijft bewaard en zegt dat zij is ingetrokken."""
    with one_line_errors():
        made = _desk(chain, by).withdraw(release, reason)
    _say_state(made)


@app.command("list")
def list_releases(chain: Chain = None) -> None:
    """Toon alle releases, met hun stand."""
    from pipelines.releases.shelf import shelf

    with one_line_errors():
        releases = shelf(settings_of(chain))
    table = Table()
    for head in ("release", "stand", "peildatum", "uitgebracht", "herziet"):
        table.add_column(head, no_wrap=True)
    for release in releases:
        published = release.published_at.date() if release.published_at else None
        table.add_row(
            release.id,
            release.state_nl,
            _written(release.reference_date),
            _written(published),
            {"yearly": "jaarlijks", "error": "om een fout"}.get(release.revision, ""),
        )
    out.print(table)


@app.command()
def show(release: ReleaseId, chain: Chain = None) -> None:
    """Toon wat er van één release bekend is: stand, stappen, reacties en controlegetallen."""
    from pipelines.releases.ledger import Ledger
    from pipelines.releases.shelf import find, shelf

    with one_line_errors():
        settings = settings_of(chain)
        found = find(shelf(settings), release)
        entries = Ledger(settings.releases_dir).entries()
    _say_state(found)
    say(f"Peildatum {_written(found.reference_date)}")
    if found.embargo:
        say(f"Embargo tot {_written(found.embargo)}")
    if found.revision_reason:
        say(f"Herstelt: {found.revision_reason}")
    if found.without:
        say(f"Exclusief {', '.join(found.without)}")
    if found.reason:
        say(f"Ingetrokken: {found.reason}")
    for entry in entries:
        if entry.release == release:
            say(f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.step:<9} {entry.by}")
    for kept in found.comments:
        place = " ".join(filter(None, (kept.indicator, kept.period, kept.member)))
        say(f"Reactie van {kept.organisation} bij {place}: {kept.text}")
    for name, sha256 in found.files.items():
        say(f"{sha256}  {name}")


@app.command()
def diff(earlier: ReleaseId, later: ReleaseId, chain: Chain = None) -> None:
    """Toon elk cijfer dat tussen twee releases verschilt, en waarom."""
    from pipelines.releases.content import read_tables
    from pipelines.releases.difference import WHY_NL, difference
    from pipelines.releases.shelf import find, shelf

    with one_line_errors():
        releases = shelf(settings_of(chain))
        for name in (earlier, later):
            find(releases, name)
        pair = [release for release in releases if release.id in {earlier, later}]
        old, new = (read_tables(pair[end].path, "result", "revision") for end in (0, -1))
        found = difference(old, new)
    words = words_in(DEFAULT_LANGUAGE)
    counted = found["why"].value_counts()
    say(f"{pair[0].id} → {pair[-1].id}: {len(found)} cijfers verschillen")
    for why, count in counted.items():
        say(f"{count:>6} {WHY_NL[str(why)]}")
    table = Table("indicator", "maat", "periode", "lid", "was", "is", "waarom")
    # A figure that is new in the later one is no change of anything somebody cited.
    changed = found[found["old_value"].notna()]
    for row in changed.head(_ROWS_SHOWN).to_dict("records"):
        table.add_row(
            str(row["indicator"]),
            str(row["statistic"]),
            formats.period(str(row["period"]), words),
            str(row["member"]),
            _number(row["old_value"]),
            _number(row["new_value"]),
            plain(row["note"] or WHY_NL[str(row["why"])]),
        )
    if len(changed):
        out.print(table)
    if (more := len(changed) - _ROWS_SHOWN) > 0:
        say(f"en nog {more}")


@app.command()
def verify(chain: Chain = None) -> None:
    """Controleer elke byte van grootboek, releases en voorgangers."""
    from pipelines.releases.ledger import Ledger
    from pipelines.releases.verify import verify as problems_of

    with one_line_errors():
        folder = settings_of(chain).releases_dir
        problems = problems_of(folder)
    for problem in problems:
        complain("Fout", problem)
    if problems:
        raise typer.Exit(1)
    entries = Ledger(folder).entries()
    last = f"; laatste regel {entries[-1].hash}" if entries else ""
    say(f"In orde: {len(entries)} regels in het grootboek{last}")


def _desk(chain: "Path | None", by: str) -> "Desk":
    from pipelines.releases.desk import Desk

    return Desk(settings_of(chain), by)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise LookupError(f"'{text}' is geen dag; schrijf bijvoorbeeld 2027-02-15") from error


def _say_state(release: "Release") -> None:
    say(f"{release.id}: {release.state_nl}")


def _written(day: date | None) -> str:
    return formats.day(day, words_in(DEFAULT_LANGUAGE)) if day else ""


def _number(value: float) -> str:
    if not formats.is_number(value):
        return "–"
    decimals = 0 if float(value).is_integer() else 3
    return formats.number(value, words_in(DEFAULT_LANGUAGE), decimals)
