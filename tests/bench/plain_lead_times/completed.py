"""What was completed in a period: quantiles and shares within norm.

Here: the view beside the cohorts. Not here: the cohorts.
"""

from tests.bench.plain_handoffs import Plain
from tests.bench.plain_lead_times.cells import KEYS, counted
from tests.bench.plain_lead_times.curves import Z


def write(plain: Plain) -> None:
    """Write `plain.completed` and `plain.completed_within`.

    Args:
        plain: The peer with `plain.clocked` written.
    """
    plain.connection.execute(
        f"""
        create table plain.completed as
        with running as (
            select *, sum(n) over (partition by {KEYS} order by duration) as through,
                sum(n) over (partition by {KEYS}) as total
            from ({counted("stop", "duration", "is_done")})
        )
        select {KEYS}, any_value(total) as n_cases, {_quantile(0.5)} as median,
            {_quantile(0.9)} as p90
        from running group by all
        """
    )
    plain.connection.execute(
        f"""
        create table plain.completed_within as
        with number as (
            select {KEYS}, sum(n) as of_all,
                coalesce(sum(n) filter (duration <= norm), 0) as within
            from ({counted("stop", "norm_duration", "is_done and norm is not null", norm="norm")})
            group by all
        ),
        valued as (
            select *, within / of_all as share, 1 + {Z} ** 2 / of_all as scale,
                (share + {Z} ** 2 / (2 * of_all)) / scale as centre,
                {Z} * sqrt(share * (1 - share) / of_all + {Z} ** 2 / (4 * of_all ** 2)) / scale
                    as half
            from number
        )
        select {KEYS}, share, centre - half as share_lower, centre + half as share_upper from valued
        """
    )


def _quantile(p: float) -> str:
    """Between the two lengths around the rank, as everywhere (R's type 7)."""
    rank = f"(any_value(total) - 1) * {p}"
    lower = f"min(duration) filter (through >= floor((total - 1) * {p}) + 1)"
    upper = f"min(duration) filter (through >= ceil((total - 1) * {p}) + 1)"
    return f"{lower} + ({rank} - floor({rank})) * ({upper} - {lower})"
