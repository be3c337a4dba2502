"""Rolling years: twelve months up to the end of the quarter they are named after.

Here: which quarters each one holds, and giving what was counted by quarter to them.
Not here: who may see them. They are for internal audiences, since the difference of two of them
gives single quarters away.
"""

from dataclasses import dataclass

import duckdb
import pandas as pd

from pipelines.periods import period_named

ROLLING = "rolling_12m"
QUARTERS = 4


@dataclass(frozen=True)
class RollingYears:
    """The rolling years of a chain, by the number of their last quarter (`periods`).

    Attributes:
        first: The first one, a year after the chain began: one that reached further back would be
            called twelve months and hold fewer.
        last: The one of the reference date.
    """

    first: int
    last: int

    @classmethod
    def of_chain(cls, connection: duckdb.DuckDBPyConnection) -> "RollingYears":
        """Read them from the first hand-off of the chain and the reference date."""
        [(first, last)] = connection.execute(
            f"select {_quarter('min(start_date)')}, {_quarter('any_value(reference_day)')} "
            "from marts.fct_handoff, "
            "(select left(reference_date, 10)::date as reference_day from raw.build)"
        ).fetchall()
        return cls(0, -1) if first is None else cls(first + QUARTERS - 1, last)

    def given_to(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of quarters once more for each rolling year they belong to.

        Args:
            frame: Rows with `period_grain` and `period`.

        Returns:
            The same columns, with grain `rolling_12m` and the last quarter as period.
        """
        quarters = frame[frame["period_grain"] == "quarter"]
        wider = quarters.merge(self.quarters(), left_on="period", right_on="quarter")
        return wider.assign(period_grain=ROLLING, period=wider["window"])[list(frame.columns)]

    def quarters(self) -> pd.DataFrame:
        """Columns `window` and `quarter`, four rows a window; both named like `2026-Q3`."""
        pairs = [
            (period_named(end, "quarter"), period_named(end - back, "quarter"))
            for end in range(self.first, self.last + 1)
            for back in range(QUARTERS)
        ]
        return pd.DataFrame(pairs, columns=["window", "quarter"], dtype=object)


def _quarter(day: str) -> str:
    return f"year({day}) * 4 + quarter({day}) - 1"
