"""The quality of the data under each figure: of exactly the deliveries it was made from.

Here: what is known of the inputs of each indicator, over the whole period shown, and the badge in
the table that is published.
Not here: which tables an indicator is made from (`inputs`), what there is to say of what is found
(`verdict`); findings, linkage and punctuality themselves (`pipelines.deliveries`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd

from pipelines.indicators.register import Indicator
from pipelines.indicators.verdict import HandoffRows, Inputs, Occurrences, as_told, judge

# A table whose last good state is older than this many months is not fit: a quarter is missing.
NOT_FIT_MONTHS = 3
# The period shown: the newest quarter and three years before it, which is a year to compare with
# and the twelve points that limits take. What went wrong before it colours no badge of today
# (2026-11, data engineers).
SHOWN_QUARTERS = 13
# Cases open for longer than any that ended within this many years are suspected to have ended.
_YEARS_OF_ENDS = 2
# Pairs of ends of which one never came first, before that is taken for an order (2026-11, data
# engineers: with one in ten the other way round, thirty in a row have a chance of 4%).
_FEWEST_IN_ORDER = 30
_RECEIVED = ("on_time", "late")
_DELIVERY_COLUMNS = (
    "reference_date, version, status, rows, rows_quarantined, sha256, is_used, is_open"
)
# By kind, the tables it is remarked of, each with the reference dates of the deliveries.
Remarks = Mapping[str, Mapping[str, tuple[date, ...]]]


def shown_since(reference_day: date) -> date:
    """First day of the period shown at a reference date."""
    quarter = reference_day.year * 4 + (reference_day.month - 1) // 3 - (SHOWN_QUARTERS - 1)
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)


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
    unseen = _unseen_milestones(connection)
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


def rows_of_handoffs(
    connection: duckdb.DuckDBPyConnection, since: date, reference_day: date
) -> dict[str, HandoffRows]:
    """What is amiss in the rows of each hand-off, in the period shown.

    A stop is missing for certain where the hand-off that begins with it was completed without a
    start, and where one that begins alike and never ended first has ended: what is judged was
    received. Cases that never end look the same as any other missing stop.

    Args:
        connection: Open warehouse with the hand-offs and both their sides.
        since: First day of the period.
        reference_day: Reference date of the build.
    """
    rows = connection.execute(
        """
        with rows_of_handoff as (
            select
                handoff_id,
                subject_id,
                subject_type,
                status,
                start_date,
                coalesce(start_date, stop_date) >= $since as is_shown,
                -- Of a case that is open until when it is followed.
                coalesce(stop_date, competing_at::date, followed_until) as end_date,
            from marts.fct_handoff
        ),
        longest as (
            select handoff_id, max(end_date - start_date) as longest_days
            from rows_of_handoff
            where status in ('completed', 'competing')
                and end_date > $reference_day - to_years($years)
            group by handoff_id
        ),
        milestones as (
            select
                handoff_id,
                string_split(start_milestone, '|') as starts,
                string_split(stop_milestone, '|') as stops,
            from marts.dim_handoff
        ),
        related as (
            select
                mine.handoff_id,
                other.handoff_id as other_id,
                list_has_any(mine.stops, other.starts) as is_followed_by,
                list_has_any(mine.starts, other.starts) as is_begun_alike,
            from milestones as mine
            inner join milestones as other on mine.handoff_id <> other.handoff_id
        ),
        never_first as (
            select related.handoff_id, other_id
            from related
            inner join rows_of_handoff as mine on related.handoff_id = mine.handoff_id
            inner join rows_of_handoff as other
                on related.other_id = other.handoff_id
                    and mine.subject_type = other.subject_type
                    and mine.subject_id = other.subject_id
                    and mine.start_date = other.start_date
            where is_begun_alike and mine.status = 'completed' and other.status = 'completed'
            group by all
            having count(*) >= $fewest and bool_and(other.end_date >= mine.end_date)
        ),
        gone_on as (
            select distinct
                related.handoff_id, subject_type, subject_id, end_date,
                null::date as start_date
            from rows_of_handoff
            inner join related on rows_of_handoff.handoff_id = related.other_id
            where is_followed_by and status = 'stop_only'
            union
            -- Of the same time round: one that began alike on another day is another.
            select never_first.handoff_id, subject_type, subject_id, end_date, start_date
            from rows_of_handoff
            inner join never_first on rows_of_handoff.handoff_id = never_first.other_id
            where status = 'completed'
        ),
        unsent as (
            select handoff_id, count(*) as n_unsent
            from marts.fct_handoff_reconciliation
            where status = 'received_never_sent' and period_date >= $since
            group by handoff_id
        )
        select
            handoff_id,
            count(*) filter (is_shown),
            count(*) filter (is_shown and status = 'negative'),
            count(*) filter (is_shown and status = 'stop_unknown'),
            count(*) filter (is_shown and status = 'stop_only'),
            count(*) filter (is_shown and status = 'open' and exists (
                from gone_on
                where gone_on.handoff_id = rows_of_handoff.handoff_id
                    and gone_on.subject_type = rows_of_handoff.subject_type
                    and gone_on.subject_id = rows_of_handoff.subject_id
                    and gone_on.end_date >= rows_of_handoff.start_date
                    and coalesce(gone_on.start_date, rows_of_handoff.start_date)
                    = rows_of_handoff.start_date
            )),
            coalesce(any_value(n_unsent), 0),
            count(*) filter (status = 'open' and end_date - start_date > longest_days)
        from rows_of_handoff
        left join longest using (handoff_id)
        left join unsent using (handoff_id)
        group by handoff_id
        """,
        {
            "since": since,
            "reference_day": reference_day,
            "years": _YEARS_OF_ENDS,
            "fewest": _FEWEST_IN_ORDER,
        },
    ).fetchall()
    return {handoff: HandoffRows(*counts) for handoff, *counts in rows}


def _unseen_milestones(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Per hand-off: its milestones that never occurred in the event log they come from.

    Without a stop that ever occurs every case looks open, and nothing else is amiss.
    """
    rows = connection.execute(
        """
        with unseen as (
            select milestone, organisation from marts.dim_milestone as known
            where exists (
                from raw.event_log as log
                where log.organisation = known.organisation and log.table_name = known.table_name
            ) and not exists (
                from raw.event_log as log
                where log.organisation = known.organisation and log.milestone = known.milestone
            )
        ),
        played as (
            select handoff_id, unnest(string_split(
                concat_ws('|', start_milestone, stop_milestone, competing_milestone), '|'
            )) as milestone
            from marts.dim_handoff
        )
        select handoff_id, list(distinct unseen.milestone order by unseen.milestone)
        from played inner join unseen
            on played.milestone
                in (unseen.milestone, unseen.organisation || '.' || unseen.milestone)
        group by handoff_id
        """
    ).fetchall()
    return {handoff: tuple(milestones) for handoff, milestones in rows}


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
    months_behind = {table: _months_between(day, reference_day) for table, day in known.items()}
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


