"""What was completed in a period: quantiles and shares within norm.

Here: the view beside the cohorts. Not here: the cohorts.
"""

from tests.bench.plain_handoffs import Plain
from tests.bench.plain_lead_times.cells import KEYS, counted
from tests.bench.plain_limits import wilson


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
    lower, upper = wilson("within", "of_all")
    plain.connection.execute(
        f"""
        create table plain.completed_within as
        with number as (
            select {KEYS}, sum(n) as of_all,
                coalesce(sum(n) filter (duration <= norm), 0) as within
            from ({counted("stop", "norm_duration", "is_done and norm is not null", norm="norm")})
            group by all
        )
        select {KEYS}, within / of_all as share, {lower} as share_lower, {upper} as share_upper
        from number
        """
    )


def _quantile(p: float) -> str:
    """Between the two lengths around the rank, as everywhere (R's type 7)."""
    rank = f"(any_value(total) - 1) * {p}"
    lower = f"min(duration) filter (through >= floor((total - 1) * {p}) + 1)"
    upper = f"min(duration) filter (through >= ceil((total - 1) * {p}) + 1)"
    return f"{lower} + ({rank} - floor({rank})) * ({upper} - {lower})"
