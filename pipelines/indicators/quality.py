"""The quality of the data under each figure: of exactly the deliveries it was made from.

Here: what is known of the inputs of each indicator, over the whole period shown, and the badge in
the table that is published.
Not here: which tables an indicator is made from (`inputs`), what is amiss in its rows
(`handoff_rows`) and remarked of its deliveries (`delivery_remarks`), what there is to say of what
is found (`verdict`); findings, linkage and punctuality themselves (`pipelines.deliveries`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd

from pipelines.indicators.delivery_remarks import RECEIVED, Remarks, remarks_on, shown_since
from pipelines.indicators.handoff_rows import rows_of_handoffs, unseen_milestones
from pipelines.indicators.register import Indicator
from pipelines.indicators.verdict import HandoffRows, Inputs, Occurrences, as_told, judge
from pipelines.periods import month_number

# A table whose last good state is older than this many months is not fit: a quarter is missing.
NOT_FIT_MONTHS = 3
_DELIVERY_COLUMNS = (
    "reference_date, version, status, rows, rows_quarantined, sha256, is_used, is_open"
)


def quality_of_indicators(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    feeding: dict[str, set[str]],
    growing_since: Mapping[str, date],
    reference_day: date,
) -> pd.DataFrame:
    """Badge and reasons per indicator.

    Args:
        connection: Open warehouse with `raw.delivery`, `raw.finding`, `marts.fct_handoff` and
            `marts.fct_handoff_reconciliation`.
        register: The indicators.
        feeding: Tables each indicator is made from.
        growing_since: First day of the periods that still grow, by indicator.
        reference_day: Reference date of the build.

    Returns:
        One row per indicator: `indicator, badge, reasons, status, completeness, linkage,
        n_findings, n_missing_deliveries, n_late_deliveries, suspected_missing_stops`.
        The status is what a figure becomes for an audience that gets no figures on unfit data:
        `withheld`, `not_delivered`, or `ok` where it stays.
    """
    deliveries = connection.execute(
        f"select organisation || '_' || table_name as name, {_DELIVERY_COLUMNS}, "
        "followed_until as known_until from raw.delivery "
        "left join intermediate.int_table_followed using (organisation, table_name)"
    ).df()
    for day in ("reference_date", "known_until"):
        deliveries[day] = pd.to_datetime(deliveries[day]).dt.date
    n_findings = dict(
        connection.execute(
            "select organisation || '_' || table_name, count(*) from raw.finding "
            "where severity in ('critical', 'warning') group by all"
        ).fetchall()
    )
    linked = _linked_keys(connection)
    handoffs = rows_of_handoffs(connection, shown_since(reference_day), reference_day)
    unseen = unseen_milestones(connection)
    remarks = remarks_on(deliveries, reference_day)
    return pd.DataFrame(
        [
            _row(
                indicator.id,
                growing_since.get(indicator.id),
                inputs_of(
                    feeding[indicator.id],
                    deliveries,
                    n_findings,
                    linked,
                    # A reconciliation counts them as a figure of its own.
                    None
                    if indicator.kind == "reconciliation"
                    else handoffs.get(indicator.handoff or ""),
                    reference_day,
                    remarks,
                    unseen.get(indicator.handoff or "", ()),
                ),
            )
            for indicator in register
        ]
    )


def _row(indicator: str, growing: date | None, inputs: Inputs) -> dict[str, object]:
    verdict, rows = judge(replace(inputs, growing_since=growing)), inputs.handoff
    return {
        "indicator": indicator,
        "badge": verdict.badge,
        "reasons": verdict.told,
        "status": verdict.status,
        "completeness": _as_told(inputs.completeness),
        "linkage": _as_told(inputs.linkage),
        "n_findings": inputs.n_findings + (rows.n_early > 0) + (rows.n_unknown > 0),
        "n_missing_deliveries": len(inputs.absent) + _number(inputs.skipped),
        "n_late_deliveries": _number(inputs.late),
        "suspected_missing_stops": rows.n_suspected,
    }


def _as_told(share: float | None) -> float | None:
    return None if share is None else as_told(share)


def _number(found: Occurrences) -> int:
    return sum(len(days) for _, days in found)


def _linked_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Per organisation: case keys found where cases begin, and of how many."""
    exists = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'fct_linkage'"
    ).fetchone()
    if exists is None:
        return {}
    rows = connection.execute(
        "select organisation, count(*) filter (where is_linked), count(*) "
        "from marts.fct_linkage group by organisation"
    ).fetchall()
    return {organisation: (linked, total) for organisation, linked, total in rows}


