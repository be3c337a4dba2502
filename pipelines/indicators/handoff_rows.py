"""What is amiss in the rows of each hand-off, beyond what one delivery shows of itself.

Here: hand-offs without a start or a stop, out of order or never sent, in the period shown, and
milestones that never occurred.
Not here: what it makes of the badge (`verdict`), and deliveries (`delivery_remarks`).
"""

from datetime import date

import duckdb

from pipelines.indicators.verdict import HandoffRows

# Cases open for longer than any that ended within this many years are suspected to have ended.
_YEARS_OF_ENDS = 2
# Pairs of ends of which one never came first, before that is taken for an order (2026-11, data
# engineers: with one in ten the other way round, thirty in a row have a chance of 4%).
_FEWEST_IN_ORDER = 30


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


def unseen_milestones(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
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
