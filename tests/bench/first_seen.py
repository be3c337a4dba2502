"""How far agreement first given lies from what it is now: `python -m tests.bench.first_seen`.

Here: the transfers of the last build as every month-end before it knew them, by when they happened
and by the delivery that first carried them, and the agreement of every month when it was first
given beside what it is now.
Not here: the same by building every month-end again, which takes hours
(`tests.bench.late_tables.first_seen`).

What was corrected or withdrawn later is taken as it is now; a month counts from the first
month-end at which most of it is old enough to be judged.
"""

import argparse
from datetime import timedelta

import duckdb
import pandas as pd

from pipelines.indicators.followed import days_until_judged
from pipelines.periods import last_day
from pipelines.settings import load_settings
from pipelines.warehouse import open_warehouse, stored_build_dates
from tests.bench.measured import store

MONTHS = 30


def agreement_seen(
    connection: duckdb.DuckDBPyConnection, month_ends: pd.DatetimeIndex
) -> pd.DataFrame:
    """Agreement of every month, by hand-off and month-end.

    Args:
        connection: Warehouse of a build, with `raw.registration`.
        month_ends: Days at whose end to look.

    Returns:
        Columns `handoff_id, month, seen_on, n, share`: transfers judged, and the share that agrees.
    """
    return connection.execute(
        """
        with month_ends as (select unnest($days)::date as seen_on),
        carried as (
            select milestone.milestone, registration.organisation, case_key, record_key,
                min(carried_by) as carried_by
            from raw.registration as registration
            inner join marts.dim_milestone as milestone
                using (organisation, table_name, column_name)
            group by all
        ),
        sides as (
            select transfer.handoff_id, transfer.subject_id, side,
                any_value(happened_at) as happened_at, min(carried_by) as carried_by
            from (
                select *, unnest(['sent', 'received']) as side,
                    unnest([sent_at, received_at]) as happened_at
                from marts.fct_handoff_reconciliation where status <> 'side_unknown'
            ) as transfer
            inner join marts.dim_handoff as handoff using (handoff_id)
            left join carried
                on string_split(
                    if(side = 'sent', sent_milestone, received_milestone), '.'
                )[-1] = carried.milestone
                and subject_id = if(match_on = 'record_key', carried.record_key, carried.case_key)
            where happened_at is not null
            group by all
        ),
        known as (
            select handoff_id, subject_id, seen_on,
                timezone('Europe/Amsterdam', (seen_on + 1)::timestamp) as seen_at,
                min(happened_at) filter (where side = 'sent') as sent_at,
                min(happened_at) filter (where side = 'received') as received_at
            from sides, month_ends
            where happened_at < timezone('Europe/Amsterdam', (seen_on + 1)::timestamp)
                and coalesce(carried_by <= seen_on, true)
            group by all
        ),
        judged as (
            select *,
                strftime(
                    timezone('Europe/Amsterdam', coalesce(sent_at, received_at)), '%Y-%m'
                ) as month,
                coalesce(received_at >= sent_at
                    and received_at - sent_at <= to_hours(tolerance_hours::bigint), false)
                    as is_agreed
            from known inner join marts.dim_handoff using (handoff_id)
            where coalesce(sent_at, received_at) <= seen_at - to_hours(tolerance_hours::bigint)
        )
        select handoff_id, month, seen_on, any_value(tolerance_hours)::double as tolerance_hours,
            count(*) as n, avg(is_agreed::int) as share
        from judged group by handoff_id, month, seen_on order by all
        """,
        {"days": [*month_ends.date]},
    ).df()


def first_against_now(seen: pd.DataFrame) -> pd.DataFrame:
    """Agreement of every month when it was first given, and now.

    Returns:
        Columns `handoff_id, month, first, now`, of months that were over at the first month-end.
    """
    days = [last_day(month) for month in seen["month"]]
    given_on = [
        day + timedelta(days=days_until_judged(hours, "month"))
        for day, hours in zip(days, seen["tolerance_hours"], strict=True)
    ]
    seen = seen.assign(day=pd.to_datetime(days), given_on=pd.to_datetime(given_on))
    seen_on = pd.to_datetime(seen["seen_on"])
    seen = seen[(seen["given_on"] <= seen_on) & (seen["day"] > seen_on.min())]
    newest = pd.to_datetime(seen["seen_on"]).max()
    keys = ["handoff_id", "month"]
    first = seen.sort_values("seen_on").drop_duplicates(keys).rename(columns={"share": "first"})
    now = seen[pd.to_datetime(seen["seen_on"]) == newest].rename(columns={"share": "now"})
    both = first.merge(now[[*keys, "now"]], on=keys)
    return both[pd.to_datetime(both["seen_on"]) < newest][[*keys, "first", "now"]]


def main() -> None:
    """Print the mean difference of every hand-off, and write down the whole and its extremes."""
    parser = argparse.ArgumentParser(description="Agreement first given against what it is now.")
    parser.add_argument("--months", type=int, default=MONTHS, help="month-ends to look from")
    n_months = parser.parse_args().months
    with open_warehouse(load_settings()) as connection:
        day = stored_build_dates(connection).day
        seen = agreement_seen(connection, pd.date_range(end=day, periods=n_months, freq="ME"))
    found = first_against_now(seen)
    difference = (found["first"] - found["now"]).groupby(found["handoff_id"]).agg(["mean", "size"])
    print(difference.round(4).to_string())
    means = difference["mean"]
    row = {
        "question": "first_seen.difference", "unit": "share",
        "value": round(float(means.mean()), 4), "lower": round(float(means.min()), 4),
        "upper": round(float(means.max()), 4), "n": int(difference["size"].sum()),
    }  # fmt: skip
    store("first_seen", "python -m tests.bench.first_seen", n_months, [row])


if __name__ == "__main__":
    main()
