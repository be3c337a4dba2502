"""The annex of a DPIA: every column that comes in, and who sees it in which form.

Here: the tables and columns of every contract, of every audience's file, and where data lie.
Not here: the assessment, which is a person's (`filled_in`).
"""

from collections.abc import Iterator
from typing import Any

from pipelines.deliveries.contract import Contract
from pipelines.papers.data import kind_of, subjects_of
from pipelines.papers.facts import Facts, label_of
from pipelines.papers.filled_in import given
from pipelines.papers.shown import UNDER_ANOTHER_NAME, form_of_column
from pipelines.publication.audiences import AUDIENCES, Audience
from pipelines.publication.publish import KEPT_PUBLICATIONS
from pipelines.settings import Settings


def content(facts: Facts) -> dict[str, Any]:
    """What stands in the annex."""
    said = facts.said
    return {
        "title": f"Bijlage bij de DPIA: kwaliteitsmonitor {facts.chain}",
        "chain": facts.chain,
        "judgment": [
            ("Noodzaak en evenredigheid", said.of("necessity")),
            ("Risico's en maatregelen", said.of("risks")),
            ("Advies van de functionaris", said.of("opinion")),
        ],
        "places": list(places_of(facts.settings)),
        "audiences": list(facts.audiences()),
        "files": [
            {"label": label_of(audience), "tables": list(_file_of(facts, audience))}
            for audience in AUDIENCES.values()
        ],
        "under_another_name": UNDER_ANOTHER_NAME.capitalize(),
        "audience_labels": [label_of(audience) for audience in AUDIENCES.values()],
        "tables": [
            {
                "title": f"{facts.suppliers[contract.supplier]}: {contract.title} ({contract.id})",
                "facts": _facts_of(contract),
                "columns": [
                    (
                        f"{column.canonical}\n({column.name})",
                        given(column.description, "omschrijving (description)"),
                        kind_of(column),
                        *(
                            form_of_column(facts.shown, column, contract, audience)
                            for audience in AUDIENCES.values()
                        ),
                    )
                    for column in contract.columns
                ],
            }
            for contract in facts.contracts.values()
        ],
    }


def _facts_of(contract: Contract) -> list[tuple[str, str]]:
    return [
        ("Eén rij is", given(contract.grain, "korrel (dataGranularityDescription)")),
        ("Wijst aan", subjects_of(contract)),
        ("Doel", given(contract.purpose, "doel (description.purpose)")),
        ("Grenzen van gebruik", given(contract.limitations, "grenzen (description.limitations)")),
        ("Afspraak", given(contract.agreement, "kenmerk van de afspraak (agreement)")),
        ("Specificatie", contract.version),
        ("Bewaard na aanvaarding", f"{contract.retention_months} maanden"),
        (
            "Op grond van",
            given(contract.retention_ground, "grond van de bewaartermijn (retention)"),
        ),
        ("Bewaard na weigering", f"{contract.quarantine_days} dagen"),
    ]


def _file_of(facts: Facts, audience: Audience) -> Iterator[tuple[str, str]]:
    """Tables and columns of an audience's file; of one that holds tables whole what tells them."""
    for table in audience.tables:
        named = audience.columns[table] if audience.is_protected else facts.shown.columns_of(table)
        yield table, ", ".join(named) or "beschreven in data_dictionary van het bestand zelf"


def places_of(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Each place under the home where data lie: what, and until when."""
    kept = f"tot {KEPT_PUBLICATIONS} nieuwere publicaties er zijn"
    for path, what, until in (
        (settings.inbox_dir, "leveringen zoals zij aankomen", "tot zij zijn ingelezen"),
        (settings.quarantine_dir, "geweigerde leveringen", "de termijn na weigering van de tabel"),
        (
            settings.landing_dir,
            "aanvaarde leveringen, gepseudonimiseerd",
            "de bewaartermijn van de tabel",
        ),
        (
            settings.feedback_dir,
            "berichten aan partners, zonder gegevens uit de levering",
            "onbeperkt",
        ),
        (
            settings.warehouse_path,
            "tabellen en cijfers van de laatste bouw",
            "tot de volgende bouw",
        ),
        (settings.published_dir, "het bestand van elk publiek", kept),
        (settings.releases_dir, "uitgaven voor het adviesorgaan: alleen cijfers", "onbeperkt"),
        (
            settings.access_dir,
            "wie wat zag, zonder inhoud van vragen",
            "de termijn van het logboek",
        ),
        (settings.register_path, "besluiten van het platform, zonder personen", "onbeperkt"),
        (
            settings.dagster_home,
            "verloop van de opdrachten, zonder gegevens",
            "tot het wordt verwijderd",
        ),
        (settings.dbt_target_dir, "vertaalde code", "tot de volgende bouw"),
        (settings.dbt_log_dir, "logboek van de bouw", "tot het wordt verwijderd"),
        (
            settings.sign_in_dir,
            "geheim waarmee sessies worden ondertekend",
            "tot het wordt vervangen",
        ),
        (
            settings.home / "retention",
            "wat wanneer en waarom is vernietigd, zonder inhoud; wat is ingetrokken als hash "
            "met sleutel, waardoor het niet opnieuw binnenkomt",
            "onbeperkt",
        ),
        (
            settings.home / "merge_lists",
            "pseudoniemen die één zijn",
            "als de publicatie die ze noemt",
        ),
        (settings.home / "delivery_lists", "welke leveringen een publicatie droegen", "onbeperkt"),
        (settings.home / "memo.sqlite", "wat eerder is uitgerekend", "tot de volgende bouw"),
        (
            settings.home / "log",
            "verloop van het werk, zonder inhoud van leveringen",
            "tot het vol is",
        ),
    ):
        yield str(path.relative_to(settings.home)), what, until
