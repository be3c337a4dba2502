"""Quality of what is delivered: whether keys join, and whether deliveries came.

Here: linkage of cases per organisation, and deliveries.
Not here: what was found in them (`findings`).
"""

from tests.bench.plain_counts.cells import Entry, count_cells, local_day, share, today
from tests.bench.plain_handoffs import Plain

# A case begins in one of three tables; a key found only elsewhere joins nothing.
_BEGINS = (("om", "casus"), ("politie", "melding"), ("nctv", "aanwijzing"))


def count(plain: Plain) -> None:
    """Add the cells of this chapter."""
    _linkage(plain)
    _deliveries(plain)


def _linkage(plain: Plain) -> None:
    begun = " union ".join(
        f"select case_key from ({_first_day(plain, *one)}) where day <= {today(plain)}"
        for one in _BEGINS
    )
    recorded = " union all ".join(
        f"select '{organisation}' as organisation, case_key, day "
        f"from ({_first_day(plain, organisation, table)})"
        for organisation, table in _tables(plain)
        if (organisation, table) not in _BEGINS
    )
    count_cells(
        plain,
        f"""
        with recorded as (
            select organisation, case_key, min(day) as day from ({recorded})
            where day <= {today(plain)} and case_key is not null group by all
        ),
        begun as ({begun})
        select organisation, day, begun.case_key is not null as is_linked
        from recorded left join begun using (case_key)
        """,
        "day",
        [share("linkage_share", "is_linked", "organisation")],
    )


def _tables(plain: Plain) -> list[tuple[str, str]]:
    """Tables that record milestones of cases."""
    return plain.connection.execute(
        """
        select distinct m.organisation, m.table_name from marts.dim_milestone as m
        inner join duckdb_columns() as c
            on c.schema_name = 'raw' and c.column_name = 'case_key'
            and c.table_name = m.organisation || '_' || m.table_name
        order by all
        """
    ).fetchall()


def _first_day(plain: Plain, organisation: str, table: str) -> str:
    """Case and first day of the milestones of each row."""
    delivered = f"{organisation}_{table}"
    columns = dict(
        plain.connection.execute(
            """
            select column_name, data_type from duckdb_columns()
            where schema_name = 'raw' and table_name = $delivered
                and column_name in (
                    select milestone || '_at' from marts.dim_milestone
                    where organisation = $organisation and dim_milestone.table_name = $table
                )
            """,
            {"delivered": delivered, "organisation": organisation, "table": table},
        ).fetchall()
    )
    days = [name for name, kind in columns.items() if kind == "DATE"]
    moments = [name for name, kind in columns.items() if kind != "DATE"]
    if moments:
        days.append(local_day(f"least({', '.join(moments)})"))
    return f"select case_key, least({', '.join(days)}) as day from raw.{delivered}"


def _deliveries(plain: Plain) -> None:
    """A redelivery, or a refused file beside an accepted one, is no second expected delivery."""
    is_received = "status in ('on_time', 'late')"
    count_cells(
        plain,
        """
        select *, row_number() over (
            partition by organisation, table_name, reference_date
            order by status in ('refused', 'held', 'damaged'), version, sha256) = 1 as is_judged
        from raw.delivery
        """,
        "reference_date",
        [
            share(
                "delivery_received_share",
                f"case when is_judged then {is_received} end",
                "organisation",
            ),
            share(
                "delivery_on_time_share",
                "case when is_judged then status = 'on_time' end",
                "organisation",
            ),
            Entry(
                "delivery_rows_accepted_share",
                "share",
                f"sum(rows) filter ({is_received})",
                f"sum(rows + rows_quarantined) filter ({is_received})",
                ("organisation",),
            ),
        ],
    )
