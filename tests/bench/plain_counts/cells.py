"""From the rows of a source to the cells of its entries.

Here: periods, dimensions, and the zeros of what is counted.
Not here: any entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.plain_handoffs import Plain

_ZONE = "'Europe/Amsterdam'"
PERIODS = {
    "month": "strftime(month, '%Y-%m')",
    "quarter": "year(month) || '-Q' || quarter(month)",
    "year": "year(month)::varchar",
    "all": "'all'",
}


@dataclass(frozen=True)
class Entry:
    """An entry of the register over the rows of its source.

    Attributes:
        indicator: Its id.
        kind: `share`, `rate`, `number` (a count or a flow) or `stock`.
        numerator: Aggregate over rows; null where they say nothing about the entry.
        denominator: Likewise; `null` for what is only counted.
        dimensions: Columns of the source it is split by.
    """

    indicator: str
    kind: str
    numerator: str
    denominator: str
    dimensions: tuple[str, ...]

    @property
    def statistic(self) -> str:
        """What numerator and denominator make together."""
        return self.kind if self.kind in {"share", "rate"} else "count"

    @property
    def has_zeros(self) -> bool:
        """Whether nothing in a period is the figure 0."""
        return self.kind in {"number", "stock"}


def share(indicator: str, flag: str, *dimensions: str) -> Entry:
    """Of the rows where the flag is known, those where it is true."""
    return Entry(indicator, "share", f"sum(({flag})::integer)", f"count({flag})", dimensions)


def number(indicator: str, flag: str, *dimensions: str) -> Entry:
    """How many rows have the flag."""
    return Entry(indicator, "number", f"sum(1) filter ({flag})", "null", dimensions)


def stock(indicator: str, column: str, *dimensions: str) -> Entry:
    """What is there at the month end that closes a period: rows of `month`, its first day."""
    return Entry(indicator, "stock", f"sum({column})", "null", dimensions)


def rate(indicator: str, numerator: str, denominator: str, *dimensions: str) -> Entry:
    """Two numbers on each row, added up."""
    return Entry(indicator, "rate", f"sum({numerator})", f"sum({denominator})", dimensions)


def local_day(moment: str) -> str:
    """The day of a moment in Amsterdam."""
    return f"timezone({_ZONE}, {moment})::date"


def today(plain: Plain) -> str:
    """The reference date."""
    return f"date '{plain.reference_date}'"


def month(day: str) -> str:
    """First day of the month of a day."""
    return f"date_trunc('month', {day})::date"


def months(first: str, after: str) -> str:
    """A row per month, from the month of one day to before the month of another."""
    ends = f"{month(first)}::timestamp, {month(after)}::timestamp"
    return f"unnest(range({ends}, interval 1 month))::date"


def create_counted(plain: Plain) -> None:
    """An empty `plain.counted`."""
    plain.connection.execute(
        """
        create or replace table plain.counted (
            indicator varchar, kind varchar, statistic varchar, period_grain varchar,
            period varchar, dimension varchar, member varchar, numerator double,
            denominator double
        )
        """
    )


def count_cells(
    plain: Plain, rows: str, day: str, entries: Sequence[Entry], since: str = "null::date"
) -> None:
    """Add the cells of entries that share their rows and the day by which these are dated.

    The rows are added up per month and combination of members first; every coarser cell is made
    from those few.

    Args:
        plain: The peer.
        rows: A query.
        day: Column with the day of a row.
        entries: What to count; only stocks, or none.
        since: A day from which on nothing is the figure 0, where that is before the first row.
    """
    dimensions = sorted({name for one in entries for name in one.dimensions})
    added = "".join(
        f", {one.numerator} as n_{place}, {one.denominator} as d_{place}"
        for place, one in enumerate(entries)
    )
    cells = " union all ".join(
        f"select '{one.indicator}', '{one.kind}', '{one.statistic}', period_grain, period, "
        f"dimension, member, n_{place}, d_{place} from cell "
        f"where n_{place} is not null and dimension in {('national', *one.dimensions, '')}"
        for place, one in enumerate(entries)
    )
    summed = ", ".join(_summed(one, place) for place, one in enumerate(entries))
    plain.connection.execute(
        f"""
        insert into plain.counted
        with monthly as (
            select {", ".join([f"{month(day)} as month", *dimensions])}{added} from ({rows})
            where {day} <= {today(plain)} group by all
        ),
        complete as (from monthly {_zeros(plain, entries, dimensions, since)}),
        cell as ({cells_of("complete", dimensions, summed)})
        {cells}
        """
    )


def cells_of(monthly: str, dimensions: Sequence[str], summed: str, also: str = "") -> str:
    """Rows by month and members, added up in every cell they belong to.

    Args:
        monthly: Table with `month` and the dimensions.
        dimensions: Of the cells; months and the whole history are national only.
        summed: Aggregates of a cell.
        also: A column by which cells are kept apart.
    """
    sets = ["period_month", "period_quarter", "period_year", ""]
    sets += [f"period_{grain}, {one}" for grain in ("quarter", "year") for one in dimensions]
    apart = f"{also}, " if also else ""
    named = ", ".join(f"{PERIODS[one]} as period_{one}" for one in ("month", "quarter", "year"))
    return f"""
        select {apart}
            case
                when grouping(period_month) = 0 then 'month'
                when grouping(period_quarter) = 0 then 'quarter'
                when grouping(period_year) = 0 then 'year'
                else 'all'
            end as period_grain,
            coalesce(period_month, period_quarter, period_year, 'all') as period,
            {member_columns(dimensions)},
            {summed}
        from (
            select *, {named} from {monthly}
        )
        group by grouping sets ({", ".join(f"({(apart + one).rstrip(', ')})" for one in sets)})
        having member is not null"""


def _summed(entry: Entry, place: int) -> str:
    n, d = f"n_{place}", f"d_{place}"
    if entry.kind != "stock":
        return f"sum({n}) as {n}, sum({d}) as {d}"
    # Month ends do not add up, and there is no stock of all time.
    return f"""case
        when grouping(period_month) = 0 then sum({n})
        when grouping(period_quarter) = 0 then sum({n}) filter (month(month) % 3 = 0)
        when grouping(period_year) = 0 then sum({n}) filter (month(month) = 12)
    end as {n}, null as {d}"""


def member_columns(dimensions: Sequence[str]) -> str:
    """Columns `dimension` and `member` of grouping sets with at most one dimension each."""
    columns = {"dimension": "'{}'", "member": "{}"}
    return ", ".join(
        "case "
        + " ".join(f"when grouping({one}) = 0 then {text.format(one)}" for one in dimensions)
        + f" else 'national' end as {column}"
        if dimensions
        else f"'national' as {column}"
        for column, text in columns.items()
    )


def _zeros(plain: Plain, entries: Sequence[Entry], dimensions: list[str], since: str) -> str:
    """A row of nothing per month, nationally and for each member of each dimension."""
    if not any(one.has_zeros for one in entries):
        return ""
    columns = "".join(
        f", case dimension when '{one}' then member end as {one}" for one in dimensions
    )
    zeros = "".join(
        f", {0 if one.has_zeros else 'null'} as n_{place}" for place, one in enumerate(entries)
    )
    # A month is counted from its first day on, a stock once its last is over.
    is_stock = entries[0].kind == "stock"
    after = f"{today(plain)} + 1" if is_stock else f"{today(plain)} + interval 1 month"
    first = f"least((select min(month) from monthly), ({since}))"
    return f"""
        union all by name
        select month{columns}{zeros}
        from (select {months(first, after)} as month)
        cross join (
            select dimension, member from marts.dim_dimension_member
            where dimension in {("national", *dimensions, "")}
        )"""
