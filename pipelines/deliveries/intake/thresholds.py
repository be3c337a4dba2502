"""When what is wrong with rows refuses the whole delivery.

Here: the thresholds of a contract, and the refusal by a rule on the whole.
Not here: judging rows (`scan`, `row_rules`), and carrying a refusal out (`rejecting`).
"""

from collections.abc import Sequence

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, Refusal, count_of

# 2026-11-26: one row set aside says nothing about the rest, however few there are, as long as the
# rest is more than that one: otherwise a file of one broken row would empty its table.
_ROWS_NEVER_TOO_MANY = 1


def check_thresholds(
    contract: Contract, findings: Sequence[Finding], rows: int, aside: int
) -> None:
    """Refuse a delivery that breaks a rule on the whole of it, or too many rules on rows.

    Raises:
        Refusal: It does.
    """
    for finding in findings:
        if finding.severity == "critical":
            raise refusal_by_rule(finding)
    if not aside or (aside <= _ROWS_NEVER_TOO_MANY and rows - aside > aside):
        return
    share = aside / rows
    if aside > contract.quarantine_max_rows or share > contract.quarantine_max_share:
        worst = max(
            (finding for finding in findings if finding.severity == "quarantine"),
            key=lambda finding: finding.rows,
        )
        where = f" in kolom {worst.column}" if worst.column else ""
        raise Refusal(
            "te_veel_fouten",
            f"{aside} van {count_of(rows, 'rij voldoet', 'rijen voldoen')} niet; toegestaan zijn "
            f"ten hoogste {contract.quarantine_max_rows} rijen en "
            f"{contract.quarantine_max_share:.0%}; vooral controle {worst.rule}{where}",
            "herstel de rijen in de bron en lever het hele bestand opnieuw",
            findings=[worst, *(finding for finding in findings if finding is not worst)],
        )


def refusal_by_rule(finding: Finding) -> Refusal:
    """The refusal that a broken rule on the whole delivery leads to."""
    return Refusal(
        finding.rule,
        f"{count_of(finding.rows, 'rij voldoet', 'rijen voldoen')} niet aan controle "
        f"{finding.rule} (kolom {finding.column})",
        "herstel de rijen in de bron en lever opnieuw",
        findings=[finding],
    )
