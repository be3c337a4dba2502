"""How far the two sides of a hand-off lie apart: the distribution of the difference.

Here: quantiles of received less sent, of what both sides recorded and is old enough to be judged.
Below zero the receiver was first.
Not here: which transfers agree (counted in dbt), and the tolerance (a seed).
"""

import duckdb
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.lead_time_cells import ENDING

# Type 7, as for everything that is over.
QUANTILES = {"difference_p10": 0.1, "difference_median": 0.5, "difference_p90": 0.9}


def difference_figures(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Figures of every two-sided hand-off, nationally, by the day of sending.

    Args:
        connection: Open warehouse with `marts.fct_handoff_reconciliation`.

    Returns:
        Rows of the long contract without version and dates, in hours.
    """
    grains = [*((grain, f"period_{grain}") for grain in ENDING), ("all", "'all'")]
    cells = " union all ".join(
        f"""
        select 'reconciliation_' || lower(handoff_id) as indicator, '{grain}' as period_grain,
            {period} as period, count(*)::double as n,
            quantile_cont(difference_hours, {list(QUANTILES.values())}) as hours
        from marts.fct_handoff_reconciliation
        where difference_hours is not null and status <> 'in_transit' and {period} is not null
        group by all
        """
        for grain, period in grains
    )
    frame = connection.execute(
        f"""
        select indicator, unnest({list(QUANTILES)}) as statistic, period_grain, period,
            '{NATIONAL}' as dimension, '{NATIONAL}' as member, 'cohort' as view, 'both' as side,
            n as numerator, n as denominator, unnest(hours) as value,
            null::double as lower, null::double as upper, null::double as n_at_risk,
            'ok' as status
        from ({cells})
        """
    )
    return frame.df()
