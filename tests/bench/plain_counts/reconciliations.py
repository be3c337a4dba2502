"""Two-sided hand-offs: of all transfers either side recorded, how many have which status.

Here: the cells. Not here: which status a transfer has (`plain_handoffs`).
"""

from tests.bench.plain_counts.cells import cells_of, month
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
