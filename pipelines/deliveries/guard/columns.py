"""The allow-list of columns: a file with one too many, too few or twice is refused.

Here: holding a heading against a contract.
Not here: what is in the columns (`cells`).
"""

from collections.abc import Sequence

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, Refusal

# Columns a sentence names; the findings name all.
_SHOWN = 5


def check_columns(columns: Sequence[str], contract: Contract) -> None:
    """Refuse a file with a column too many, too few or twice.

    Raises:
        Refusal: The columns are not those of the contract.
    """
    agreed = [column.name for column in contract.columns]
    if not set(agreed) & set(columns):
        raise Refusal(
            "kopregel",
            "geen enkele kolomnaam uit de specificatie staat in de kopregel",
            "lever de kopregel met de namen uit de specificatie",
            is_anonymity=True,
        )
    for name in agreed:
        if columns.count(name) > 1:
            raise Refusal(
                "kolom_dubbel", f"kolom {name} komt twee keer voor", f"lever kolom {name} één keer"
            )
    missing = [name for name in agreed if name not in columns]
    # By place alone: whoever typed the heading may have typed a name.
    unknown = [place for place, name in enumerate(columns, start=1) if name not in agreed]
    if unknown:
        raise _not_allowed(unknown, missing)
    if missing:
        raise _missing(missing)


def _not_allowed(unknown: Sequence[int], missing: Sequence[str]) -> Refusal:
    shown = ", ".join(str(place) for place in unknown[:_SHOWN])
    lacking = f", en kolom {', '.join(missing[:_SHOWN])} ontbreekt" if missing else ""
    return Refusal(
        "kolom_niet_toegestaan",
        f"kolom nummer {shown} staat niet in de specificatie{lacking}",
        "lever alleen de afgesproken kolommen",
        findings=[
            Finding(
                "kolom_niet_toegestaan",
                "critical",
                column=f"nummer {place}",
                reason_nl="Alleen afgesproken kolommen mogen binnenkomen.",
                reason_en="Only agreed columns may come in.",
                remedy_nl="Laat de kolom weg.",
            )
            for place in unknown
        ],
        is_anonymity=True,
    )


def _missing(missing: Sequence[str]) -> Refusal:
    return Refusal(
        "kolom_ontbreekt",
        f"kolom {', '.join(missing[:_SHOWN])} ontbreekt",
        "lever alle kolommen uit de specificatie, ook als ze leeg zijn",
        findings=[
            Finding(
                "kolom_ontbreekt",
                "critical",
                column=name,
                reason_nl="Zonder deze kolom kan de tabel niet worden gebruikt.",
                reason_en="Without this column the table cannot be used.",
                remedy_nl="Lever de kolom, ook als die leeg is.",
            )
            for name in missing
        ],
    )
