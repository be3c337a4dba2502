"""The quality of the data under each figure: exactly the deliveries it was made from.

Here: which tables feed an indicator, and the badge with the sentence why.
Not here: findings and punctuality themselves (`pipelines.deliveries`).
"""

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.indicators.register import Indicator

# More rows set aside, or stopped before their start, than this share asks for caution
# (2026-11, data engineers: at 2% a quarterly median of 100 cases can shift by a day).
CAUTION_SHARE = 0.02
# A table whose last good state is older than this many months is not fit: a quarter is missing.
NOT_FIT_MONTHS = 3


def feeding_tables(
    connection: duckdb.DuckDBPyConnection, register: list[Indicator], manifest: Path
) -> dict[str, set[str]]:
    """Delivered tables each indicator is made from.

    Args:
        connection: Open warehouse with `marts.dim_handoff` and `marts.dim_milestone`.
        register: The indicators.
        manifest: Manifest of the dbt project, for the lineage of marts.

    Returns:
        Names `<organisation>_<table>` by indicator id.
    """
    by_handoff = _tables_of_handoffs(connection)
    by_mart = _tables_of_marts(json.loads(manifest.read_text(encoding="utf-8")))
    return {
        one.id: set(by_handoff.get(one.handoff or "", set()))
        | (by_mart.get(one.mart, set()) if one.mart and not one.handoff else set())
        for one in register
    }


