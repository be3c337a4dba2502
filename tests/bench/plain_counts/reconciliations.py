"""Two-sided hand-offs: how many transfers have which status, and how far both sides lie apart.

Here: the cells, and quantiles of the difference. Not here: which status a transfer has
(`plain_handoffs`).
"""

from tests.bench.plain_counts.cells import PERIODS, cells_of, month
from tests.bench.plain_handoffs import DIMENSIONS, Plain

_STATUSES = (
    "matched", "out_of_tolerance", "sent_never_received", "received_never_sent", "negative",
)  # fmt: skip


def count(plain: Plain) -> None:
    """Add the cells of this chapter; what is in transit is not judged."""
    of_status = ", ".join(f"count(*) filter (status = '{one}') as {one}" for one in _STATUSES)
    summed = ", ".join(f"sum({one}) as {one}" for one in (*_STATUSES, "n"))
    plain.connection.execute(
        f"""
        insert into plain.counted
        with monthly as (
            select handoff_id, {month("day")} as month, {", ".join(DIMENSIONS)}, {of_status},
                count(*) as n
            from plain.reconciliation where status <> 'in_transit' and day is not null
            group by all
        ),
        cell as ({cells_of("monthly", list(DIMENSIONS), summed, also="handoff_id")})
        select 'reconciliation_' || lower(handoff_id), 'share', unnest({list(_STATUSES)}),
            period_grain, period, dimension, member, unnest([{", ".join(_STATUSES)}]), n
        from cell inner join marts.dim_handoff using (handoff_id)
        where dimension = 'national' or list_contains(string_split(dimensions, '|'), dimension)
        """
    )


def write_differences(plain: Plain) -> None:
    """Add to `plain.figure`: quantiles of received less sent, nationally, by the day of sending."""
    cells = " union all ".join(
        f"""
        select handoff_id, '{grain}' as period_grain, {period} as period, count(*) as n,
            quantile_cont(difference_hours, [0.1, 0.5, 0.9]) as hours
        from dated group by all
        """
        for grain, period in PERIODS.items()
    )
    plain.connection.execute(
        f"""
        insert into plain.figure by name
        with dated as (
            select handoff_id, difference_hours, {month("day")} as month
            from plain.reconciliation
            where difference_hours is not null and status <> 'in_transit' and day is not null
        )
        select 'reconciliation_' || lower(handoff_id) as indicator, 'difference' as kind,
            'difference_' || unnest(['p10', 'median', 'p90']) as statistic, period_grain, period,
            'national' as dimension, 'national' as member, n as numerator, n as denominator,
            unnest(hours) as value
        from ({cells})
        """
    )
