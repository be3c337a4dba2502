"""Two papers of claims with the tests that prove them: security measures and accessibility.

Here: what those papers say, from the lists of claims.
Not here: the lists (`measures.yaml`, `accessibility.yaml`) and reading them (`proven`).
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipelines.papers.facts import Facts
from pipelines.papers.proven import Claim, Measure, Whose, read_accessibility, read_measures

_WHOSE: dict[Whose, str] = {
    "product": "door het product",
    "together": "samen",
    "organisation": "door de organisatie",
}


def measures(facts: Facts) -> dict[str, Any]:
    """What stands in the table of measures."""
    listed = read_measures()
    counted = Counter(measure.by for measure in listed)
    return {
        "title": f"BIO2: beheersmaatregelen en bewijs, kwaliteitsmonitor {facts.chain}",
        "counts": [
            ("Verantwoordelijk voor informatiebeveiliging", facts.said.of("security_officer")),
            *(
                (name.capitalize(), f"{counted[by]} beheersmaatregelen")
                for by, name in _WHOSE.items()
            ),
        ],
        "measures": listed,
        "rows": [_row(measure) for measure in listed],
    }


def accessibility(facts: Facts) -> dict[str, Any]:
    """What stands in the accessibility statement."""
    said, known = facts.said, read_accessibility()
    return {
        "title": f"Toegankelijkheidsverklaring: dashboards van de kwaliteitsmonitor {facts.chain}",
        "subject": [
            ("Aanbieder", said.of("controller")),
            ("Adres", said.of("address")),
            ("Wat", "de dashboards van drie publieken en de vergadermap (PDF)"),
        ],
        "research": [("Onafhankelijk onderzoek", said.of("accessibility_research"))],
        "looked_at": [(claim.what, _tests((claim,))) for claim in known.looked_at],
        "gaps": known.gaps,
        "contact": [("Melden bij", said.of("accessibility_contact"))],
        "signed": [("Getekend door", said.of("accessibility_signed"))],
    }


def _row(measure: Measure) -> tuple[str, ...]:
    nothing = "–"
    return (
        measure.number,
        measure.title,
        ", ".join(measure.binding) or "geen",
        _WHOSE[measure.by],
        "\n".join(claim.what for claim in measure.claims) or nothing,
        _tests(measure.claims) or nothing,
        measure.left or (nothing if measure.by == "product" else "de hele maatregel"),
    )


def _tests(claims: Iterable[Claim]) -> str:
    return "\n".join(test for claim in claims for test in claim.tests)