def inputs_of(
    tables: set[str],
    deliveries: pd.DataFrame,
    n_findings: Mapping[str, int],
    linked: Mapping[str, tuple[int, int]],
    handoff: HandoffRows | None,
    reference_day: date,
    remarks: Remarks,
    unseen: tuple[str, ...] = (),
) -> Inputs:
    """What is known of some tables at the reference date, and of the period shown with it.

    Args:
        tables: Names `<organisation>_<table>`.
        deliveries: Columns `name, reference_date, status, rows, rows_quarantined, is_used,
            is_open, known_until`: the last day its table tells of, missing where nothing usable
            of it came.
        n_findings: Findings by table.
        linked: Linked and all case keys by organisation.
        handoff: Rows of its hand-off; None where the indicator counts none.
        reference_day: Reference date of the build.
        remarks: What is remarked of deliveries in the period shown.
        unseen: Milestones that never occurred in the event log they come from.
    """
    mine = deliveries[deliveries["name"].isin(tables)]
    latest = mine[mine["reference_date"] == reference_day]
    absent = sorted(_absent(tables, latest))
    known = dict(mine.dropna(subset="known_until").groupby("name")["known_until"].first())
    beyond = {table for table, day in known.items() if day < reference_day} - {*absent}
    months_behind = {
        table: month_number(reference_day) - month_number(day) for table, day in known.items()
    }
    used = mine[mine["is_used"]]
    n_rows, n_set_aside = int(used["rows"].sum()), int(used["rows_quarantined"].sum())
    suppliers = sorted({table.split("_", 1)[0] for table in tables} & linked.keys())
    keys = [linked[organisation] for organisation in suppliers]
    n_keys = sum(total for _, total in keys)

    def of_status(status: str, among: pd.DataFrame) -> tuple[str, ...]:
        return tuple(sorted(set(among.loc[among["status"] == status, "name"])))

    # What is not counted of an earlier change file is missing from the state of today as well.
    still_open = mine[mine["is_open"]]

    def remarked(kind: str) -> Occurrences:
        found = remarks.get(kind, {})
        return tuple((table, found[table]) for table in sorted(tables & found.keys()))

    return Inputs(
        since=shown_since(reference_day),
        never=tuple(table for table in absent if table not in known),
        stale=tuple(sorted(table for table, n in months_behind.items() if n >= NOT_FIT_MONTHS)),
        absent=tuple(absent),
        refused=of_status("refused", latest[latest["is_open"]]),
        held=of_status("held", still_open),
        damaged=of_status("damaged", still_open),
        beyond=tuple(sorted(beyond)),
        unseen=unseen,
        late=remarked("late"),
        skipped=remarked("skipped"),
        partial=remarked("partial"),
        corrected=remarked("corrected"),
        doubled=remarked("doubled"),
        n_set_aside=n_set_aside,
        n_rows=n_rows + n_set_aside,
        linkage=sum(n_linked for n_linked, _ in keys) / n_keys if n_keys else None,
        suppliers=tuple(suppliers),
        n_findings=sum(n_findings.get(table, 0) for table in tables),
        handoff=handoff or HandoffRows(),
    )


def _absent(tables: set[str], latest: pd.DataFrame) -> set[str]:
    """Tables expected on the reference date of which nothing good came."""
    expected = set(latest["name"]) & tables
    return expected - set(latest.loc[latest["status"].isin(RECEIVED), "name"])