def _tables_of_handoffs(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    rows = connection.execute(
        """
        with named as (
            select handoff_id, unnest([
                start_milestone, stop_milestone, competing_milestone, sent_milestone,
                received_milestone
            ]) as milestone
            from marts.dim_handoff
        )
        select distinct handoff_id, organisation || '_' || table_name
        from named inner join marts.dim_milestone
            on named.milestone = dim_milestone.milestone
            or named.milestone = dim_milestone.organisation || '.' || dim_milestone.milestone
        """
    ).fetchall()
    tables: dict[str, set[str]] = defaultdict(set)
    for handoff, table in rows:
        tables[handoff].add(table)
    return tables


def _tables_of_marts(manifest: dict[str, Any]) -> dict[str, set[str]]:
    parents: dict[str, list[str]] = manifest["parent_map"]

    def sources(node: str, seen: set[str]) -> set[str]:
        found: set[str] = set()
        for parent in parents.get(node, []):
            if parent in seen:
                continue
            seen.add(parent)
            if parent.startswith("source."):
                found.add(manifest["sources"][parent]["identifier"])
            else:
                found |= sources(parent, seen)
        return found

    models = [node for node in parents if node.startswith("model.")]
    return {node.rsplit(".", 1)[-1]: sources(node, set()) for node in models}


def quality_of_indicators(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    feeding: dict[str, set[str]],
    reference_day: date,
) -> pd.DataFrame:
    """Badge and sentence per indicator.

    Args:
        connection: Open warehouse with `raw.delivery`, `raw.finding` and `marts.fct_handoff`.
        register: The indicators.
        feeding: Tables each indicator is made from.
        reference_day: Reference date of the build.

    Returns:
        One row per indicator: `indicator, badge, sentence_nl, sentence_en, n_findings,
        n_missing_deliveries, n_late_deliveries`.
    """
    deliveries = connection.execute(
        "select organisation || '_' || table_name as name, reference_date, status, rows, "
        "rows_quarantined, is_used from raw.delivery"
    ).df()
    deliveries["reference_date"] = pd.to_datetime(deliveries["reference_date"]).dt.date
    findings = connection.execute(
        "select organisation || '_' || table_name as name, count(*) as n from raw.finding "
        "where severity in ('critical', 'warning') group by all"
    ).fetchall()
    n_findings = dict(findings)
    set_aside = _handoffs_set_aside(connection)
    return pd.DataFrame(
        [
            _quality(
                one.id,
                feeding[one.id],
                deliveries,
                n_findings,
                set_aside.get(one.handoff or "", (0, 0)),
                reference_day,
            )
            for one in register
        ]
    )


def _handoffs_set_aside(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Per hand-off: how many stopped before their start, and of how many."""
    rows = connection.execute(
        "select handoff_id, count(*) filter (where status = 'negative'), count(*) "
        "from marts.fct_handoff group by handoff_id"
    ).fetchall()
    return {handoff: (negative, total) for handoff, negative, total in rows}


def _quality(
    indicator: str,
    tables: set[str],
    deliveries: pd.DataFrame,
    n_findings: dict[str, int],
    stopped_early: tuple[int, int],
    reference_day: date,
) -> dict[str, object]:
    mine = deliveries[deliveries["name"].isin(tables)]
    latest = mine[mine["reference_date"] == reference_day]
    absent = sorted(_absent(tables, latest))
    refused = sorted(set(latest.loc[latest["status"] == "refused", "name"]))
    late = sorted(set(latest.loc[latest["status"] == "late", "name"]))
    stale = sorted(
        table for table in absent if _months_behind(table, mine, reference_day) >= NOT_FIT_MONTHS
    )
    used = mine[mine["is_used"]]
    n_rows, n_set_aside = used["rows"].sum(), used["rows_quarantined"].sum()
    set_aside = n_set_aside / (n_rows + n_set_aside) if n_rows + n_set_aside else 0.0
    if stale:
        badge = "not_fit"
        why = (f"Exclusief levering {', '.join(stale)}.", f"Without delivery {', '.join(stale)}.")
    elif absent:
        badge = "caution"
        why = (
            f"Exclusief de laatste levering van {', '.join(absent)}; de vorige stand telt.",
            f"Without the latest delivery of {', '.join(absent)}; the previous state counts.",
        )
    elif refused:
        badge = "caution"
        why = (
            f"Een herlevering van {', '.join(refused)} is geweigerd; de vorige stand telt.",
            f"A redelivery of {', '.join(refused)} was refused; the previous state counts.",
        )
    elif set_aside > CAUTION_SHARE:
        badge = "caution"
        why = (
            f"{100 * set_aside:.1f}% van de rijen is terzijde gelegd.".replace(".", ",", 1),
            f"{100 * set_aside:.1f}% of the rows were set aside.",
        )
    elif stopped_early[0] > CAUTION_SHARE * stopped_early[1]:
        badge = "caution"
        why = (
            f"{stopped_early[0]} van {stopped_early[1]} overdrachten stopten vóór hun start; "
            "zij zijn apart gezet en tellen niet mee.",
            f"{stopped_early[0]} of {stopped_early[1]} hand-offs stopped before their start; "
            "they are set aside and do not count.",
        )
    elif late:
        badge = "good"
        why = (
            f"Compleet; te laat geleverd: {', '.join(late)}.",
            f"Complete; delivered late: {', '.join(late)}.",
        )
    else:
        badge = "good"
        why = (
            "Alle leveringen zijn op tijd en compleet.",
            "All deliveries are on time and complete.",
        )
    return {
        "indicator": indicator,
        "badge": badge,
        "sentence_nl": why[0],
        "sentence_en": why[1],
        "n_findings": sum(n_findings.get(table, 0) for table in tables) + (stopped_early[0] > 0),
        "n_missing_deliveries": len(absent),
        "n_late_deliveries": len(late),
    }


def _absent(tables: set[str], latest: pd.DataFrame) -> set[str]:
    """Tables expected on the reference date of which nothing good came."""
    expected = set(latest["name"]) & tables
    return expected - set(latest.loc[latest["status"].isin(["on_time", "late"]), "name"])


def _months_behind(table: str, deliveries: pd.DataFrame, reference_day: date) -> int:
    good = deliveries[
        (deliveries["name"] == table) & deliveries["status"].isin(["on_time", "late"])
    ]["reference_date"]
    if good.empty:
        return NOT_FIT_MONTHS
    last: date = max(good)
    return (reference_day.year - last.year) * 12 + reference_day.month - last.month