def remarks_on(deliveries: pd.DataFrame, reference_day: date) -> Remarks:
    """What is to be remarked of the deliveries in the period shown.

    Args:
        deliveries: Columns `name, reference_date, version, status, rows, sha256, is_open`.
        reference_day: Reference date of the build.

    Returns:
        By kind (`late`, `skipped`, `partial`, `corrected`, `doubled`) the tables, each with the
        reference dates.
    """
    keys = ["name", "reference_date"]
    shown = deliveries[deliveries["reference_date"] >= shown_since(reference_day)]
    came = shown[shown["status"].isin([*_RECEIVED, "held", "damaged"])][keys].drop_duplicates()
    asked = shown[shown["reference_date"] < reference_day][keys].drop_duplicates()
    asked = asked.merge(came, how="left", indicator="found")
    found = pd.concat(
        [
            shown[shown["status"] == "late"][keys].assign(kind="late"),
            asked[asked["found"] == "left_only"][keys].assign(kind="skipped"),
            _delivered_again(shown),
        ]
    ).drop_duplicates()
    remarks: dict[str, dict[str, tuple[date, ...]]] = {}
    for (kind, table), days in found.groupby(["kind", "name"])["reference_date"]:
        remarks.setdefault(str(kind), {})[str(table)] = tuple(sorted(days))
    return remarks


def _delivered_again(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Deliveries that came in several versions, and how the last differs from the first.

    Returns:
        Columns `name, reference_date, kind`: `doubled` has the same content, `partial` more rows in
        the last version, and `corrected` anything else.
    """
    landed = deliveries[deliveries["status"].isin([*_RECEIVED, "held"]) & ~deliveries["is_open"]]
    versions = landed.sort_values("version").groupby(["name", "reference_date"])
    first, last = versions.nth(0), versions.nth(-1)
    keys = ["name", "reference_date"]
    pair = first.merge(last, on=keys, suffixes=("", "_last"))
    pair = pair[pair["version"] != pair["version_last"]]
    kind = pd.Series("corrected", index=pair.index)
    kind[pair["rows_last"] > pair["rows"]] = "partial"
    kind[pair["sha256_last"] == pair["sha256"]] = "doubled"
    return pair[keys].assign(kind=kind)


def _absent(tables: set[str], latest: pd.DataFrame) -> set[str]:
    """Tables expected on the reference date of which nothing good came."""
    expected = set(latest["name"]) & tables
    return expected - set(latest.loc[latest["status"].isin(_RECEIVED), "name"])


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
