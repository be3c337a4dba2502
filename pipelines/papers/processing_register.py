"""The entry in the register of processing activities: GDPR article 30, Wpg article 31d.

Here: what those articles ask, answered from contracts, audiences and settings.
Not here: every column, which is the annex's (`annex`).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup

from pipelines.deliveries.contract import Contract
from pipelines.papers.data import kinds_of, subjects_of
from pipelines.papers.facts import ANNEX, MEASURES, Facts
from pipelines.papers.filled_in import given
from pipelines.settings import CONFIG_FILE_NAME


def content(facts: Facts) -> dict[str, Any]:
    """What stands in the entry."""
    said = facts.said
    return {
        "title": f"Register van verwerkingsactiviteiten: kwaliteitsmonitor {facts.chain}",
        "chain": facts.chain,
        "settings_file": CONFIG_FILE_NAME,
        "responsible": [
            ("Verwerkingsverantwoordelijke", said.of("controller")),
            ("Gezamenlijk verantwoordelijk", said.of("joint_controllers")),
            ("Verwerker", said.of("processor")),
            ("Functionaris voor gegevensbescherming", said.of("privacy_officer")),
        ],
        "purpose": [
            ("Doel", _purposes(facts)),
            ("Grondslag", said.of("legal_basis")),
            ("Gronden en termijnen bevestigd door", said.of("law_confirmed")),
            ("Betrokkenen", said.of("data_subjects")),
            ("Bijzondere en strafrechtelijke gegevens", said.of("special_categories")),
        ],
        "suppliers": [
            {
                "label": label,
                "grounds": [
                    ("Verstrekt op grond van", said.basis_of(supplier)),
                    ("Bewaard op grond van", _grounds(delivered)),
                ],
                "tables": [_row(contract) for contract in delivered],
            }
            for supplier, label in facts.suppliers.items()
            for delivered in [
                [each for each in facts.contracts.values() if each.supplier == supplier]
            ]
        ],
        "audiences": list(facts.audiences()),
        "others": list(_others(facts)),
        "measures_file": MEASURES,
        "annex_file": ANNEX,
    }


def _purposes(facts: Facts) -> str:
    """What the contracts say their data are used for, each purpose once."""
    uses = dict.fromkeys(
        given(contract.usage, f"gebruik (description.usage in {contract.id})")
        for contract in facts.contracts.values()
    )
    return Markup("\n").join(uses)


def _grounds(contracts: Iterable[Contract]) -> str:
    """Why data of a supplier are kept as long as they are, each ground once."""
    return Markup("\n").join(
        dict.fromkeys(
            given(contract.retention_ground, f"grond van de bewaartermijn in {contract.id}")
            for contract in contracts
        )
    )


def _row(contract: Contract) -> tuple[str, ...]:
    return (
        f"{contract.title} ({contract.id})",
        subjects_of(contract),
        kinds_of(contract),
        given(contract.agreement, "kenmerk van de afspraak (agreement)"),
        f"{contract.retention_months} maanden",
        f"{contract.quarantine_days} dagen",
    )


def _others(facts: Facts) -> Iterator[tuple[str, str]]:
    settings = facts.settings
    yield (
        "Doorgifte buiten de EU of aan internationale organisaties",
        "geen: de monitor neemt met geen ander systeem contact op"
        + (" dan de aanmeldvoorziening van de organisatie" if settings.sign_in else ""),
    )
    yield (
        "Profilering en geautomatiseerde besluiten",
        "geen: een cijfer gaat over een koppelvlak of een groep zaken, nooit over een persoon",
    )
    yield (
        "Autorisaties",
        "elk publiek heeft een eigen bestand; een uitgave voor het adviesorgaan wordt opgesteld "
        f"door {', '.join(settings.release_submitters)} en door een ander goedgekeurd: "
        f"{', '.join(settings.release_approvers)}",
    )
