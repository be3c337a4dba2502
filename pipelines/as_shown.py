"""A course as an audience is shown it: of every year its finest figures, each span once.

Here: which rows of a series that is, for charts of the figures and for the pages that draw them.
Not here: how fine a year may be shown (`pipelines.disclosure`), and what the course says
(`pipelines.signals.spans`).

What is rare is shown by year, and by half-year or quarter once there are more of it: its course has
spans of different length. It is called by the length `AS_SHOWN`, which no figure has.
"""

import pandas as pd

AS_SHOWN = "as_shown"
SPANS = ("quarter", "half_year", "year")
"""Lengths of spans, finest first."""


def of_length(rows: pd.DataFrame, length: str) -> pd.DataFrame:
    """Return the rows of periods of one length of one series, or its course as it is shown."""
    if length != AS_SHOWN:
        return rows[rows["period_grain"] == length]
    return finest_of_each_year(rows, ["dimension", "member", "side"])


def finest_of_each_year(rows: pd.DataFrame, series: list[str]) -> pd.DataFrame:
    """Return the figures of the finest length shown in each year, of each series.

    Args:
        rows: Of the long contract; other lengths are left out, and what is no figure.
        series: Columns that tell one series from another.
    """
    own = rows[rows["period_grain"].isin(SPANS) & (rows["status"] == "ok")]
    finest = own["period_grain"].map({grain: place for place, grain in enumerate(SPANS)})
    keys = [*(own[name] for name in series), own["period"].astype(str).str[:4]]
    return own[finest == finest.groupby(keys, dropna=False).transform("min")]
