"""Findings in deliveries: new ones, those that were there before, and those that were mended.

Here: findings at the door. Not here: whether deliveries came (`quality`).

The warehouse of the benchmark has no deliveries and so no findings; those of a whole chain are
compared in `tests/indicators/test_plain_sql.py`.
"""

from tests.bench.plain_counts.cells import count_cells, number
from tests.bench.plain_handoffs import Plain


def count(plain: Plain) -> None:
    """Add the cells of this chapter."""
    _write(plain)
    count_cells(
        plain,
        "from plain.finding",
        "reference_date",
        [
            number("findings_new", "not is_accepted and not was_there", "organisation"),
            number("findings_persisting", "not is_accepted and was_there", "organisation"),
        ],
    )
    count_cells(
        plain,
        "from plain.finding where is_resolved",
        "next_whole_on",
        [number("findings_resolved", "true", "organisation")],
    )


def _write(plain: Plain) -> None:
    """Each finding between the occasions on which its rule was judged before and after.

    What is in a file is judged whenever one comes, and a refused one only in part; lateness once a
    month something came, absence every month.
    """
    plain.connection.execute(
        """
        create or replace table plain.finding as
        with occasion as (
            select distinct organisation, table_name, 'content' as judged_by, reference_date,
                version, status in ('on_time', 'late') as is_whole
            from raw.delivery where status <> 'missing'
            union all
            select distinct organisation, table_name, 'arrival', reference_date, null, true
            from raw.delivery where status in ('on_time', 'late')
            union all
            select distinct organisation, table_name, 'expected', reference_date, null, true
            from raw.delivery
            where status in ('on_time', 'late', 'missing')
                and reference_date = last_day(reference_date)
        ),
        numbered as (
            select *, row_number() over (
                partition by organisation, table_name, judged_by
                order by reference_date, version, is_whole) as place
            from occasion
        ),
        framed as (
            select *, max(place) filter (is_whole) over (
                    partition by organisation, table_name, judged_by order by place
                    rows between unbounded preceding and 1 preceding) as previous_whole,
                min(place) filter (is_whole) over later as next_whole,
                min(reference_date) filter (is_whole) over later as next_whole_on
            from numbered window later as (
                partition by organisation, table_name, judged_by order by place
                rows between 1 following and unbounded following)
        ),
        placed as (
            select f.organisation, f.table_name, f.rule, f.column_name, f.is_accepted,
                f.reference_date, o.place, previous_whole, next_whole, next_whole_on
            from raw.finding f left join framed o
                on f.organisation = o.organisation and f.table_name = o.table_name
                and f.reference_date = o.reference_date
                and judged_by = case f.rule
                    when 'levering_ontbreekt' then 'expected'
                    when 'levering_te_laat' then 'arrival'
                    else 'content'
                end
                and (judged_by <> 'content' or (
                    f.version = o.version and (f.status in ('on_time', 'late')) = o.is_whole))
        ),
        seen as (
            select *,
                max(place) over (same range between unbounded preceding and 1 preceding) as before,
                min(place) over (same range between 1 following and unbounded following) as after
            from placed window same as (
                partition by organisation, table_name, rule, column_name, place is null
                order by place)
        )
        select organisation, reference_date, is_accepted,
            coalesce(before >= coalesce(previous_whole, 0), false) as was_there,
            next_whole is not null and coalesce(after > next_whole, true) as is_resolved,
            next_whole_on
        from seen
        """
    )
